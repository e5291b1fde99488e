//! Physical volumes of LVM1 (`pv_disk` of the LVM 1.0 headers). The magic is two letters, so everything else must fit.

use super::content::{Content, Found, Kind};
use super::windows::Windows;
use crate::base::bytes::{Fields, le16, le32};
use crate::base::ids::Id;

const MAGIC: &[u8] = b"HM";

/// Looks for the header at the start of the volume.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    if !windows.has(0, MAGIC) {
        return None;
    }
    let block = windows.get(0, 512)?;
    let version = le16(block, 2).ok()?;
    // The header describes where it lies itself: at 0.
    let own_start = le32(block, 4).ok()?;
    let own_bytes = le32(block, 8).ok()?;
    let uuid: [u8; 32] = block.array(44).ok()?;
    let sectors = le32(block, 444).ok()?;
    let fits = matches!(version, 1 | 2)
        && own_start == 0
        && (512..=4096).contains(&own_bytes)
        && uuid.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'!' | b'#'))
        && sectors != 0;
    fits.then(|| {
        Found::at_start(Content::new(Kind::Lvm1).uuid(Id::Lvm(uuid)).bytes(u64::from(sectors).saturating_mul(512)))
    })
}
