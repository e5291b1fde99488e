//! Whole scans of bad disks: cut off, with a byte changed, unreadable somewhere, or claiming what no disk has. And what a scan
//! costs: reads, and memory.
//!
//! The disks are those of the fixture hosts and tables built here. Damage is done to every 512-byte block, every page and, of blocks
//! that are not zero, every byte that a scan reads; of disks that have more than [`MOST_BYTES`] of those, to every n-th byte.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/tables.rs"]
mod tables;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use okv_host::bytes::all_zero;
use okv_host::disk::{Disk, Partition, ProblemId, Source, TableKind, scan};
use okv_host::format::content::{Content, Kind};
use okv_host::format::lvm2;
use okv_host::image::{self, Faulty, Image, Memory, ReadError, Recording};
use okv_host::units::{ByteRange, MIB, SectorSize};
use serde_json::Value;
use tables::{Gpt, GptEntry, LINUX};

const PAGE: u64 = 4096;
const BLOCK: u64 = 512;
/// Most bytes that are changed one by one on a disk.
const MOST_BYTES: usize = 2000;

/// A disk that lives as long as the tests, so that any number of damaged views of it can be made.
type Shared = &'static dyn Image;

fn share(image: Box<dyn Image>) -> Shared {
    Box::leak(image)
}

/// A view of a disk for [`Source`], which owns its image.
struct View {
    disk: Shared,
    /// Bytes of the start that are left, and of the end.
    left: (u64, u64),
    /// A byte that is changed, and the bits of it.
    flipped: (u64, u8),
}

impl View {
    fn whole(disk: Shared) -> Self {
        Self { disk, left: (disk.bytes(), 0), flipped: (0, 0) }
    }

    fn cut(disk: Shared, head: u64, tail: u64) -> Self {
        Self { left: (head, tail.min(disk.bytes() - head)), ..Self::whole(disk) }
    }

    fn flipped(disk: Shared, at: u64, mask: u8) -> Self {
        Self { flipped: (at, mask), ..Self::whole(disk) }
    }
}

impl Image for View {
    fn bytes(&self) -> u64 {
        self.left.0 + self.left.1
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.disk.sector_size()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        let (head, tail) = self.left;
        let len = buf.len() as u64;
        if at.checked_add(len).is_none_or(|end| end > head + tail) {
            return Err(ReadError { at, len: buf.len(), source: std::io::ErrorKind::UnexpectedEof.into() });
        }
        let (first, second) = buf.split_at_mut(head.saturating_sub(at).min(len) as usize);
        self.disk.read_at(first, at)?;
        let beyond = (at + first.len() as u64).saturating_sub(head);
        if !second.is_empty() {
            self.disk.read_at(second, self.disk.bytes() - tail + beyond)?;
        }
        if let Some(byte) = self.flipped.0.checked_sub(at).and_then(|n| buf.get_mut(usize::try_from(n).unwrap())) {
            *byte ^= self.flipped.1;
        }
        Ok(())
    }
}

/// The scan of one disk, which must make JSON.
fn look(image: impl Image + 'static) -> Disk {
    let disk = scan(&[Source::new("disk", Ok(Box::new(image)))]).remove(0);
    let json = serde_json::to_string(&disk).unwrap();
    assert!(serde_json::from_str::<Value>(&json).unwrap()["partitions"].is_array());
    disk
}

/// The ranges that a scan reads, in order.
fn reads(disk: Shared) -> Vec<ByteRange> {
    let recording: &Recording<'_> = Box::leak(Box::new(Recording::new(disk)));
    look(View::whole(recording));
    recording.reads()
}

/// The first bytes of all units of `len` bytes that a scan reads.
fn units(disk: Shared, len: u64) -> Vec<u64> {
    let read = reads(disk);
    let units: BTreeSet<u64> =
        read.iter().flat_map(|r| r.start() / len..r.end().div_ceil(len)).map(|n| n * len).collect();
    units.into_iter().collect()
}

fn swap(bytes: usize) -> Vec<u8> {
    let mut area = vec![0; bytes];
    area[1024] = 1;
    area[1028..1032].copy_from_slice(&u32::try_from(bytes / 4096 - 1).unwrap().to_le_bytes());
    area[1036..1052].fill(0x5a);
    area[4086..4096].copy_from_slice(b"SWAPSPACE2");
    area
}

/// A GPT with `count` swap areas of 64 KiB from 1 MiB on, which they fill.
fn gpt(sector: usize, count: usize) -> Vec<u8> {
    let (mib, each) = (MIB / sector as u64, 65536 / sector as u64);
    let mut table = Gpt::new(sector, 2 * mib + each * count as u64);
    for slot in 0..count {
        let first = mib + each * slot as u64;
        table = table.with(GptEntry::new(slot, LINUX, first, first + each - 1));
    }
    let mut disk = table.disk();
    for slot in 0..count {
        let at = (1 << 20) + 65536 * slot;
        disk[at..at + 65536].copy_from_slice(&swap(65536));
    }
    disk
}

/// An MBR with a chain of `count` swap areas of 64 KiB, each behind its record.
fn logical(count: u32) -> Vec<u8> {
    let mut disk = vec![0; 2 * MIB as usize + count as usize * (65536 + 512)];
    let sectors = u32::try_from(disk.len() / 512).unwrap();
    disk[..512].copy_from_slice(&tables::mbr(1, &[(0, 5, 2048, sectors - 2048)]));
    for n in 0..count {
        let mut entries = vec![(0, 0x82, 1, 128)];
        if n + 1 < count {
            entries.push((0, 5, (n + 1) * 129, 129));
        }
        let at = (2048 + n as usize * 129) * 512;
        disk[at..at + 512].copy_from_slice(&tables::mbr(0, &entries));
        disk[at + 512..at + 512 + 65536].copy_from_slice(&swap(65536));
    }
    disk
}

/// Four primary partitions that each hold swap.
fn primaries() -> Vec<u8> {
    let mut disk = vec![0; 3 * MIB as usize];
    let entries = [0_u32, 1, 2, 3].map(|n| (0, 0x82, 2048 + n * 128, 128));
    disk[..512].copy_from_slice(&tables::mbr(1, &entries));
    for n in 0..4 {
        disk[(1 << 20) + n * 65536..][..65536].copy_from_slice(&swap(65536));
    }
    disk
}

fn known(bytes: Vec<u8>, sector: SectorSize) -> Shared {
    share(Box::new(Memory::new(bytes).with_sector_size(sector)))
}

/// Built disks, by name.
fn built() -> Vec<(String, Shared)> {
    let plain = |name: &str, bytes| (name.to_owned(), share(Box::new(Memory::new(bytes))));
    vec![
        plain("GPT", gpt(512, 3)),
        plain("GPT of 4096-byte sectors", gpt(4096, 2)),
        plain("MBR", primaries()),
        plain("MBR with logical partitions", logical(7)),
        plain("swap on the whole disk", swap(1 << 18)),
        plain("blank", vec![0; 1 << 20]),
        plain("a few bytes", vec![1; 700]),
    ]
}

fn host(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts").join(name)
}

/// The disks of fixture hosts that differ in what a scan reads.
fn hosts() -> Vec<(String, Shared)> {
    let names = ["good-uefi", "good-bios", "boot-512m-xfs", "gpt-backup-damaged", "vg-missing-pv", "everything-wrong"];
    names.map(|name| (name.to_owned(), share(image::open(&host(name).join("dev/sda")).unwrap()))).into()
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
fn a_disk_cut_off_at_any_block_is_scanned_and_never_shown_blank_where_it_is_cut() {
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
fn a_page_that_cannot_be_read_is_told_and_never_shown_blank() {
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
        // The first read of a physical volume has 16 KiB. A text that begins in it and ends beyond is read in one piece.
        assert!(again <= 16384 - 4608, "{name}: {again} bytes");
        let is_long = ["vg-missing-pv", "everything-wrong"].contains(&name.as_str());
        assert_eq!(is_long, again > 0, "{name}: {again} bytes");
    }
}

/// A physical volume of `bytes` bytes with an area of `area` bytes and a text of the length that is claimed.
fn pv(bytes: u64, area: u64, text: &[u8], claimed: u64) -> Vec<(u64, Vec<u8>)> {
    let mut label = vec![0; 512];
    let put = |sector: &mut Vec<u8>, at: usize, bytes: &[u8]| sector[at..at + bytes.len()].copy_from_slice(bytes);
    put(&mut label, 0, b"LABELONE\x01");
    put(&mut label, 20, b"\x20\0\0\0LVM2 001");
    put(&mut label, 32, b"aaaaaa00000000000000000000000001");
    put(&mut label, 64, &bytes.to_le_bytes());
    put(&mut label, 72, &(4096 + area).to_le_bytes());
    put(&mut label, 104, &4096_u64.to_le_bytes());
    put(&mut label, 112, &area.to_le_bytes());
    let crc = lvm2::checksum(&[&label[20..]]);
    put(&mut label, 16, &crc.to_le_bytes());
    let mut header = vec![0; 512];
    put(&mut header, 4, b" LVM2 x[5A%r0N*>\x01");
    put(&mut header, 24, &4096_u64.to_le_bytes());
    put(&mut header, 32, &area.to_le_bytes());
    put(&mut header, 40, &512_u64.to_le_bytes());
    put(&mut header, 48, &claimed.to_le_bytes());
    put(&mut header, 56, &lvm2::checksum(&[text]).to_le_bytes());
    let crc = lvm2::checksum(&[&header[4..]]);
    put(&mut header, 0, &crc.to_le_bytes());
    vec![(512, label), (4096, header), (4608, text.to_vec())]
}

/// A disk as a sparse file: what no part covers is a hole.
fn sparse_file(dir: &Path, name: &str, bytes: u64, parts: &[(u64, Vec<u8>)]) -> PathBuf {
    use std::os::unix::fs::FileExt;
    let path = dir.join(name);
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(bytes).unwrap();
    parts.iter().for_each(|(at, part)| file.write_all_at(part, *at).unwrap());
    path
}

/// A container: for disks that are larger than a file can be.
fn container(dir: &Path, name: &str, bytes: u64, parts: &[(u64, Vec<u8>)]) -> PathBuf {
    let mut header = format!("okv-host sparse image 1\nbytes {bytes}\nsector 0\n");
    parts.iter().for_each(|(at, part)| writeln!(header, "block {at} {}", part.len()).unwrap());
    let mut data = (header + "\n").into_bytes();
    parts.iter().for_each(|(_, part)| data.extend(part));
    if data.len().is_multiple_of(512) {
        data.push(b'\n');
    }
    let path = dir.join(name);
    std::fs::write(&path, data).unwrap();
    path
}

fn group(logical_volumes: &str) -> Vec<u8> {
    let id = "aaaaaa-0000-0000-0000-0000-0000-000001";
    let head = format!(
        "vg0 {{\nid = \"{id}\"\nseqno = 1\nformat = \"lvm2\"\nstatus = [\"RESIZEABLE\"]\nextent_size = 128\n\
         physical_volumes {{\npv0 {{\nid = \"{id}\"\ndev_size = 4096\npe_start = 128\npe_count = 31\nstatus = []\n}}\n}}\n"
    );
    format!("{head}logical_volumes {{\n{logical_volumes}}}\n}}\n\0").into_bytes()
}

/// Disks that claim more than there is, each with what the scan has to say of it.
fn claims(dir: &Path) -> Vec<(PathBuf, &'static str)> {
    let table = Gpt::new(512, 4096);
    let mut entries = table.disk();
    entries[512 + 80..512 + 84].fill(0xff);
    tables::seal(&mut entries[512..1024]);
    let last = entries.len() - 512;
    entries[last + 80..last + 84].fill(0xff);
    tables::seal(&mut entries[last..]);

    let mut most = Gpt { entries: 32768, ..Gpt::new(512, 40000) };
    most.partitions = (0..32768).map(|n| GptEntry::new(n, LINUX, 9000, 9100 + n as u64 % 500)).collect();

    let nested = "a{".repeat(1_000_000) + "\0";
    let deep = group(&format!("x {{\n{nested}"));
    let id = "aaaaaa-0000-0000-0000-0000-0000-000002";
    let areas = "\"pv0\", 0, ".repeat(1_000_000);
    let striped = group(&format!(
        "lv {{\nid = \"{id}\"\nstatus = [\"VISIBLE\"]\nsegment_count = 1\nsegment1 {{\nstart_extent = 0\nextent_count = 1000001\n\
         type = \"striped\"\nstripe_size = 8\nstripe_count = 1000001\nstripes = [{areas}\"pv0\", 0]\n}}\n}}\n"
    ));
    let many = |count: usize, volume: &dyn Fn(usize) -> String| group(&(0..count).map(volume).collect::<String>());
    let linear = |n: usize, areas: &str, count: usize| {
        format!(
            "lv{n} {{\nid = \"aaaaaa-0000-0000-0000-0000-0000-{n:06}\"\nstatus = [\"VISIBLE\"]\nsegment_count = 1\nsegment1 {{\n\
             start_extent = 0\nextent_count = {count}\ntype = \"striped\"\nstripe_size = 8\nstripe_count = {count}\n\
             stripes = [{areas}]\n}}\n}}\n"
        )
    };
    let empty = group(&"a{}\n".repeat(4_000_000));
    let stripes = vec!["\"pv0\", 0"; 50_000].join(", ");
    let (area, bytes) = (20 << 20, 32 << 20);
    let pv_file = |name: &str, text: &[u8]| sparse_file(dir, name, bytes, &pv(bytes, area, text, text.len() as u64));
    let far = 1 << 62;
    vec![
        (sparse_file(dir, "entries.img", entries.len() as u64, &[(0, entries)]), "table-damaged"),
        (sparse_file(dir, "most.img", 40000 * 512, &[(0, most.disk())]), "partitions-overlap"),
        (container(dir, "text.img", far, &pv(far, 1 << 61, b"vg0 {}\0", 1 << 60)), "lvm-damaged"),
        (pv_file("deep.img", nested.as_bytes()), "lvm-damaged"),
        (pv_file("deep-volume.img", &deep), "lvm-damaged"),
        (pv_file("stripes.img", &striped), "lvm-damaged"),
        (pv_file("fewer-volumes.img", &many(29_000, &|n| linear(n, "\"pv0\", 0", 1))), "lvm-damaged"),
        (pv_file("fewer-stripes.img", &many(9, &|n| linear(n, &stripes, 50_000))), "lvm-damaged"),
        (pv_file("volumes.img", &empty), "lvm-damaged"),
        (sparse_file(dir, "loop.img", 4 << 20, &[(0, tables::chain(8192, &[0, 10, 20, 0]))]), "table-damaged"),
    ]
}

#[test]
fn whatever_a_disk_claims_a_scan_takes_less_than_64_mib() {
    let dir = tempfile::tempdir().unwrap();
    let binary = assert_cmd::cargo::cargo_bin("okv-host");
    for (path, problem) in claims(dir.path()) {
        // The address space is limited, which memory cannot exceed: a scan that wants more dies.
        let output = Command::new("/bin/bash")
            .args(["-c", "ulimit -v 65536 && exec \"$0\" scan --format json \"$1\""])
            .arg(&binary)
            .arg(&path)
            .timeout(std::time::Duration::from_secs(60))
            .output()
            .unwrap();
        let name = path.file_name().unwrap().display();
        let said = String::from_utf8_lossy(&output.stderr);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{name}: {e}: {said}"));
        let problems = json[0]["problems"].as_array().unwrap();
        assert!(problems.iter().any(|p| p["id"] == problem), "{name}: no {problem} in {problems:#?}");
        assert!(problems.len() < 256, "{name}: {} problems", problems.len());
        assert!(output.status.code().is_some(), "{name}: {said}");
    }
}
