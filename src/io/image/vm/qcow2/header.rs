//! The header of qcow2 and its extensions: `docs/interop/qcow2.txt` of QEMU.

use std::io;

use super::super::store::Store;
use super::super::{invalid, unsupported};
use crate::base::bytes::{Fields, Truncated, be32, be64, u8_at};

pub(in super::super) const MAGIC: [u8; 4] = *b"QFI\xfb";

/// A cluster has 512 bytes to 2 MiB.
const CLUSTER_BITS: std::ops::RangeInclusive<u32> = 9..=21;
/// A cluster with subclusters has 16 KiB at least.
const SUBCLUSTERS_FROM: u32 = 14;
/// The most that QEMU takes for a first table, in bytes.
const MOST_L1: u64 = 32 << 20;
/// The longest name of a file that QEMU takes, in bytes.
const LONGEST_NAME: u32 = 1023;
/// Headers and extensions lie in the first cluster; no writer needs as much.
const LONGEST: u64 = 64 << 10;

const DIRTY: u64 = 1;
const CORRUPT: u64 = 1 << 1;
const DATA_FILE: u64 = 1 << 2;
const COMPRESSION: u64 = 1 << 3;
const EXTENDED_L2: u64 = 1 << 4;

const BACKING_FORMAT: u32 = 0xe279_2aca;
const DATA_FILE_NAME: u32 = 0x4441_5441;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u32,
    pub(super) bytes: u64,
    pub(super) cluster_bits: u32,
    pub(super) l1_offset: u64,
    pub(super) l1_entries: u64,
    pub(super) backing: Option<String>,
    pub(super) backing_format: Option<String>,
    /// The name of the external data file; empty where it has none.
    pub(super) data_file: Option<String>,
    pub(super) is_zstd: bool,
    pub(super) has_subclusters: bool,
    pub(super) is_dirty: bool,
    pub(super) is_corrupt: bool,
}

impl Header {
    /// Reads it from the start of `store`.
    pub(super) fn read(store: &Store) -> io::Result<Self> {
        let len = store.bytes().min(LONGEST);
        let head = store.bytes_at(0, usize::try_from(len).unwrap_or_default())?;
        Self::parse(&head)
    }

    fn parse(head: &[u8]) -> io::Result<Self> {
        let cut = |_: Truncated| invalid("the header is cut off");
        let (u32_at, u64_at) = (|at| be32(head, at).map_err(cut), |at| be64(head, at).map_err(cut));
        if !head.starts_with(&MAGIC) {
            return Err(invalid("it is no qcow2 image any more"));
        }
        let version = u32_at(4)?;
        if !(2..=3).contains(&version) {
            return Err(unsupported(format!("qcow version {version} is not read, only 2 and 3")));
        }
        match u32_at(32)? {
            0 => {}
            1 => return Err(unsupported("the image is encrypted (AES)")),
            2 => return Err(unsupported("the image is encrypted (LUKS)")),
            method => return Err(unsupported(format!("the image is encrypted (method {method})"))),
        }
        let cluster_bits = u32_at(20)?;
        if !CLUSTER_BITS.contains(&cluster_bits) {
            return Err(invalid(format!("clusters of 2^{cluster_bits} bytes")));
        }
        let (incompatible, length) = match version {
            2 => (0, 72),
            _ => (u64_at(72)?, u32_at(100)?),
        };
        let unknown = incompatible & !(DIRTY | CORRUPT | DATA_FILE | COMPRESSION | EXTENDED_L2);
        if unknown != 0 {
            return Err(unsupported(format!("it has features that are not known (bits {unknown:#x})")));
        }
        if version > 2 && length < 104 {
            return Err(invalid(format!("a header of {length} bytes")));
        }
        let method = if length > 104 { u8_at(head, 104).map_err(cut)? } else { 0 };
        let is_zstd = match (incompatible & COMPRESSION != 0, method) {
            (false, 0) => false,
            (true, 1) => true,
            _ => return Err(unsupported(format!("its compression (type {method}) is not known"))),
        };
        let has_subclusters = incompatible & EXTENDED_L2 != 0;
        if has_subclusters && cluster_bits < SUBCLUSTERS_FROM {
            return Err(invalid("clusters too small for subclusters"));
        }
        let (bytes, l1_offset, l1_entries) = (u64_at(24)?, u64_at(40)?, u64::from(u32_at(36)?));
        let entry_bits = if has_subclusters { 4 } else { 3 };
        let of_table = 1_u64.checked_shl(cluster_bits.saturating_mul(2).saturating_sub(entry_bits)).unwrap_or(u64::MAX);
        if l1_entries.saturating_mul(8) > MOST_L1 || l1_entries < bytes.div_ceil(of_table) {
            return Err(invalid(format!("a first table of {l1_entries} entries for {bytes} bytes")));
        }
        if l1_entries > 0 && !l1_offset.is_multiple_of(512) {
            return Err(invalid(format!("the first table lies at offset {l1_offset}")));
        }
        let backing = match (u64_at(8)?, u32_at(16)?) {
            (0, _) | (_, 0) => None,
            (_, len) if len > LONGEST_NAME => return Err(invalid(format!("a backing file's name of {len} bytes"))),
            (at, len) => {
                let (at, len) = (usize::try_from(at).unwrap_or(usize::MAX), usize::try_from(len).unwrap_or(usize::MAX));
                Some(name(head.take(at, len).map_err(cut)?)?)
            }
        };
        // The list ends before the name of the backing file, if nothing else ends it: as early images have none at all.
        let name_at = if backing.is_some() { usize::try_from(u64_at(8)?).unwrap_or(usize::MAX) } else { usize::MAX };
        let end = name_at.min(1 << cluster_bits);
        let extensions = Extensions::parse(head, usize::try_from(length).unwrap_or(usize::MAX), end);
        let Extensions { backing_format, data_file } = extensions?;
        let data_file = (incompatible & DATA_FILE != 0).then(|| data_file.unwrap_or_default());
        Ok(Self {
            version,
            bytes,
            cluster_bits,
            l1_offset,
            l1_entries,
            backing,
            backing_format,
            data_file,
            is_zstd,
            has_subclusters,
            is_dirty: incompatible & DIRTY != 0,
            is_corrupt: incompatible & CORRUPT != 0,
        })
    }
}

/// The name of the backing file, whatever else the header has.
pub(super) fn name_of_backing(store: &Store) -> Option<String> {
    let (at, len) = (store.entry(8).ok().map(u64::from_be_bytes)?, store.entry(16).ok().map(u32::from_be_bytes)?);
    let len = usize::try_from(len).ok().filter(|len| at != 0 && (1..=LONGEST_NAME as usize).contains(len))?;
    Some(String::from_utf8_lossy(&store.bytes_at(at, len).ok()?).into_owned())
}

#[derive(Default)]
struct Extensions {
    backing_format: Option<String>,
    data_file: Option<String>,
}

impl Extensions {
    /// Those from `at` on, which end with one of type 0, or at `end`. Each takes eight bytes at least, so that their
    /// number is limited too.
    fn parse(head: &[u8], mut at: usize, end: usize) -> io::Result<Self> {
        let cut = |_: Truncated| invalid("an extension of the header is cut off");
        let mut found = Self::default();
        while at.saturating_add(8) <= end.min(head.len()) {
            let (kind, len) = (be32(head, at).map_err(cut)?, be32(head, at.saturating_add(4)).map_err(cut)?);
            let (from, len) = (at.saturating_add(8), usize::try_from(len).unwrap_or(usize::MAX));
            match kind {
                0 => break,
                BACKING_FORMAT => found.backing_format = Some(name(head.take(from, len).map_err(cut)?)?),
                DATA_FILE_NAME => found.data_file = Some(name(head.take(from, len).map_err(cut)?)?),
                _ => {
                    head.take(from, len).map_err(cut)?;
                }
            }
            at = from.saturating_add(len.checked_next_multiple_of(8).unwrap_or(usize::MAX));
        }
        Ok(found)
    }
}

fn name(bytes: &[u8]) -> io::Result<String> {
    let text = std::str::from_utf8(bytes).map_err(|_| unsupported("a name in it is not UTF-8"))?;
    Ok(text.trim_end_matches('\0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn sample() -> Vec<u8> {
        let mut head = vec![0; 4096];
        head[..4].copy_from_slice(&MAGIC);
        head[7] = 3;
        head[8..16].copy_from_slice(&512_u64.to_be_bytes());
        head[16..20].copy_from_slice(&9_u32.to_be_bytes());
        head[23] = 16;
        head[24..32].copy_from_slice(&(1_u64 << 30).to_be_bytes());
        head[36..40].copy_from_slice(&4_u32.to_be_bytes());
        head[40..48].copy_from_slice(&(3_u64 << 16).to_be_bytes());
        head[79] = 0x17; // all features but compression
        head[100..104].copy_from_slice(&112_u32.to_be_bytes());
        head[112..116].copy_from_slice(&BACKING_FORMAT.to_be_bytes());
        head[119] = 5;
        head[120..125].copy_from_slice(b"qcow2");
        head[128..132].copy_from_slice(&DATA_FILE_NAME.to_be_bytes());
        head[135] = 4;
        head[136..140].copy_from_slice(b"data");
        head[512..521].copy_from_slice(b"base.qcow");
        head
    }

    #[test]
    fn a_header_has_its_features_and_names() {
        let header = Header::parse(&sample()).unwrap();
        assert_eq!(header.backing.as_deref(), Some("base.qcow"));
        assert_eq!(header.backing_format.as_deref(), Some("qcow2"));
        assert_eq!(header.data_file.as_deref(), Some("data"));
        assert!(header.is_dirty && header.is_corrupt && header.has_subclusters && !header.is_zstd);
    }

    #[test]
    fn an_early_image_has_the_name_of_its_backing_file_and_no_list_before_it() {
        let mut head = sample();
        head[7] = 2;
        head[72..].fill(0);
        head[8..16].copy_from_slice(&72_u64.to_be_bytes());
        head[72..81].copy_from_slice(b"base.qcow");
        let header = Header::parse(&head).unwrap();
        assert_eq!((header.backing.as_deref(), header.backing_format), (Some("base.qcow"), None));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (at, value, why) in [
            (7, 1, "qcow version 1"),
            (35, 1, "encrypted (AES)"),
            (35, 2, "encrypted (LUKS)"),
            (35, 9, "encrypted (method 9)"),
            (23, 8, "2^8"),
            (23, 13, "too small for subclusters"),
            (78, 1, "bits 0x100"),
            (79, 0x1f, "compression"),
            (104, 1, "compression"),
            (103, 9, "a header of 9 bytes"),
            (39, 1, "a first table of 1 entries"),
            (36, 1, "a first table of"),
            (47, 1, "lies at offset"),
            (18, 4, "name of 1033 bytes"),
            (12, 4, "cut off"),
            (512, 0xff, "not UTF-8"),
            (132, 4, "cut off"),
        ] {
            let mut head = sample();
            head[at] = value;
            let refused = Header::parse(&head).unwrap_err().to_string();
            assert!(refused.contains(why), "byte {at}: {refused}");
        }
    }

    #[test]
    fn no_damage_to_a_header_makes_it_panic() {
        let sample = sample();
        for at in 0..600 {
            let _ = Header::parse(&sample[..at]);
            for bit in 0..8 {
                let mut head = sample.clone();
                head[at] ^= 1 << bit;
                let _ = Header::parse(&head);
            }
        }
    }
}
