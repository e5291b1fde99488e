//! Damage: cut off anywhere, a byte changed anywhere, and bytes at random.

use proptest::collection::vec;
use proptest::prelude::*;

use super::made::{self, Cpio, KINDS, packed};
use super::{Compression, look};
use crate::subjects::next_start::facts::verdict::Verdict;

#[test]
fn an_image_cut_off_anywhere_is_never_whole() {
    let early = Cpio::new().file("kernel/x86/microcode/AuthenticAMD.bin", &[7; 100]).end(4);
    for kind in KINDS {
        let file = [early.clone(), packed(kind, &made::root())].concat();
        for length in 0..file.len() {
            match look(&file[..length]) {
                Verdict::Broken { at, .. } => assert!(at <= length as u64, "{kind:?} cut off at {length}: {at}"),
                Verdict::Whole(contents) if length == early.len() => assert!(contents.kernel_releases.is_empty()),
                other => panic!("{kind:?} cut off at {length}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_changed_byte_of_a_format_with_a_checksum_is_found_or_changes_nothing() {
    use Compression::{Bzip2, Gzip, Xz, Zstd};
    for kind in [Gzip, Bzip2, Xz, Zstd] {
        let file = packed(Some(kind), &made::root());
        let right = look(&file);
        let mut unseen = 0;
        for (at, change) in (0..file.len()).flat_map(|at| [1, 0x10, 0x80, 0xff].map(|change| (at, change))) {
            let mut damaged = file.clone();
            damaged[at] ^= change;
            match look(&damaged) {
                Verdict::Whole(contents) => {
                    assert_eq!(Verdict::Whole(contents), right, "{kind:?} at {at}");
                    unseen += 1;
                }
                Verdict::Broken { .. } | Verdict::Unknown(_) => {}
            }
        }
        // The time and the system in the header of gzip, and bits that are not used, are covered by no checksum.
        assert!(unseen < 40, "{unseen} changes of {kind:?} were not seen");
    }
}

fn any_kind() -> impl Strategy<Value = Option<Compression>> {
    prop::sample::select(KINDS.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_panics(kind in any_kind(), at in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>()) {
        let mut file = packed(kind, &made::root());
        for (at, byte) in at {
            let len = file.len();
            file[at.index(len)] = byte;
        }
        let _ = look(&file);
        file.truncate(cut.index(file.len()));
        let _ = look(&file);
    }

    #[test]
    fn no_bytes_behind_a_magic_number_panic(kind in any_kind(), keep in 2_usize..20, bytes in vec(any::<u8>(), 0..600)) {
        let mut file = packed(kind, &made::root());
        file.truncate(keep);
        file.extend(bytes);
        let _ = look(&file);
    }

    #[test]
    fn the_parts_in_which_a_file_comes_change_nothing(kind in any_kind(), step in 1_usize..50) {
        struct Steps<'f>(&'f [u8], usize);
        impl std::io::Read for Steps<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let len = self.1.min(buffer.len());
                self.0.read(&mut buffer[..len])
            }
        }
        let file = packed(kind, &made::root());
        prop_assert_eq!(super::verify(Steps(&file, step), file.len() as u64), look(&file));
    }
}
