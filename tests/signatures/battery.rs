//! Damage: one flipped byte, cut windows, random bytes.

use std::collections::BTreeSet;
use std::fs;

use crate::{craft, probe, windows};
use okv_host::disk::format::signature::{self, SIGNATURES};
use okv_host::disk::format::windows::Windows;
use okv_host::io::image;

#[test]
fn a_magic_with_any_byte_flipped_is_not_sound_any_more() {
    for mut image in craft::all() {
        for at in image.magic.clone().into_iter().flatten() {
            // Not bit 0: in a list of ZFS that only changes the byte order it names.
            for bit in [0x02, 0x80] {
                image.bytes[at] ^= bit;
                let found = probe(&image.bytes);
                assert!(found.iter().all(|f| !f.problems.is_empty()), "{}: byte {at}: {found:?}", image.name);
                image.bytes[at] ^= bit;
            }
        }
    }
}

#[test]
fn no_byte_of_a_superblock_can_make_a_parser_panic() {
    for mut image in craft::all() {
        let at = image.magic[0].start & !511;
        for at in at..at + 512 {
            for value in [0, 0x7f, 0x80, 0xff] {
                let kept = std::mem::replace(&mut image.bytes[at], value);
                probe(&image.bytes);
                image.bytes[at] = kept;
            }
        }
    }
}

#[test]
fn checksums_notice_a_change_anywhere_in_what_they_cover() {
    for (image, covered) in [
        (craft::md_0_90(false), 4096),
        (craft::md_1("1.2", 4096, 8 << 20), 262),
        (craft::ddf(1), 512),
        (craft::imsm(0), 264),
    ] {
        let start = image.magic[0].start;
        let mut bytes = image.bytes;
        for at in start..start + covered {
            bytes[at] ^= 0x10;
            let found = probe(&bytes);
            assert!(found.iter().all(|f| !f.problems.is_empty()), "{}: byte {at}: {found:?}", image.name);
            bytes[at] ^= 0x10;
        }
    }
}

#[test]
fn windows_cut_at_every_length_are_survived() {
    for image in craft::all() {
        for first in (0..=image.bytes.len().min(72 << 10)).step_by(61) {
            signature::find_all(&windows(&image.bytes, first));
        }
        for volume in [0, 1, 511, 512, 4095, 8192, 65535, 65536, 131_072, u64::MAX - 1, u64::MAX] {
            signature::find_all(&Windows::new(volume).with(0, &image.bytes[..72 << 10]));
            let end = &image.bytes[image.bytes.len() - 20480..];
            signature::find_all(&Windows::new(volume).with(volume.saturating_sub(20480), end));
        }
    }
}

/// A name, the first bytes of a volume, its last ones, and how many it has.
type Volume = (String, Vec<u8>, Vec<u8>, u64);

/// What was written here, from several places on, and the images of the real tools.
fn starts_and_ends() -> Vec<Volume> {
    let mut all = Vec::new();
    for image in craft::all() {
        let end = &image.bytes[image.bytes.len() - 20_480..];
        // What lies further on is moved to the places that a start can have.
        for from in [0, 4096, 8192, 16 << 10, 64 << 10, image.magic[0].start & !4095] {
            let mut start = image.bytes.get(from..).unwrap_or_default().to_vec();
            start.resize(24_576, 0);
            all.push((format!("{} from {from}", image.name), start, end.to_vec(), image.bytes.len() as u64));
        }
    }
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/images")).unwrap() {
        let path = entry.unwrap().path().join("disk");
        let Ok(disk) = image::open(&path) else { continue };
        let (mut start, mut end) = (vec![0; 24_576], vec![0; 20_480]);
        if disk.read_at(&mut start, 0).is_ok() && disk.read_at(&mut end, disk.bytes() - 20_480).is_ok() {
            all.push((path.display().to_string(), start, end, disk.bytes()));
        }
    }
    all
}

#[test]
fn a_glance_at_the_start_passes_over_nothing_that_a_row_of_the_table_finds() {
    let of_all_rows =
        |windows: &Windows<'_>| -> Vec<_> { SIGNATURES.iter().filter_map(|row| (row.find)(windows)).collect() };
    let mut kinds = BTreeSet::new();
    for (name, start, end, bytes) in starts_and_ends() {
        for first in [8191, 8192, 8200, 12_288, 12_400, 16_384, 16_390, 16_896, 20_479, 20_480, 24_576] {
            for bytes in [bytes, (1 << 20) - 1, 1 << 20, (1 << 20) + 512, 64 << 20, u64::MAX] {
                let alone = Windows::new(bytes).with(0, &start[..first]);
                let found = of_all_rows(&alone);
                kinds.extend(found.iter().filter(|_| first < 20_480).map(|one| one.content.kind));
                assert_eq!(signature::find_all(&alone), found, "{name} {first}");
                let both = alone.with(bytes.saturating_sub(end.len() as u64), &end);
                assert_eq!(signature::find_all(&both), of_all_rows(&both), "{name} {first}, and the end");
            }
        }
    }
    assert!(kinds.len() > 10, "{kinds:?}");
}

#[test]
fn a_thousand_volumes_of_random_bytes_hold_nothing() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = vec![0; 72 << 10];
    for round in 0..1000 {
        for chunk in bytes.as_chunks_mut::<8>().0 {
            // xorshift64
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *chunk = state.to_le_bytes();
        }
        assert_eq!(probe(&bytes), [], "round {round}");
    }
}
