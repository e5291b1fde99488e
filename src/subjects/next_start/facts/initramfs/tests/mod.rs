use std::io::Read;

use super::*;
use crate::subjects::next_start::facts::verdict::Verdict;

mod damage;
mod made;

use made::{Cpio, KINDS, packed};

fn look(file: &[u8]) -> Verdict<Contents> {
    verify(file, file.len() as u64)
}

fn whole(file: &[u8]) -> Contents {
    match look(file) {
        Verdict::Whole(contents) => contents,
        other => panic!("{other:?}"),
    }
}

fn why_broken(file: &[u8]) -> (u64, String) {
    match look(file) {
        Verdict::Broken { at, why } => (at, why),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_compression_is_read_to_its_end() {
    let archive = made::root();
    for kind in KINDS {
        let file = packed(kind, &archive);
        let contents = whole(&file);
        assert_eq!(contents.compression, kind, "{kind:?}");
        assert_eq!(contents.kernel_releases.iter().collect::<Vec<_>>(), ["5.4.17-2136.el8uek.x86_64"]);
        assert!(contents.has_lvm && contents.is_dracut);
        assert!(!contents.has_cryptsetup && !contents.has_mdadm && !contents.has_multipath);
        assert_eq!((contents.bytes, contents.unpacked_bytes), (file.len() as u64, archive.len() as u64), "{kind:?}");
        assert_eq!(contents.members, 5);
    }
}

#[test]
fn an_early_archive_lies_before_the_image() {
    let early = Cpio::new().file("kernel/x86/microcode/GenuineIntel.bin", &[7; 1000]).end(512);
    for kind in KINDS {
        let contents = whole(&[early.clone(), packed(kind, &made::root())].concat());
        assert_eq!((contents.members, contents.compression), (6, kind));
        assert!(contents.has_lvm);
    }
    assert!(whole(&early).kernel_releases.is_empty(), "alone it is whole, and has no modules");
}

#[test]
fn many_archives_may_follow_each_other_with_zeros_between() {
    let archive = made::root();
    for first in KINDS.into_iter().filter(|kind| *kind != Some(Compression::Lz4)) {
        for second in KINDS {
            for zeros in [0, 1, 3, 4, 512, 100_000] {
                let first = packed(first, &archive);
                // A plain archive begins where four divides.
                let zeros = if second.is_none() { zeros + (first.len() + zeros).wrapping_neg() % 4 } else { zeros };
                let file = [first, vec![0; zeros], packed(second, &archive), vec![0; 7]].concat();
                assert_eq!(whole(&file).members, 10, "{second:?} behind {zeros}");
            }
        }
    }
}

#[test]
fn tools_are_found_in_all_archives() {
    let tools = ["usr/sbin/cryptsetup", "sbin/mdadm", "usr/sbin/multipath"];
    let more = tools.iter().fold(Cpio::new(), |cpio, path| cpio.file(path, b"x")).end(4);
    let contents =
        whole(&[packed(Some(Compression::Gzip), &made::root()), packed(Some(Compression::Xz), &more)].concat());
    assert!(contents.has_lvm && contents.has_cryptsetup && contents.has_mdadm && contents.has_multipath);
}

#[test]
fn an_archive_without_trailer_or_members_is_broken() {
    let open = Cpio::new().file("usr/bin/sh", b"x").archive;
    for kind in KINDS {
        assert!(why_broken(&packed(kind, &open)).1.ends_with("without its TRAILER!!!"), "{kind:?}");
        assert!(why_broken(&packed(kind, &Cpio::new().end(4))).1.ends_with("has no members"), "{kind:?}");
        // Where another archive follows, the kernel goes on.
        assert_eq!(whole(&[packed(None, &open), packed(kind, &made::root())].concat()).members, 6);
    }
    for file in [&[][..], &[0; 512]] {
        assert!(why_broken(file).1.ends_with("has no members"));
    }
}

#[test]
fn garbage_behind_the_end_is_broken_and_its_place_named() {
    for kind in KINDS.into_iter().filter(|kind| *kind != Some(Compression::Lz4)) {
        let file = packed(kind, &made::root());
        for zeros in [0, 8] {
            let garbage = [file.clone(), vec![0; zeros], b"garbage".to_vec()].concat();
            let (at, why) = why_broken(&garbage);
            assert_eq!(at, (file.len() + zeros) as u64, "{kind:?}: {why}");
        }
        let inside = packed(kind, &[made::root(), b"garbage".to_vec()].concat());
        assert!(matches!(look(&inside), Verdict::Broken { .. }));
    }
    let lz4 = packed(Some(Compression::Lz4), &made::root());
    assert!(why_broken(&[lz4, b"garb".to_vec()].concat()).1.contains("lz4"));
}

#[test]
fn what_the_kernel_does_not_take_as_an_archive_is_broken() {
    let mut old = made::root();
    old[..6].copy_from_slice(b"070707");
    assert!(why_broken(&old).1.contains("old portable format"));
    let root = made::root();
    for (at, byte, why) in
        [(5, b'9', "magic"), (14, b'x', "hexadecimal"), (14 + 80, b'f', "name of"), (110 + 3, b'x', "zero")]
    {
        let mut archive = root.clone();
        archive[at] = byte;
        let (_, found) = why_broken(&archive);
        assert!(found.contains(why), "{found}");
    }
    let shifted = [vec![0; 2], root].concat();
    assert_eq!(why_broken(&shifted).0, 2, "a plain archive begins where four divides");
}

#[test]
fn the_sum_of_a_member_is_verified() {
    let archive = Cpio::with_sums().file("usr/sbin/lvm", b"four bytes and more").end(4);
    assert!(whole(&archive).has_lvm);
    let at = archive.windows(4).position(|four| four == b"four").unwrap();
    let mut damaged = archive;
    damaged[at] ^= 1;
    assert!(why_broken(&damaged).1.contains("sum"));
}

#[test]
fn an_image_that_cannot_be_verified_is_unknown() {
    let why = |verdict| match verdict {
        Verdict::Unknown(why) => why,
        other => panic!("{other:?}"),
    };
    assert!(why(look(b"\x89LZO\0\r\n\x1a\n")).contains("lzo"));
    assert!(why(verify(std::io::empty(), (1 << 30) + 1)).contains("too large"));
    let root = made::root();
    assert!(why(verify(&*root, root.len() as u64 + 4)).contains("shorter"));
    let many: Vec<u8> = std::iter::repeat_n(packed(Some(Compression::Gzip), &root), 65).flatten().collect();
    assert!(why(look(&many)).contains("64"));
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("a bad sector"))
        }
    }
    for kind in KINDS {
        let file = packed(kind, &root);
        for length in [0, 1, file.len() / 2, file.len() - 1] {
            let failing = file[..length].chain(Fails);
            assert!(why(verify(failing, file.len() as u64)).contains("a bad sector"), "{kind:?} at {length}");
        }
    }
}

#[test]
fn a_stream_that_needs_more_memory_is_unknown() {
    // The dictionary of 64 MiB in the header of an xz block, with that header's sum; of an lzma stream; a zstd window.
    let mut xz = packed(Some(Compression::Xz), &made::root());
    let header = usize::from(xz[12]) * 4;
    let filter = xz[12..12 + header].windows(2).position(|two| two == [0x21, 1]).unwrap() + 12;
    xz[filter + 2] = 28;
    let sum = crc32fast::hash(&xz[12..12 + header]);
    xz[12 + header..16 + header].copy_from_slice(&sum.to_le_bytes());
    let mut lzma = packed(Some(Compression::Lzma), &made::root());
    lzma[1..5].copy_from_slice(&(64_u32 << 20).to_le_bytes());
    let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x80];
    for file in [&xz[..], &lzma, &zstd] {
        let verdict = look(file);
        assert!(matches!(&verdict, Verdict::Unknown(why) if why.contains("MiB of memory")), "{verdict:?}");
    }
}

#[test]
fn an_xz_stream_with_a_sum_that_the_kernel_does_not_know_is_broken() {
    let file = made::xz(&made::root(), lzma_rust2::CheckType::Crc64);
    assert!(why_broken(&file).1.contains("only CRC32"));
}
