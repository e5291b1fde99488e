//! Where a member of a mirror keeps the array's data, if it surely has all of it.
//!
//! Not followed are a member that is spare, faulty, a journal or still being rebuilt, an array that is being reshaped,
//! and every other level: one member of those has a part of the data, or an old state of it.

use super::{HEADER, MAGIC, v1_0};
use crate::base::bytes::{Fields, be32, le16, le32, le64};
use crate::base::ids::Id;
use crate::base::units::ByteRange;
use crate::disk::format::content::{Content, Kind};
use crate::disk::format::far;
use crate::disk::format::windows::Windows;

/// RAID 1.
const MIRROR: u32 = 1;
/// `MD_DISK_ROLE_MAX`: a role from here on is none of a place in the array.
const MOST_ROLES: u16 = 0xff00;
/// `MD_FEATURE_RECOVERY_OFFSET`, `_RESHAPE_ACTIVE`, `_REPLACEMENT`, `_NEW_OFFSET`.
const UNSETTLED: u32 = 0x2 | 0x4 | 0x10 | 0x40;
/// Word of a 0.90 superblock where the descriptor of the member itself begins.
const THIS_DISK: usize = 992;
/// `MD_DISK_FAULTY`, `_ACTIVE` and `_SYNC`.
const STATES: u32 = 0b111;
const IN_SYNC: u32 = 0b110;

/// A member that has all of its array's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub array: Id,
    /// Where the data lies in the member.
    pub data: ByteRange,
    pub events: u64,
    /// Its place in the array.
    pub role: u32,
}

/// Where the superblock of a member of this version lies.
pub fn place(content: &Content, volume_bytes: u64) -> Option<u64> {
    match (content.kind, content.version?) {
        (Kind::Md, "0.90") => far::md_0_90(volume_bytes),
        (Kind::Md, "1.0") => v1_0(volume_bytes),
        (Kind::Md, "1.1") => Some(0),
        (Kind::Md, "1.2") => Some(4096),
        _ => None,
    }
}

/// The member whose superblock, which was found sound, was read.
pub fn of_mirror(content: &Content, windows: &Windows<'_>) -> Option<Member> {
    let at = place(content, windows.volume_bytes())?;
    let block = windows.get(at, super::BYTES)?;
    let member = if content.version == Some("0.90") { old(block, content.uuid?) } else { new(block, content.uuid?) }?;
    (member.data.end() <= windows.volume_bytes() && !member.data.is_empty()).then_some(member)
}

fn old(block: &[u8], array: Id) -> Option<Member> {
    let read = if le32(block, 0) == Ok(MAGIC) { le32 } else { be32 };
    let word = |number: usize| read(block, number.saturating_mul(4)).ok();
    let (level, kib) = (word(7)?, word(8)?);
    let (role, state) = (word(THIS_DISK.checked_add(3)?)?, word(THIS_DISK.checked_add(4)?)?);
    let settled = level == MIRROR && state & STATES == IN_SYNC && role < word(10)?;
    let (low, high) = if read(block, 0) == le32(block, 0) { (word(39)?, word(40)?) } else { (word(40)?, word(39)?) };
    let events = u64::from(high).checked_shl(32)? | u64::from(low);
    let data = ByteRange::new(0, u64::from(kib).checked_mul(1024)?)?;
    settled.then_some(Member { array, data, events, role })
}

fn new(block: &[u8], array: Id) -> Option<Member> {
    let (features, level) = (le32(block, 8).ok()?, le32(block, 72).ok()?);
    let number = usize::try_from(le32(block, 160).ok()?).ok()?;
    let roles = usize::try_from(le32(block, 220).ok()?).ok()?;
    let at = number.checked_mul(2)?.checked_add(HEADER)?;
    let role = le16(block.take(at, 2).ok()?, 0).ok().filter(|_| number < roles)?;
    let settled = level == MIRROR && features & UNSETTLED == 0 && role < MOST_ROLES;
    let (start, held) = (le64(block, 128).ok()?, le64(block, 136).ok()?);
    // The size that the array uses of each member; one of zero is all that the member has.
    let used = le64(block, 80).ok().filter(|sectors| *sectors > 0).unwrap_or(held).min(held);
    let data = ByteRange::new(start.checked_mul(512)?, used.checked_mul(512)?)?;
    settled.then_some(Member { array, data, events: le64(block, 200).ok()?, role: role.into() })
}
