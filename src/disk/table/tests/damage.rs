//! Damage everywhere: no panic, no hang, and never other partitions passed off as those of two sound copies.

use super::*;

/// Whether the reading is honest about a disk whose undamaged reading is `sound`.
fn honest(reading: &Reading, sound: &Reading, what: &dyn std::fmt::Debug) {
    let ok = (TableKind::Gpt, CopyState::Ok, CopyState::Ok);
    if states(reading) == ok {
        assert_eq!(reading.partitions, sound.partitions, "{what:?}");
        assert_eq!(reading.table.uuid, sound.table.uuid, "{what:?}");
    } else if reading.table.kind == TableKind::Gpt && !reading.partitions.is_empty() {
        assert_eq!(reading.partitions, sound.partitions, "{what:?}");
    }
    assert!(states(reading) == ok || !reading.problems.is_empty(), "{what:?}: silent");
}

/// Flips every byte of both ends of the usual disk: by each of the masks, and in one bit that differs from byte to
/// byte.
fn flip_every_byte(sector: usize, masks: &[u8]) {
    let disk = usual(sector).disk();
    let sound = read_bytes(disk.clone());
    let mut ends = [disk[..HEAD as usize].to_vec(), disk[disk.len() - TAIL as usize..].to_vec()];
    let image = Memory::new(disk);
    for end in [0, 1] {
        for at in 0..ends[end].len() {
            for mask in [1 << (at % 8)].iter().chain(masks) {
                ends[end][at] ^= mask;
                honest(&read(&image, &Edges { head: &ends[0], tail: &ends[1], bad: &[] }), &sound, &(end, at, mask));
                ends[end][at] ^= mask;
            }
        }
    }
}

#[test]
fn every_byte_of_both_ends_flipped_on_a_disk_with_512_byte_sectors() {
    flip_every_byte(512, &[0xff]);
}

#[test]
fn every_byte_of_both_ends_flipped_on_a_disk_with_4096_byte_sectors() {
    flip_every_byte(4096, &[]);
}

#[test]
fn every_truncation_and_every_unreadable_place() {
    let disk = usual(512).disk();
    let sound = read_bytes(disk.clone());
    for len in (0..disk.len()).step_by(512) {
        let reading = read_bytes(disk[..len].to_vec());
        assert_ne!((reading.table.primary, reading.table.backup), (CopyState::Ok, CopyState::Ok), "{len}");
        assert!(len < 512 || !reading.problems.is_empty(), "{len}: silent");
    }
    let image = Memory::new(disk);
    for at in (0..image.bytes()).step_by(512) {
        let reading = read_image(&Faulty::new(&image, ByteRange::new(at, 1).unwrap()));
        assert_eq!(reading.partitions, sound.partitions, "EIO at {at}");
        let in_table = at < 17408 || at >= image.bytes() - 33 * 512;
        assert_eq!(in_table, !reading.problems.is_empty(), "EIO at {at}");
    }
}

#[test]
fn every_byte_of_an_mbr_and_its_records_flipped() {
    let disk = chain(8192, &[0, 1000, 500]);
    let places = [0, 2048, 3048, 2548].map(|lba| lba * 512);
    for (place, at, mask) in places.into_iter().flat_map(|p| (0..512).flat_map(move |i| [(p, i, 1_u8), (p, i, 0xff)])) {
        let mut bad = disk.clone();
        bad[place + at] ^= mask;
        assert!(read_bytes(bad).partitions.len() < 12);
    }
}

#[test]
fn impossible_headers_with_right_checksums_are_damage() {
    let change: [(&str, usize, &[u8]); 10] = [
        ("entries 2^32-1", 80, &[0xff; 4]),
        ("entries 0", 80, &[0; 4]),
        ("entry length 0", 84, &[0; 4]),
        ("entry length 1", 84, &[1, 0, 0, 0]),
        ("entry length 136", 84, &[136, 0, 0, 0]),
        ("array beyond the disk", 72, &[0xff, 0xff, 0xff, 0, 0, 0, 0, 0]),
        ("array at 2^64", 72, &[0xff; 8]),
        ("header elsewhere", 24, &[7, 0, 0, 0, 0, 0, 0, 0]),
        ("usable beyond the disk", 48, &[0xff; 8]),
        ("usable reversed", 40, &[0xff; 8]),
    ];
    for (what, at, bytes) in change {
        let mut disk = usual(512).disk();
        let last = disk.len() - 512;
        for header in [512, last] {
            disk[header + at..header + at + bytes.len()].copy_from_slice(bytes);
            crate::built_tables::seal(&mut disk[header..header + 512]);
        }
        let reading = read_bytes(disk);
        assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Damaged, CopyState::Damaged), "{what}");
        assert_eq!((reading.partitions.len(), problem_ids(&reading)), (0, vec![ProblemId::TableDamaged; 2]), "{what}");
    }
}

#[test]
fn an_alternate_header_anywhere_is_looked_for_only_within_the_disk() {
    for lba in [0, 1, 2, 4000, 8192, u64::MAX] {
        let table = usual(512);
        let mut disk = table.disk();
        table.put(&mut disk, 1, &table.header(1, lba, 2));
        let reading = read_bytes(disk);
        assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Ok, CopyState::Disagrees), "{lba}");
        assert_eq!(reading.partitions.len(), 3);
    }
}
