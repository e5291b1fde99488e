//! Damage to every 512-byte block, every page and, of blocks that are not zero, every byte that a scan reads; on disks
//! that have more than [`MOST_BYTES`] of those, to every n-th byte.

use std::collections::BTreeSet;

use super::disks::{built, hosts};
use super::view::{Shared, View};
use super::{look, reads};
use okv_host::base::bytes::all_zero;
use okv_host::base::units::ByteRange;
use okv_host::disk::format::content::{Content, Kind};
use okv_host::disk::{Disk, Partition, ProblemId, Source, TableKind, scan};
use okv_host::io::image::{Faulty, Memory};

const PAGE: u64 = 4096;
const BLOCK: u64 = 512;
/// Most bytes that are changed one by one on a disk.
const MOST_BYTES: usize = 2000;

/// The first bytes of all units of `len` bytes that a scan reads.
fn units(disk: Shared, len: u64) -> Vec<u64> {
    let read = reads(disk);
    let units: BTreeSet<u64> =
        read.iter().flat_map(|r| r.start() / len..r.end().div_ceil(len)).map(|n| n * len).collect();
    units.into_iter().collect()
}

/// Every volume of a disk by where it is: the disk itself, its partitions, the logical volumes.
fn volumes(disk: &Disk) -> Vec<(String, &Content)> {
    let partition = |p: &Partition| format!("{}+{}", p.start_bytes, p.bytes);
    let logical = disk.volume_groups.iter().flat_map(|group| &group.logical_volumes);
    let partitions = disk.partitions.iter().map(|p| (partition(p), &p.content));
    let logical = logical.filter_map(|v| Some((format!("{:?}", v.segments), v.content.as_ref()?)));
    std::iter::once(("disk".to_owned(), &disk.content)).chain(partitions).chain(logical).collect()
}

/// No volume that held something is called blank.
fn nothing_became_blank(before: &Disk, after: &Disk, what: &str) {
    let then = volumes(before);
    for (volume, content) in volumes(after).iter().filter(|(_, content)| content.kind == Kind::Blank) {
        let held = then.iter().find(|(name, _)| name == volume);
        assert!(
            held.is_none_or(|(_, held)| held.kind == Kind::Blank),
            "{what}: {volume} was {held:?}, now {content:?}"
        );
    }
}

#[test]
fn a_disk_cut_off_at_any_block_is_scanned_and_never_reported_blank_where_it_is_cut() {
    for (name, disk) in built().into_iter().chain(hosts()) {
        let mut cuts: BTreeSet<u64> = units(disk, BLOCK).into_iter().collect();
        cuts.extend((0..65536).step_by(BLOCK as usize));
        for head in cuts.into_iter().filter(|head| *head <= disk.bytes()) {
            for tail in [0, 24 << 10] {
                let cut = look(View::cut(disk, head, tail));
                for p in cut.partitions.iter().filter(|p| p.start_bytes + p.bytes > cut.bytes) {
                    assert_ne!(p.content.kind, Kind::Blank, "{name} cut to {head}+{tail}: {p:?}");
                    assert!(
                        cut.problems.iter().any(|problem| problem.id == ProblemId::PartitionBeyondDisk),
                        "{name} cut to {head}+{tail}: partition {} lies beyond the disk: {:#?}",
                        p.number,
                        cut.problems
                    );
                }
            }
        }
    }
}

#[test]
fn a_byte_changed_anywhere_that_a_scan_reads_never_makes_a_volume_blank() {
    for (name, disk) in built().into_iter().chain(hosts()) {
        let before = look(View::whole(disk));
        let mut bytes = Vec::new();
        for block in units(disk, BLOCK) {
            let mut buf = vec![0; BLOCK.min(disk.bytes() - block) as usize];
            disk.read_at(&mut buf, block).unwrap();
            if !all_zero(&buf) {
                bytes.extend((0..buf.len() as u64).map(|n| block + n));
            }
        }
        let step = bytes.len().div_ceil(MOST_BYTES).max(1);
        for at in bytes.into_iter().step_by(step) {
            let mask = 1 << (at % 8) | 0x10;
            let after = look(View::flipped(disk, at, mask));
            nothing_became_blank(&before, &after, &format!("{name}, byte {at} changed by {mask:#x}"));
        }
    }
}

#[test]
fn a_page_that_cannot_be_read_is_reported_and_never_reported_blank() {
    for (name, disk) in built().into_iter().chain(hosts()) {
        let before = look(View::whole(disk));
        for page in units(disk, PAGE) {
            let bad = ByteRange::new(page, PAGE).unwrap();
            let both = scan(&[
                Source::new("disk", Ok(Box::new(Faulty::new(disk, bad)))),
                Source::new("blank", Ok(Box::new(Memory::new(vec![0; 8192])))),
            ]);
            let after = &both[0];
            serde_json::to_string(after).unwrap();
            let told = after.problems.iter().any(|p| p.id == ProblemId::ReadError);
            assert!(told, "{name}: nothing tells that page {page} cannot be read: {:#?}", after.problems);
            assert_eq!(both[1].content.kind, Kind::Blank, "{name}: the disk beside it");
            assert!(both[1].problems.is_empty(), "{name}: the disk beside it: {:?}", both[1].problems);
            nothing_became_blank(&before, after, &format!("{name}, page {page}"));
            let within = |p: &&Partition| ByteRange::new(p.start_bytes, p.bytes).is_some_and(|r| r.overlaps(bad));
            for p in after.partitions.iter().filter(within) {
                assert_ne!(p.content.kind, Kind::Blank, "{name}: page {page} is unreadable, and {p:?}");
            }
            if after.table.kind == TableKind::None {
                assert_ne!(after.content.kind, Kind::Blank, "{name}: page {page}");
            }
        }
    }
}
