//! xfs, versions 4 and 5, from the superblock in the first sector. Everything is big-endian.
//!
//! Source: the kernel's `fs/xfs/libxfs/xfs_format.h` and `xfs_sb.c`, and `xfs_fs_statfs` in `fs/xfs/xfs_super.c`.
//!
//! `df` shows the data blocks less those of an internal log. What reflink and rmapbt reserve only lowers the free
//! blocks. One thing a superblock cannot tell: where the root directory has `rtinherit` set (`mkfs.xfs -d rtinherit=1`
//! with a realtime section) `df` shows the realtime section.

mod features;
#[cfg(test)]
mod tests;

use super::Malformed;
use super::content::{Content, Found, Kind};
use super::windows::Windows;
use crate::base::bytes::{self, Fields, Truncated, be16, be32, be64, u8_at};
use crate::base::ids::Id;

const FORMAT: &str = "xfs superblock";
const MAGIC: &[u8] = b"XFSB";
/// The fields up to and with `sb_crc`.
const FIELDS: usize = 512;
const VERSION_AT: usize = 100;
const CRC_AT: usize = 224;
/// Low bits of `sb_versionnum`.
const VERSION: u16 = 0xf;

/// Looks for an xfs superblock. `None` where the magic is absent or the first 512 bytes were not read.
///
/// `uuid` is `sb_uuid`, which the user sees and may change; `sb_meta_uuid` is not. A superblock with problems gets no
/// `df_bytes`: the kernel would not mount it.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    let (sb, raw, wrong) = superblock(windows)?;
    let mut content = Content::new(Kind::Xfs).uuid(sb.uuid).label(bytes::label(raw.take(108, 12).ok()?));
    content.version = match sb.version() {
        4 => Some("4"),
        5 => Some("5"),
        _ => None,
    };
    content.bytes = sb.data_blocks.checked_mul(u64::from(sb.block_bytes));
    let mut found = Found::at_start(content);
    found.problems = wrong;
    if let Some(why) = windows.too_small_for_device(sb.sector_bytes.into()) {
        found = found.with_problem(Malformed::new(FORMAT, 102, format!("made for sectors of {why}")));
    }
    if sb.version() == 5 {
        let (refusals, problems) = features::judge(raw);
        found.content.refusals = refusals;
        found.problems.extend(problems.into_iter().map(|(at, why)| Malformed::new(FORMAT, at, why)));
    }
    found.problems.extend(sb.outgrown(windows.volume_bytes()));
    if found.problems.is_empty() {
        found.content.df_bytes = sb.df_bytes();
    }
    Some(found)
}

/// The superblock, its first bytes, and what of it no kernel accepts, whatever its features. `None` as for [`find`].
pub(in crate::disk) fn superblock<'b>(windows: &Windows<'b>) -> Option<(Superblock, &'b [u8], Vec<Malformed>)> {
    if !windows.has(0, MAGIC) {
        return None;
    }
    let raw = windows.get(0, FIELDS)?;
    let sb = Superblock::read(raw).ok()?;
    let wrong = sb.checksum_problem(windows).into_iter().chain(sb.impossible_fields());
    let wrong = wrong.map(|(at, why)| Malformed::new(FORMAT, at, why)).collect();
    Some((sb, raw, wrong))
}

/// The fields that matter here. The names say what the kernel's `sb_` names abbreviate.
#[derive(Debug, Clone, Copy)]
pub(in crate::disk) struct Superblock {
    pub(in crate::disk) block_bytes: u32,
    pub(in crate::disk) data_blocks: u64,
    uuid: Id,
    pub(in crate::disk) log_start: u64,
    pub(in crate::disk) group_blocks: u32,
    pub(in crate::disk) groups: u32,
    pub(in crate::disk) log_blocks: u32,
    pub(in crate::disk) version_flags: u16,
    pub(in crate::disk) sector_bytes: u16,
    pub(in crate::disk) inode_bytes: u16,
    pub(in crate::disk) block_log: u8,
    sector_log: u8,
    pub(in crate::disk) inode_log: u8,
    in_progress: u8,
    crc: u32,
}

impl Superblock {
    fn read(raw: &[u8]) -> Result<Self, Truncated> {
        Ok(Self {
            block_bytes: be32(raw, 4)?,
            data_blocks: be64(raw, 8)?,
            uuid: Id::Uuid(raw.array(32)?),
            log_start: be64(raw, 48)?,
            group_blocks: be32(raw, 84)?,
            groups: be32(raw, 88)?,
            log_blocks: be32(raw, 96)?,
            version_flags: be16(raw, VERSION_AT)?,
            sector_bytes: be16(raw, 102)?,
            inode_bytes: be16(raw, 104)?,
            block_log: u8_at(raw, 120)?,
            sector_log: u8_at(raw, 121)?,
            inode_log: u8_at(raw, 122)?,
            in_progress: u8_at(raw, 126)?,
            // The one little-endian field: all checksums of xfs are.
            crc: bytes::le32(raw, CRC_AT)?,
        })
    }

    pub(in crate::disk) fn version(&self) -> u16 {
        self.version_flags & VERSION
    }

    /// Where the volume is smaller than the file system.
    pub(in crate::disk) fn outgrown(&self, volume_bytes: u64) -> Option<Malformed> {
        let bytes = self.data_blocks.checked_mul(self.block_bytes.into())?;
        let why = || format!("says {bytes} bytes, and the volume has {volume_bytes}");
        (bytes > volume_bytes).then(|| Malformed::new(FORMAT, 8, why()))
    }

    /// Blocks without those of an internal log, in bytes: `f_blocks * f_frsize`.
    fn df_bytes(&self) -> Option<u64> {
        let log = if self.log_start == 0 { 0 } else { u64::from(self.log_blocks) };
        self.data_blocks.checked_sub(log)?.checked_mul(u64::from(self.block_bytes))
    }

    /// Version 5 has a checksum over the whole sector, with its own place taken as zero.
    fn checksum_problem(&self, windows: &Windows<'_>) -> Option<(u64, &'static str)> {
        let at = CRC_AT as u64;
        if self.version() != 5 && self.crc == 0 {
            return None;
        }
        let Some(sector) = windows.get(0, usize::from(self.sector_bytes)).filter(|sector| sector.len() >= FIELDS)
        else {
            return (self.version() == 5)
                .then_some((at, "its sector was not read whole, so the checksum was not checked"));
        };
        if self.version() == 5 {
            return (checksum(sector, VERSION_AT, &[])? != self.crc).then_some((at, "the checksum does not match"));
        }
        // Version 4 may have old garbage there. A checksum that holds for version 5 is no garbage.
        let [high, low] = ((self.version_flags & !VERSION) | 5).to_be_bytes();
        let lost = checksum(sector, VERSION_AT, &[high, low])? == self.crc;
        lost.then_some((VERSION_AT as u64, "has the checksum of version 5 but another version number"))
    }

    /// The fields that no file system can have, by the rules of the kernel's mount (`xfs_validate_sb_common`).
    fn impossible_fields(&self) -> impl Iterator<Item = (u64, &'static str)> {
        let power = |bytes: u32, log: u8, range: std::ops::RangeInclusive<u32>| {
            range.contains(&bytes) && 1_u32.checked_shl(u32::from(log)) == Some(bytes)
        };
        let groups = u64::from(self.groups);
        let most = groups.saturating_mul(u64::from(self.group_blocks));
        let least = groups.saturating_sub(1).saturating_mul(u64::from(self.group_blocks));
        [
            (!matches!(self.version(), 4 | 5), 100, "unknown version"),
            (self.in_progress != 0, 126, "mkfs.xfs has not finished it"),
            (!power(self.block_bytes, self.block_log, 512..=65536), 4, "impossible block size"),
            (!power(self.sector_bytes.into(), self.sector_log, 512..=32768), 102, "impossible sector size"),
            (!power(self.inode_bytes.into(), self.inode_log, 256..=2048), 104, "impossible inode size"),
            (self.groups == 0 || self.group_blocks == 0, 84, "impossible allocation groups"),
            (self.data_blocks > most || self.data_blocks <= least, 8, "impossible number of blocks"),
            (self.log_start != 0 && u64::from(self.log_blocks) >= self.data_blocks, 96, "impossible size of the log"),
        ]
        .into_iter()
        .filter_map(|(wrong, at, why)| wrong.then_some((at, why)))
    }
}

/// CRC32C of a sector with zeros for the checksum itself and `other` in place of what is at `at`, before it.
fn checksum(sector: &[u8], at: usize, other: &[u8]) -> Option<u32> {
    let after = at.checked_add(other.len())?;
    let mut crc = crc32c::crc32c(sector.get(..at)?);
    crc = crc32c::crc32c_append(crc, other);
    crc = crc32c::crc32c_append(crc, sector.get(after..CRC_AT)?);
    crc = crc32c::crc32c_append(crc, &[0; 4]);
    Some(crc32c::crc32c_append(crc, sector.get(CRC_AT.checked_add(4)?..)?))
}
