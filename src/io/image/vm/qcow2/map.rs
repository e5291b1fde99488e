//! Where a byte of the disk lies: two tables lead to a cluster, and a bitmap to a part of it.

use std::io;

use super::super::invalid;
use super::super::store::Store;
use super::header::Header;

/// Bits of an entry that are an offset.
const OFFSET: u64 = 0x00ff_ffff_ffff_fe00;
const COPIED: u64 = 1 << 63;
const COMPRESSED: u64 = 1 << 62;
const ZERO: u64 = 1;
/// Subclusters of a cluster.
const SUBCLUSTERS: u64 = 32;

/// What a cluster, or a part of it, has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing: it is that of the backing file.
    Below,
    Zero,
    /// The cluster lies here in the data file.
    At(u64),
    /// Its packed bytes lie here, at most so many.
    Packed {
        at: u64,
        len: u64,
    },
}

/// The place of byte `at`, and how many bytes from there on have it too.
pub(super) fn place(store: &Store, header: &Header, at: u64) -> io::Result<(Place, u64)> {
    let cluster = 1_u64 << header.cluster_bits;
    let within = at & cluster.saturating_sub(1);
    let entry_bytes = if header.has_subclusters { 16 } else { 8 };
    let of_table = cluster / entry_bytes;
    let number = at >> header.cluster_bits;
    let (first, second) = (number / of_table, number % of_table);
    let rest = cluster.saturating_sub(within);
    if first >= header.l1_entries {
        return Err(invalid("a cluster lies beyond the first table"));
    }
    let place = header.l1_offset.checked_add(first.saturating_mul(8)).ok_or_else(|| invalid("the first table"))?;
    let table = u64::from_be_bytes(store.entry(place)?) & OFFSET;
    if table == 0 {
        return Ok((Place::Below, rest));
    }
    if table & cluster.saturating_sub(1) != 0 {
        return Err(invalid(format!("a second table lies at offset {table}, within a cluster")));
    }
    let place = table.saturating_add(second.saturating_mul(entry_bytes));
    let entry = u64::from_be_bytes(store.entry(place)?);
    let bitmap = match header.has_subclusters {
        true => Some(u64::from_be_bytes(store.entry(place.saturating_add(8))?)),
        false => None,
    };
    let found = entry_place(header, entry, bitmap.is_some())?;
    let Some(bitmap) = bitmap.filter(|_| !matches!(found, Place::Packed { .. })) else { return Ok((found, rest)) };
    let size = cluster / SUBCLUSTERS;
    let rest = size.saturating_sub(within % size);
    Ok((subcluster(found, bitmap, within / size)?, rest))
}

fn entry_place(header: &Header, entry: u64, has_bitmap: bool) -> io::Result<Place> {
    let cluster = 1_u64 << header.cluster_bits;
    if entry & COMPRESSED != 0 {
        if header.data_file.is_some() {
            return Err(invalid("a compressed cluster in an external data file"));
        }
        let offset_bits = 70_u32.saturating_sub(header.cluster_bits); // 62 - (cluster_bits - 8)
        let at = entry & (1_u64 << offset_bits).saturating_sub(1);
        let sectors = (entry & (COMPRESSED - 1)) >> offset_bits;
        let len = sectors.saturating_add(1).saturating_mul(512).saturating_sub(at % 512);
        return Ok(Place::Packed { at, len });
    }
    let at = entry & OFFSET;
    if at & cluster.saturating_sub(1) != 0 {
        return Err(invalid(format!("a cluster lies at offset {at}, within another")));
    }
    match entry & ZERO != 0 && !has_bitmap {
        true if header.version < 3 => Err(invalid("a cluster of zeros in version 2")),
        true => Ok(Place::Zero),
        // Offset 0 is that of the header, except in a data file.
        false if at == 0 && (header.data_file.is_none() || entry & COPIED == 0) => Ok(Place::Below),
        false => Ok(Place::At(at)),
    }
}

/// The place of a subcluster: the lower half of `bitmap` has whether it is allocated, the upper one whether it is zero.
fn subcluster(cluster: Place, bitmap: u64, number: u64) -> io::Result<Place> {
    let (is_allocated, is_zero) = ((bitmap >> number) & 1 != 0, (bitmap >> number >> SUBCLUSTERS) & 1 != 0);
    match (is_allocated, is_zero, cluster) {
        (true, true, _) => Err(invalid("a subcluster is allocated and zero")),
        (true, false, Place::At(at)) => Ok(Place::At(at)),
        (true, false, _) => Err(invalid("a subcluster of no cluster is allocated")),
        (false, true, _) => Ok(Place::Zero),
        (false, false, _) => Ok(Place::Below),
    }
}
