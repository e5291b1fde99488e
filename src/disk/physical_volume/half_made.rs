//! What a `pvcreate` leaves that was cut off between its writes.

use crate::base::bytes::all_zero;
use crate::base::units::MIB;

/// Bytes from the start of a volume that `pvcreate --dataalignment 1m` writes to, and nothing else.
pub const WRITTEN: usize = MIB as usize;
/// The label is in one of the first four sectors (LVM2 `lib/label/label.h`).
const LABEL_SECTORS: usize = 4;
const SECTOR: usize = 512;
const MAGIC: &[u8] = b"LABELONE";

/// Whether `first`, the first [`WRITTEN`] bytes of a volume that was blank, has the label of a physical volume and
/// nothing else: the header of its metadata area never reached the disk. LVM2 shows such a volume, and each of its
/// programs refuses it (2.03.16, also `pvremove -ff`).
pub fn is_half_made(first: &[u8]) -> bool {
    let sectors = || first.chunks(SECTOR).zip(0..);
    let is_label = |(sector, n): &(&[u8], usize)| *n < LABEL_SECTORS && sector.starts_with(MAGIC);
    first.len() == WRITTEN
        && sectors().filter(is_label).count() == 1
        && sectors().filter(|sector| !is_label(sector)).all(|(sector, _)| all_zero(sector))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_alone_is_half_made_and_anything_beside_it_is_not_ours_to_judge() {
        let with = |places: &[(usize, &[u8])]| {
            let mut bytes = vec![0; WRITTEN];
            places.iter().for_each(|(at, part)| bytes[*at..*at + part.len()].copy_from_slice(part));
            bytes
        };
        assert!(is_half_made(&with(&[(512, MAGIC)])) && is_half_made(&with(&[(1536, MAGIC)])));
        assert!(!is_half_made(&with(&[])));
        assert!(!is_half_made(&with(&[(512, MAGIC), (1024, MAGIC)])));
        assert!(!is_half_made(&with(&[(512, MAGIC), (4100, b" LVM2 x[5A%r0N*>")])));
        assert!(!is_half_made(&with(&[(512, MAGIC), (WRITTEN - 1, b"x")])));
        assert!(!is_half_made(&with(&[(2048, MAGIC)])));
        assert!(!is_half_made(&with(&[(512, MAGIC)])[..WRITTEN - 512]));
    }
}
