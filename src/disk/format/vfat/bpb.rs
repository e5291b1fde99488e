//! The BIOS parameter block.

use crate::base::bytes::{Truncated, le16, le32, u8_at};

/// Most bytes of a root directory that are worth reading: all of the usual 512 entries.
const MOST_ROOT_BYTES: u64 = 16384;
const FAT12_CLUSTERS: u64 = 0xff4;
const FAT16_CLUSTERS: u64 = 0xfff4;
const FAT32_CLUSTERS: u64 = 0x0fff_fff6;

/// Width of an entry of the allocation table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Fat12,
    Fat16,
    Fat32,
}

/// A parameter block that makes sense.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bpb {
    pub(crate) width: Width,
    /// Offset of the FSInfo sector of a FAT32, in bytes.
    pub(crate) fsinfo: Option<u64>,
    sector_bytes: u64,
    sectors: u64,
    pub(crate) sectors_per_cluster: u64,
    pub(crate) root_entries: u64,
    /// Sectors before the allocation tables.
    pub(crate) reserved: u64,
    /// Sectors of one allocation table.
    pub(crate) table_sectors: u64,
    /// Number of allocation tables.
    pub(crate) tables: u64,
    /// Sector after the allocation tables.
    pub(crate) after_tables: u64,
    pub(crate) clusters: u64,
    /// First cluster of the root directory of a FAT32.
    pub(crate) root_cluster: u64,
}

impl Bpb {
    pub(crate) fn read(sector: &[u8]) -> Option<Self> {
        // The cheapest test that nearly everything else fails comes first.
        let sector_bytes = le16(sector, 11).ok()?;
        if !matches!(sector_bytes, 512 | 1024 | 2048 | 4096) || !is_marked(sector) {
            return None;
        }
        Self::fields(sector, sector_bytes).ok()?
    }

    fn fields(sector: &[u8], sector_bytes: u16) -> Result<Option<Self>, Truncated> {
        let sectors_per_cluster = u8_at(sector, 13)?;
        let (reserved, tables, media) = (le16(sector, 14)?, u8_at(sector, 16)?, u8_at(sector, 21)?);
        let root_entries = u64::from(le16(sector, 17)?);
        if reserved == 0 || tables == 0 || !(media == 0xf0 || media >= 0xf8) || !sectors_per_cluster.is_power_of_two() {
            return Ok(None);
        }
        let small_or = |small: u16, large: u32| if small == 0 { u64::from(large) } else { u64::from(small) };
        let sectors = small_or(le16(sector, 19)?, le32(sector, 32)?);
        let short_table = le16(sector, 22)?;
        let table_sectors = small_or(short_table, le32(sector, 36)?);
        let sector_size = u64::from(sector_bytes);
        let root_sectors = root_entries.saturating_mul(32).div_ceil(sector_size);
        let after_tables = table_sectors.saturating_mul(tables.into()).saturating_add(reserved.into());
        let Some(data_sectors) = sectors.checked_sub(after_tables.saturating_add(root_sectors)) else {
            return Ok(None);
        };
        let clusters = data_sectors.checked_div(sectors_per_cluster.into()).unwrap_or(0);
        let width = match (table_sectors, short_table) {
            (0, _) => return Ok(None),
            (_, 0) if clusters <= FAT32_CLUSTERS => Width::Fat32,
            (_, 0) => return Ok(None),
            _ if clusters < FAT12_CLUSTERS => Width::Fat12,
            _ if clusters <= FAT16_CLUSTERS => Width::Fat16,
            _ => return Ok(None),
        };
        let fsinfo = if width == Width::Fat32 { u64::from(le16(sector, 48)?) } else { 0 };
        Ok(Some(Self {
            width,
            fsinfo: (fsinfo != 0).then(|| fsinfo.saturating_mul(sector_size)),
            sector_bytes: sector_size,
            sectors,
            sectors_per_cluster: sectors_per_cluster.into(),
            root_entries,
            reserved: reserved.into(),
            table_sectors,
            tables: tables.into(),
            after_tables,
            clusters,
            root_cluster: if width == Width::Fat32 { le32(sector, 44)?.into() } else { 0 },
        }))
    }

    /// Offsets of serial number and label in the boot sector.
    pub(crate) fn extended_fields(&self) -> (usize, usize) {
        if self.width == Width::Fat32 { (67, 71) } else { (39, 43) }
    }

    pub(crate) fn sector_bytes(&self) -> u64 {
        self.sector_bytes
    }

    /// Bytes that the file system occupies.
    pub(crate) fn bytes(&self) -> u64 {
        self.sectors.saturating_mul(self.sector_bytes)
    }

    /// Offset and length of the root directory, or of what is worth reading of it.
    pub(crate) fn root_directory(&self) -> Option<(u64, usize)> {
        let (sector, len) = if self.width == Width::Fat32 {
            let cluster = self.root_cluster.checked_sub(2).filter(|cluster| *cluster < self.clusters)?;
            let start = self.after_tables.checked_add(cluster.checked_mul(self.sectors_per_cluster)?)?;
            (start, self.sectors_per_cluster.checked_mul(self.sector_bytes)?)
        } else {
            (self.after_tables, self.root_entries.checked_mul(32)?)
        };
        Some((sector.checked_mul(self.sector_bytes)?, usize::try_from(len.min(MOST_ROOT_BYTES)).ok()?))
    }
}

/// Whether something besides the parameter block says FAT: a name in one of two places, or the boot signature.
fn is_marked(sector: &[u8]) -> bool {
    let at = |at: usize, text: &[u8]| sector.get(at..).is_some_and(|rest| rest.starts_with(text));
    let named_32 = at(82, b"MSWIN") || at(82, b"FAT32   ");
    let named_16 = [&b"MSDOS"[..], b"FAT16   ", b"FAT12   ", b"FAT     "].iter().any(|name| at(54, name));
    // JFS and HPFS have the like of a parameter block on purpose, and so has BitLocker.
    let other = at(54, b"JFS     ") || at(54, b"HPFS    ") || at(3, b"-FVE-FS-");
    named_32 || named_16 || (at(510, &[0x55, 0xaa]) && !other)
}
