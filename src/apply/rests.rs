//! What `pvremove` leaves of a physical volume: it wipes the label, and not the metadata behind it.

use super::sectors::HeldDisk;
use crate::bytes::all_zero;
use crate::units::ByteRange;

/// Where the metadata begins: behind the sectors of the label, at the first page (LVM2 `lib/format_text/layout.h`).
const AREA: usize = 4096;
/// What it begins with, after its checksum (`FMTT_MAGIC`).
const MAGIC: &[u8] = b" LVM2 x[5A%r0N*>";
const CHECKSUM: usize = 4;

/// Whether `range` of `disk` holds that and nothing else that is known: no label, and where the metadata was its mark. What somebody else put
/// there since is not ours to wipe.
///
/// # Errors
/// Where the disk cannot be read.
pub(super) fn is_left_of_pvremove(disk: &HeldDisk, range: ByteRange) -> Result<bool, String> {
    let len = usize::try_from(range.len()).map_err(|_| "a range of too many bytes".to_owned())?;
    let bytes = disk.read(range.start(), len)?;
    let Some((label, area)) = bytes.split_at_checked(AREA) else { return Ok(false) };
    Ok(all_zero(label) && area.get(CHECKSUM..).is_some_and(|rest| rest.starts_with(MAGIC)))
}
