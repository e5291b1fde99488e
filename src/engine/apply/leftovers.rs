//! What `pvremove` leaves of a physical volume: it wipes the label, and not the metadata area behind it. A disk with
//! that is not blank, and the next run would refuse the very disk that this one gave back.

use super::sectors::HeldDisk;
use crate::base::bytes::all_zero;
use crate::base::units::MIB;
use crate::disk::new_table::NewSector;

/// Where the metadata area begins: behind the sectors of the label, at the first page (LVM2
/// `lib/format_text/layout.h`).
const AREA: usize = 4096;
/// What it begins with, after its checksum (`FMTT_MAGIC`).
const MAGIC: &[u8] = b" LVM2 x[5A%r0N*>";
const CHECKSUM: usize = 4;
/// Where the data of our physical volumes begins.
const DATA: usize = MIB as usize;

/// Zeros for the sectors of `disk` that a physical volume at byte `from` left behind; none where all is blank.
///
/// # Errors
/// Where its label is still there, or anything else is. Where the disk cannot be read.
pub(super) fn zeros_over_leftovers(disk: &HeldDisk, from: u64) -> Result<Vec<NewSector>, String> {
    let size = disk.sector_size().bytes();
    let step = usize::try_from(size).map_err(|e| e.to_string())?;
    let bytes = disk.read(from, DATA)?;
    if all_zero(&bytes) {
        return Ok(Vec::new());
    }
    let (label, area) = bytes.split_at_checked(AREA).unwrap_or_default();
    let is_left = all_zero(label) && area.get(CHECKSUM..).is_some_and(|rest| rest.starts_with(MAGIC));
    if !is_left {
        return Err(format!("{disk}: its partition at byte {from} is not blank: the table stays"));
    }
    let sectors = area.chunks_exact(step).zip(0_u64..).filter(|(sector, _)| !all_zero(sector));
    let begin = from.saturating_add(AREA as u64);
    let mut zeros: Vec<NewSector> = sectors
        .map(|(_, n)| NewSector { at: begin.saturating_add(n.saturating_mul(size)), bytes: vec![0; step] })
        .collect();
    // The first one goes last: as long as it is there, the rest is recognised.
    zeros.reverse();
    Ok(zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sector_that_leftovers_are_recognised_by_goes_last() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut bytes = vec![0; 4 * DATA];
        let area = DATA + AREA;
        bytes[area + CHECKSUM..][..MAGIC.len()].copy_from_slice(MAGIC);
        bytes[area + 512] = b'v';
        bytes[area + 1024] = b'v';
        std::fs::write(file.path(), &bytes).unwrap();
        let disk = HeldDisk::open(file.path()).unwrap();
        let at: Vec<u64> = zeros_over_leftovers(&disk, MIB).unwrap().iter().map(|sector| sector.at).collect();
        let area = area as u64;
        assert_eq!(at, [area + 1024, area + 512, area]);
    }
}
