//! The crates `gpt` and `mbrman` as other readers, on random tables that both must read alike.
//!
//! Left out is what they get wrong: `gpt` panics on entries that are not 128 bytes long; `mbrman` refuses links that
//! lead back and odd boot flags, computes offsets in 32 bits, and follows hidden extended partitions (0xc5), unlike
//! Linux.

use std::io::Cursor;

use super::tables_in_memory::{Gpt, GptEntry, LINUX, mbr, seal};
use super::{CopyState, TableKind, states};
use okv_host::disk::Flag;
use okv_host::disk::table::{Edges, HEAD, Reading, TAIL, read};
use okv_host::io::image::Memory;
use proptest::collection::{btree_set, vec};
use proptest::prelude::{ProptestConfig, Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};

fn read_bytes(bytes: &[u8]) -> Reading {
    let (head, tail) = (bytes.len().min(HEAD as usize), bytes.len().saturating_sub(TAIL as usize));
    let image = Memory::new(bytes.to_vec());
    read(&image, &Edges { head: &bytes[..head], tail: &bytes[tail..], bad: &[] })
}

/// Partitions in random slots, one after the other.
fn random_gpt() -> impl Strategy<Value = Gpt> {
    let sector = any::<bool>().prop_map(|large| if large { 4096 } else { 512 });
    let slots = btree_set(0_usize..128, 0..20);
    (sector, slots, vec((1_u64..30, any::<u64>(), "\\PC{0,18}"), 20), any::<[u8; 16]>()).prop_map(
        |(sector, slots, parts, disk_guid)| {
            let mut table = Gpt::new(sector, 1024);
            table.disk_guid = disk_guid;
            let mut next = 40;
            for (slot, (length, attributes, name)) in slots.into_iter().zip(parts) {
                let mut entry = GptEntry::new(slot, LINUX, next, next + length - 1);
                (entry.attributes, entry.name) = (attributes, name);
                next += length;
                table.partitions.push(entry);
            }
            table
        },
    )
}

/// Numbers at the edges of what a field can hold and of what the disk has.
fn interesting() -> impl Strategy<Value = u64> {
    let edges = vec![
        0,
        1,
        2,
        33,
        34,
        91,
        92,
        128,
        136,
        256,
        512,
        990,
        1023,
        1024,
        1 << 15,
        1 << 22,
        1 << 31,
        1 << 55,
        u64::MAX,
    ];
    let edge = prop::sample::select(edges);
    (edge, -1_i64..=1).prop_map(|(edge, step)| edge.wrapping_add_signed(step)).boxed().prop_union(any::<u64>().boxed())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_gpt_reads_as_the_gpt_crate_reads_it(table in random_gpt()) {
        let disk = table.disk();
        let ours = read_bytes(&disk);
        prop_assert_eq!(states(&ours), (TableKind::Gpt, CopyState::Ok, CopyState::Ok));
        let sector = ours.sector.bytes();
        prop_assert_eq!(sector, table.sector as u64);
        let size = if table.sector == 512 { gpt::disk::LogicalBlockSize::Lb512 } else { gpt::disk::LogicalBlockSize::Lb4096 };
        let theirs = gpt::GptConfig::new().writable(false).logical_block_size(size).open_from_device(Cursor::new(disk)).unwrap();
        let theirs: Vec<_> = theirs.partitions().iter().filter(|(_, p)| p.is_used()).map(|(number, p)| {
            (*number, p.first_lba * sector, p.part_guid.to_string(), p.name.clone())
        }).collect();
        let ours: Vec<_> = ours.partitions.iter().map(|p| {
            (p.number, p.start_bytes, p.uuid.unwrap().to_string(), p.name.clone().unwrap_or_default())
        }).collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn an_mbr_with_ascending_logical_partitions_reads_as_mbrman_reads_it(
        primaries in vec((any::<bool>(), 1_u8..=0xed, 1_u32..100), 0..3),
        gaps in vec((1_u32..5, 1_u32..20), 1..12),
    ) {
        let mut disk = vec![0_u8; 8192 * 512];
        let mut entries: Vec<_> = primaries.iter().enumerate().map(|(i, (active, kind, sectors))| {
            let kind = if matches!(kind, 0x05 | 0x0f | 0x85 | 0xc5 | 0xd5) { 0x83 } else { *kind };
            (if *active { 0x80 } else { 0 }, kind, 64 + 100 * i as u32, *sectors)
        }).collect();
        entries.push((0, 0x0f, 2048, 8192 - 2048));
        disk[..512].copy_from_slice(&mbr(9, &entries));
        let mut at = 0;
        for (i, (gap, sectors)) in gaps.iter().enumerate() {
            let next = at + gap + sectors;
            let mut record = vec![(0, 0x83, *gap, *sectors)];
            if let Some((gap, sectors)) = gaps.get(i + 1) {
                record.push((0, 0x05, next, gap + sectors));
            }
            let place = (2048 + at as usize) * 512;
            disk[place..place + 512].copy_from_slice(&mbr(0, &record));
            at = next;
        }
        let ours = read_bytes(&disk);
        prop_assert_eq!(states(&ours), (TableKind::Mbr, CopyState::Ok, CopyState::Missing));
        let theirs = mbrman::MBR::read_from(&mut Cursor::new(&disk), 512).unwrap();
        let theirs: Vec<_> = theirs.iter().filter(|(_, p)| p.is_used()).map(|(number, p)| {
            (number as u32, u64::from(p.starting_lba) * 512, u64::from(p.sectors) * 512, p.is_active())
        }).collect();
        let ours: Vec<_> = ours.partitions.iter().map(|p| {
            (p.number, p.start_bytes, p.bytes, p.flags.contains(&Flag::Active))
        }).collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn random_fields_under_right_checksums_never_panic_and_never_make_partitions_that_overflow(
        fields in vec((prop::sample::select(vec![12_usize, 24, 32, 40, 48, 72, 80, 84]), interesting()), 1..3),
        entry in vec((0_usize..20, interesting()), 0..6),
        sides in 1_u8..4,
    ) {
        let mut disk = Gpt::new(512, 1024).with(GptEntry::new(0, LINUX, 40, 99)).disk();
        let last = disk.len() - 512;
        for (side, header, array) in [(1, 512, 1024), (2, last, last - 16384)] {
            if sides & side == 0 {
                continue;
            }
            for (word, value) in &entry {
                disk[array + 8 * word..array + 8 * word + 8].copy_from_slice(&value.to_le_bytes());
            }
            let crc = crc32fast::hash(&disk[array..array + 16384]);
            disk[header + 88..header + 92].copy_from_slice(&crc.to_le_bytes());
            for (at, value) in &fields {
                let width = if matches!(at, 12 | 80 | 84) { 4 } else { 8 };
                disk[header + at..header + at + width].copy_from_slice(&value.to_le_bytes()[..width]);
            }
            seal(&mut disk[header..header + 512]);
        }
        for partition in read_bytes(&disk).partitions {
            prop_assert!(partition.bytes > 0);
            prop_assert!(partition.start_bytes.checked_add(partition.bytes).is_some());
        }
    }

    #[test]
    fn random_bytes_under_a_signature_never_panic(noise in vec(any::<u8>(), 2048), mask in any::<u8>()) {
        let mut disk = Gpt::new(512, 256).disk();
        for (i, byte) in noise.iter().enumerate() {
            if i % 8 == usize::from(mask % 8) && !(512..520).contains(&i) {
                disk[i] = *byte;
            }
        }
        let reading = read_bytes(&disk);
        assert!(!reading.problems.is_empty());
    }
}
