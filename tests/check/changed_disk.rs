//! A node whose disk was changed behind its back.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use crate::{Host, judged, of, verdict_of, whole};
use okv_host::host::Root;
use okv_host::io::image::{self, sparse};
use okv_host::subjects::of_host;
use okv_host::subjects::rule::{Finding, Verdict};

/// The good UEFI node with its disk, as a raw sparse file, changed by `change`.
fn with_disk_changed(change: impl FnOnce(&File)) -> Vec<Finding> {
    let host = Host::named("good-uefi");
    let path = host.path().join("dev/sda");
    let container = image::open(&path).unwrap();
    let raw = host.path().join("raw");
    let file = File::create(&raw).unwrap();
    file.set_len(container.bytes()).unwrap();
    // Only the blocks of the container hold data.
    let header = fs::read(&path).unwrap();
    for line in header.split(|b| *b == b'\n').take_while(|l| !l.is_empty()) {
        let words: Vec<&str> = std::str::from_utf8(line).unwrap().split(' ').collect();
        if let ["block", at, len] = words.as_slice() {
            let (at, len): (u64, usize) = (at.parse().unwrap(), len.parse().unwrap());
            let mut bytes = vec![0; len];
            container.read_at(&mut bytes, at).unwrap();
            file.write_all_at(&bytes, at).unwrap();
        }
    }
    assert!(!sparse::is_sparse(image::open(&raw).unwrap().as_ref()));
    change(&file);
    fs::rename(&raw, &path).unwrap();
    judged(host.path())
}

#[test]
fn a_gpt_that_linux_ignores_blocks_although_its_partitions_can_still_be_read() {
    let whole = with_disk_changed(|_| {});
    assert_eq!(verdict_of(&whole, "table-health"), Verdict::Pass);
    let without_mbr = with_disk_changed(|disk| disk.write_all_at(&[0; 512], 0).unwrap());
    assert_eq!(verdict_of(&without_mbr, "table-health"), Verdict::Block);
    let without_primary = with_disk_changed(|disk| disk.write_all_at(&[0; 512], 512).unwrap());
    assert_eq!(verdict_of(&without_primary, "table-health"), Verdict::Block);
}

#[test]
fn partitions_that_only_the_kernel_still_knows_block() {
    let wiped = with_disk_changed(|disk| {
        disk.write_all_at(&vec![0; 1 << 20], 0).unwrap();
        let end = disk.metadata().unwrap().len();
        disk.write_all_at(&vec![0; 1 << 20], end - (1 << 20)).unwrap();
    });
    let table = of(&wiped, "table-health");
    assert_eq!(table.verdict, Verdict::Block, "{table:?}");
    assert!(table.message.contains("the kernel uses partitions 1, 2, 3"), "{table:?}");
}

#[test]
fn damaged_lvm_metadata_is_unknown_and_named() {
    let found = with_disk_changed(|disk| {
        let pv = pv_start();
        disk.write_all_at(&[0; 512], pv + 4096).unwrap();
    });
    for rule in ["vg-health", "swap-references"] {
        let finding = of(&found, rule);
        assert_eq!(finding.verdict, Verdict::Unknown, "{finding:?}");
        assert!(finding.message.contains("metadata"), "{finding:?}");
    }
}

fn pv_start() -> u64 {
    let facts = of_host(&Root::fixture(whole("good-uefi")).unwrap());
    facts.node.disks[0].partitions.iter().find(|p| p.content.kind.word() == "lvm2-pv").unwrap().start_bytes
}

#[test]
fn an_efi_system_partition_that_firmware_cannot_read_is_a_warning() {
    let found = with_disk_changed(|disk| {
        let facts = of_host(&Root::fixture(whole("good-uefi")).unwrap());
        let esp = facts.node.disks[0].partitions.iter().find(|p| p.kind.is_esp()).unwrap();
        disk.write_all_at(&vec![0; 1 << 20], esp.start_bytes).unwrap();
    });
    assert_eq!(verdict_of(&found, "table-health"), Verdict::Warn);
}
