//! What the targets share: disks made of the input, checksums made right, and what must hold of every scan.
//!
//! An input is one or several sparse containers (`okv_host::io::image::sparse`), one after another, so that the
//! fixtures are seeds as they are; anything else is for each target to build from.
#![allow(dead_code)] // Each target uses its part.

use std::cell::RefCell;

use okv_host::disk::{Disk, Flag, Partition, ProblemId, Scratch, Source, VolumeGroup, scan, scan_alone};
use okv_host::disk::format::content::{Content, Kind};
use okv_host::io::image::sparse::Sparse;
use okv_host::io::image::{Image, Memory, ReadError};
use okv_host::readers::parts::Seal;
use okv_host::report;
use okv_host::base::units::SectorSize;

const MAGIC: &[u8] = b"okv-host sparse image 1\n";

thread_local! {
    static USED: RefCell<Scratch> = RefCell::default();
}

/// The disks of an input that begins like a container; none otherwise.
pub fn containers(data: &[u8]) -> Vec<Patched> {
    if !data.starts_with(MAGIC) {
        return Vec::new();
    }
    let starts: Vec<usize> = (0..data.len()).filter(|at| data[*at..].starts_with(MAGIC)).take(4).collect();
    let ends = starts.iter().skip(1).copied().chain([data.len()]);
    let parts = starts.iter().zip(ends).map(|(from, to)| data[*from..to].to_vec());
    parts.filter_map(|part| Sparse::read(&Memory::new(part)).ok()).map(Patched::new).collect()
}

/// An image with some of its bytes replaced.
#[derive(Clone)]
pub struct Patched {
    base: Sparse,
    patches: Vec<(u64, Vec<u8>)>,
}

impl Patched {
    pub fn new(base: Sparse) -> Self {
        Self { base, patches: Vec::new() }
    }

    /// A disk of this size and sector size (0: not told) with these bytes in these places.
    pub fn built(bytes: u64, sector: u32, parts: &[(u64, &[u8])]) -> Self {
        let header = format!("okv-host sparse image 1\nbytes {bytes}\nsector {sector}\n\n");
        let mut disk = Self::new(Sparse::read(&Memory::new(header.into_bytes())).expect("a container"));
        parts.iter().for_each(|(at, part)| disk.put(*at, part));
        disk
    }

    /// Makes the checksums of every GPT right, whatever the sectors.
    pub fn seal_gpts(&mut self) {
        [SectorSize::S512, SectorSize::S4096].into_iter().for_each(|sector| self.seal_gpt(sector));
    }
}

impl Seal for Patched {
    const LARGEST_ARRAY: u64 = 1 << 20;

    fn put(&mut self, at: u64, bytes: &[u8]) {
        self.patches.push((at, bytes.to_vec()));
    }
}

impl Image for Patched {
    fn bytes(&self) -> u64 {
        self.base.bytes()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.base.sector_size()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        self.base.read_at(buf, at)?;
        let end = at + buf.len() as u64;
        for (start, patch) in &self.patches {
            let stop = start.saturating_add(patch.len() as u64);
            let (from, to) = (at.max(*start), end.min(stop));
            if from < to {
                let part = &patch[(from - start) as usize..(to - start) as usize];
                buf[(from - at) as usize..(to - at) as usize].copy_from_slice(part);
            }
        }
        Ok(())
    }
}

/// Scans disks together and each alone, and checks what must hold.
pub fn check_scan(disks: &[Patched]) {
    let source = |(n, disk): (usize, &Patched)| Source::new(format!("disk{n}"), Ok(Box::new(disk.clone())));
    let sources: Vec<Source> = disks.iter().enumerate().map(source).collect();
    let found = scan(&sources);
    for (disk, image) in found.iter().zip(disks) {
        check_disk(disk, image);
    }
    if let [only] = &*sources {
        // Memory that is used again must not show what was in it.
        let alone = USED.with_borrow_mut(|scratch| scan_alone(only, scratch));
        assert_eq!(alone, found[0], "alone and together");
    }
    let mut text = Vec::new();
    let made = report::Made::at(None, None, report::Read::Disks);
    report::scan_json(&mut text, &found, &made).expect("JSON");
    let _ = report::scan_text(&found, report::Columns::PIPE);
}

/// What must hold of every disk.
pub fn check_disk(disk: &Disk, image: &dyn Image) {
    let told = |ids: &[ProblemId]| disk.problems.iter().any(|p| ids.contains(&p.id));
    let wrong = [ProblemId::TableDamaged, ProblemId::PartitionBeyondDisk, ProblemId::PartitionsOverlap];
    if !told(&wrong) {
        check_partitions(&disk.partitions, disk.bytes);
    }
    assert!(!told(&[ProblemId::CannotOpen]), "an image that is there");
    assert!(disk.problems.len() < 4096, "{} problems", disk.problems.len());
    let mut numbers: Vec<u32> = disk.partitions.iter().map(|p| p.number).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), disk.partitions.len(), "a number used twice");
    check_content(&disk.content, image, 0, disk.bytes);
    for p in &disk.partitions {
        check_content(&p.content, image, p.start_bytes, p.bytes);
    }
    disk.volume_groups.iter().for_each(check_group);
    report::disk_line(&mut Vec::new(), disk).expect("JSON");
}

/// Partitions of a table of which nothing bad is told lie on the disk, and not over each other.
pub fn check_partitions(partitions: &[Partition], disk_bytes: u64) {
    let end = |p: &Partition| p.start_bytes.checked_add(p.bytes).expect("an end");
    for p in partitions {
        assert!(end(p) <= disk_bytes, "partition {} lies beyond the disk, and nothing tells", p.number);
    }
    let data = |logical: bool| {
        let of = |p: &&Partition| p.content.kind != Kind::Extended && p.bytes > 0;
        let mut data: Vec<&Partition> =
            partitions.iter().filter(of).filter(|p| !logical || p.flags.contains(&Flag::Logical)).collect();
        data.sort_by_key(|p| p.start_bytes);
        data
    };
    for pair in data(false).windows(2) {
        assert!(end(pair[0]) <= pair[1].start_bytes, "{pair:?} overlap, and nothing tells");
    }
}

/// What must hold of the content of the `bytes` at `start`.
pub fn check_content(content: &Content, image: &dyn Image, start: u64, bytes: u64) {
    if let (Some(df), Some(all)) = (content.df_bytes, content.bytes) {
        assert!(df <= all, "df shows {df} of {all} bytes");
    }
    assert_eq!(content.kind == Kind::Ambiguous, !content.candidates.is_empty(), "{content:?}");
    if content.kind == Kind::Blank {
        let len = bytes.min(8192).min(image.bytes().saturating_sub(start)) as usize;
        let mut head = vec![0; len];
        assert!(image.read_at(&mut head, start).is_err() || head.iter().all(|b| *b == 0), "blank, but not zero");
    }
}

/// What must hold of every volume group.
pub fn check_group(group: &VolumeGroup) {
    assert!(group.free_extents <= group.extents, "{group:?}");
    for pv in &group.physical_volumes {
        assert!(pv.free_extents <= pv.extents, "{pv:?}");
        assert_eq!(pv.path.is_none(), group.missing_pvs.contains(&pv.uuid), "{group:?}");
    }
    for volume in &group.logical_volumes {
        if let Some(content) = &volume.content
            && let (Some(df), Some(all)) = (content.df_bytes, content.bytes)
        {
            assert!(df <= all, "df shows {df} of {all} bytes");
        }
    }
}
