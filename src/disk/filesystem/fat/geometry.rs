//! Where things lie on a volume, from its boot sector.

use std::io;

use crate::base::bytes::{le16, u8_at};
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::{damaged, short};
use crate::disk::format::vfat::bpb::{Bpb, Width};

pub(super) const BOOT_SECTOR: usize = 512;
/// Bytes of an entry of a folder.
pub(super) const ENTRY: u64 = 32;
/// The first cluster has this number.
pub(super) const FIRST_CLUSTER: u32 = 2;
/// Most clusters of a FAT12. libblkid, and so [`Bpb`], calls this very number a FAT16; the kernel and Microsoft do not.
const MOST_FAT12: u64 = 4084;
/// Bit of the state byte that Linux sets while it has the volume mounted for writing.
const MOUNTED: u8 = 1;

#[derive(Debug, Clone, Copy)]
pub(super) struct Geometry {
    pub(super) width: Width,
    /// The allocation table that is in use.
    pub(super) table: ByteRange,
    pub(super) cluster_bytes: u64,
    /// Number of clusters that the volume has and that the table has an entry for.
    pub(super) clusters: u32,
    pub(super) top: Top,
    /// Whether the boot sector says that it was not unmounted.
    pub(super) is_mounted: bool,
    /// Where the first cluster begins, in bytes.
    data: u64,
}

/// Where the top folder lies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Top {
    /// FAT12 and FAT16: in a place of its own.
    Fixed(ByteRange),
    /// FAT32: in a chain that begins with this cluster.
    Chain(u32),
}

impl Geometry {
    /// Reads the first bytes of a volume of `bytes` bytes.
    pub(super) fn read(sector: &[u8], bytes: u64) -> io::Result<Self> {
        if sector.len() < BOOT_SECTOR {
            return Err(damaged(format_args!("no FAT boot sector: the volume has {bytes} bytes")));
        }
        let bpb = Bpb::read(sector)
            .ok_or_else(|| damaged("no FAT boot sector: there is no sound parameter block in the first sector"))?;
        if bpb.bytes() > bytes {
            let why = format!("its boot sector says {} bytes, and the volume has {bytes}", bpb.bytes());
            return Err(damaged(why));
        }
        let is_fat32 = bpb.width == Width::Fat32;
        let mut active = 0;
        if is_fat32 {
            let (flags, version) = (le16(sector, 40).map_err(short)?, le16(sector, 42).map_err(short)?);
            if version != 0 {
                return Err(damaged(format_args!("version {}.{} of FAT32 is unknown", version >> 8, version & 0xff)));
            }
            active = active_table(flags, bpb.tables)?;
        }
        let state = u8_at(sector, if is_fat32 { 65 } else { 37 }).map_err(short)?;
        Self::of(&bpb, active, state & MOUNTED != 0).ok_or_else(|| damaged("its boot sector leaves no room for files"))
    }

    fn of(bpb: &Bpb, active: u64, is_mounted: bool) -> Option<Self> {
        let in_bytes = |sectors: u64| sectors.checked_mul(bpb.sector_bytes());
        let width = if bpb.width == Width::Fat16 && bpb.clusters <= MOST_FAT12 { Width::Fat12 } else { bpb.width };
        let table_at = bpb.reserved.checked_add(active.checked_mul(bpb.table_sectors)?)?;
        let table = ByteRange::new(in_bytes(table_at)?, in_bytes(bpb.table_sectors)?)?;
        let entry_bits = match width {
            Width::Fat12 => 12,
            Width::Fat16 => 16,
            Width::Fat32 => 32,
        };
        let entries = table.len().checked_mul(8)?.checked_div(entry_bits)?;
        let clusters = bpb.clusters.min(entries.checked_sub(FIRST_CLUSTER.into())?);
        let fixed = ByteRange::new(in_bytes(bpb.after_tables)?, bpb.root_entries.checked_mul(ENTRY)?)?;
        let fixed_sectors = fixed.len().div_ceil(bpb.sector_bytes());
        let top = if width == Width::Fat32 { Top::Chain(bpb.root_cluster.try_into().ok()?) } else { Top::Fixed(fixed) };
        (clusters > 0).then_some(Self {
            width,
            table,
            cluster_bytes: in_bytes(bpb.sectors_per_cluster)?,
            clusters: clusters.try_into().ok()?,
            top,
            is_mounted,
            data: in_bytes(bpb.after_tables.checked_add(fixed_sectors)?)?,
        })
    }

    /// Where a cluster lies. `None` where there is none with this number.
    pub(super) fn cluster(&self, number: u32) -> Option<ByteRange> {
        let index = number.checked_sub(FIRST_CLUSTER).filter(|index| *index < self.clusters)?;
        let start = u64::from(index).checked_mul(self.cluster_bytes)?.checked_add(self.data)?;
        ByteRange::new(start, self.cluster_bytes)
    }

    /// Whether an entry of a folder can lie at byte `at`.
    pub(super) fn has_entry_at(&self, at: u64) -> bool {
        let data = u64::from(self.clusters).checked_mul(self.cluster_bytes);
        let data = data.and_then(|len| ByteRange::new(self.data, len));
        let fixed = match self.top {
            Top::Fixed(range) => Some(range),
            Top::Chain(_) => None,
        };
        let lies_in = |range: ByteRange| range.start() <= at && at.saturating_add(ENTRY) <= range.end();
        data.is_some_and(lies_in) || fixed.is_some_and(lies_in)
    }
}

/// Which table a FAT32 uses: the first where all are kept alike.
fn active_table(flags: u16, tables: u64) -> io::Result<u64> {
    let one_alone = flags & 0x80 != 0;
    let active = if one_alone { u64::from(flags & 0xf) } else { 0 };
    let why = || damaged(format_args!("allocation table {active} is in use, and there are {tables}"));
    (active < tables).then_some(active).ok_or_else(why)
}
