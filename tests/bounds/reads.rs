//! What a scan of sound disks costs in reads.

use super::disks::{gpt, hosts, known, logical, primaries};
use super::view::{View, share};
use super::{look, reads};
use okv_host::base::units::{ByteRange, SectorSize};
use okv_host::disk::format::content::Kind;
use okv_host::io::image::Memory;

/// Bytes that are read more than once.
fn read_again(reads: &[ByteRange]) -> u64 {
    let mut sorted = reads.to_vec();
    sorted.sort_by_key(|r| r.start());
    let (mut reach, mut again) = (0, 0);
    for r in sorted {
        again += reach.min(r.end()).saturating_sub(r.start());
        reach = reach.max(r.end());
    }
    again
}

#[test]
fn a_disk_of_recognised_volumes_costs_three_reads_and_one_a_partition() {
    for (name, disk, partitions) in [
        ("GPT", known(gpt(512, 1), SectorSize::S512), 1),
        ("GPT of an image", share(Box::new(Memory::new(gpt(512, 3)))), 3),
        ("full GPT", known(gpt(512, 128), SectorSize::S512), 128),
        ("GPT of 4096-byte sectors", known(gpt(4096, 5), SectorSize::S4096), 5),
        ("MBR", known(primaries(), SectorSize::S512), 4),
        ("MBR of an image", share(Box::new(Memory::new(primaries()))), 4),
    ] {
        let found = look(View::whole(disk));
        assert_eq!(found.partitions.iter().filter(|p| p.content.kind == Kind::Swap).count(), partitions, "{name}");
        let reads = reads(disk);
        assert!(reads.len() <= 3 + partitions, "{name}: {} reads: {reads:?}", reads.len());
        assert_eq!(read_again(&reads), 0, "{name}: {reads:?}");
    }
}

#[test]
fn a_logical_partition_costs_one_read_more_for_its_record() {
    let disk = known(logical(60), SectorSize::S512);
    let found = look(View::whole(disk));
    assert_eq!(found.partitions.iter().filter(|p| p.content.kind == Kind::Swap).count(), 60);
    let reads = reads(disk);
    assert!(reads.len() <= 3 + 2 * 60, "{} reads", reads.len());
    assert_eq!(read_again(&reads), 0);
}

#[test]
fn of_a_node_only_a_metadata_text_that_was_read_in_part_is_read_again() {
    for (name, disk) in hosts() {
        let again = read_again(&reads(disk));
        // The first read of a physical volume has 16 KiB. A text that begins in it and ends beyond is read in one
        // piece.
        assert!(again <= 16384 - 4608, "{name}: {again} bytes");
        let is_long = ["vg-missing-pv", "everything-wrong"].contains(&name.as_str());
        assert_eq!(is_long, again > 0, "{name}: {again} bytes");
    }
}
