//! A scan of several disks: each is probed, then the volume groups are assembled over all of them.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::format::md::member::Member;
use super::identify::identify_logical;
use super::probe::{Probe, PvHere, Scratch, probe, unopened};
use super::volume_group::{PvOnDisk, assemble};
use super::{Disk, Problem, ProblemId};
use crate::base::ids::Id;
use crate::base::parallel;
use crate::io::image::{self, Image, Slice};

/// A disk that was opened, or why it could not be.
pub struct Source {
    path: String,
    image: io::Result<Box<dyn Image>>,
}

impl Source {
    /// Opens a block device or an image file for reading.
    pub fn open(path: &Path) -> Self {
        Self::open_as(path.to_string_lossy(), path)
    }

    /// The same, shown under another path than it is opened by.
    pub fn open_as(shown: impl Into<String>, path: &Path) -> Self {
        Self { path: shown.into(), image: image::open(path).and_then(not_empty) }
    }

    /// Opens a disk by the first of its paths that gives its first sector, or else by the first.
    pub fn open_by_any(paths: &[(String, std::path::PathBuf)]) -> Option<Self> {
        let mut opened = paths.iter().map(|(shown, path)| Self::open_as(shown.as_str(), path));
        let first = opened.next()?;
        if paths.len() == 1 || first.gives_its_start() {
            return Some(first);
        }
        Some(opened.find(Self::gives_its_start).unwrap_or(first))
    }

    fn gives_its_start(&self) -> bool {
        self.image.as_ref().is_ok_and(|image| image.read_at(&mut [0; 512], 0).is_ok())
    }

    /// Why it could not be opened, where it could not.
    pub fn why_not_open(&self) -> Option<&io::Error> {
        self.image.as_ref().err()
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// An image that is already open, under the path to be shown for it.
    pub fn new(path: impl Into<String>, image: io::Result<Box<dyn Image>>) -> Self {
        Self { path: path.into(), image }
    }
}

/// A file that has not a byte is what a copy leaves that failed, and no blank disk.
fn not_empty(image: Box<dyn Image>) -> io::Result<Box<dyn Image>> {
    let is_file = image.sector_size().is_none();
    if is_file && image.bytes() == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "empty: 0 bytes"));
    }
    Ok(image)
}

/// Scans disks that belong together: volume groups are assembled over all of them, and copies of one disk are told.
pub fn scan(sources: &[Source]) -> Vec<Disk> {
    let mut probes = parallel::map(sources, Scratch::default, probe_source);
    keep_best_members(&mut probes);
    assemble_groups(sources, &mut probes, &mut Scratch::default());
    let mut disks: Vec<Disk> = probes.into_iter().map(|p| p.disk).collect();
    report_copies(&mut disks);
    disks
}

/// Scans one disk that stands alone: physical volumes on other disks count as missing.
pub fn scan_alone(source: &Source, scratch: &mut Scratch) -> Disk {
    let mut probe = probe_source(source, scratch);
    if !probe.physical_volumes.is_empty() {
        assemble_groups(std::slice::from_ref(source), std::slice::from_mut(&mut probe), scratch);
    }
    probe.disk
}

fn probe_source(source: &Source, scratch: &mut Scratch) -> Probe {
    match &source.image {
        Ok(image) => probe(&source.path, image.as_ref(), scratch),
        Err(why) => Probe { disk: unopened(&source.path, why), physical_volumes: Vec::new() },
    }
}

/// Assembles the volume groups of these disks, and puts each on every disk that has a part of it.
fn assemble_groups(sources: &[Source], probes: &mut [Probe], scratch: &mut Scratch) {
    let mut slices = Vec::new();
    let mut owners = Vec::new();
    for (index, (source, probe)) in sources.iter().zip(probes.iter()).enumerate() {
        if let Ok(image) = &source.image {
            for pv in &probe.physical_volumes {
                slices.push(Slice::new(image.as_ref(), pv.range).on_sectors(probe.disk.sector_bytes));
                owners.push(index);
            }
        }
    }
    let found = probes.iter().flat_map(|probe| probe.physical_volumes.iter().map(|pv| (probe.disk.path.as_str(), pv)));
    let pvs: Vec<PvOnDisk<'_>> = found
        .zip(&slices)
        .map(|((path, pv), image)| PvOnDisk { path, partition: pv.partition, image, reading: &pv.reading })
        .collect();
    scratch.volume.of_new_disk();
    let groups = assemble(&pvs, &mut |volume| {
        let found = identify_logical(volume, &mut scratch.volume);
        (found.content, found.problems)
    });
    for assembled in groups {
        let mut members: Vec<usize> = assembled.members.iter().filter_map(|i| owners.get(*i).copied()).collect();
        members.sort_unstable();
        members.dedup();
        let Some((last, others)) = members.split_last() else { continue };
        for index in others {
            if let Some(probe) = probes.get_mut(*index) {
                probe.disk.volume_groups.push(assembled.group.clone());
                probe.disk.problems.extend(assembled.problems.iter().cloned());
            }
        }
        if let Some(probe) = probes.get_mut(*last) {
            if probe.disk.volume_groups.is_empty() {
                probe.disk.volume_groups.reserve_exact(1); // mostly the only one
            }
            probe.disk.volume_groups.push(assembled.group);
            probe.disk.problems.extend(assembled.problems);
        }
    }
}

/// Two disks with one identity are copies of one another or two paths to one disk: either way, a tool that takes the
/// one for the other writes to the wrong disk.
fn report_copies(disks: &mut [Disk]) {
    let mut seen: HashMap<Id, Vec<usize>> = HashMap::new();
    for (index, disk) in disks.iter().enumerate() {
        if let Some(id) = disk.table.uuid.filter(|id| !id.is_nil()) {
            seen.entry(id).or_default().push(index);
        }
    }
    for (id, indexes) in seen.into_iter().filter(|(_, indexes)| indexes.len() > 1) {
        let paths: Vec<String> = indexes.iter().filter_map(|i| disks.get(*i).map(|d| d.path.clone())).collect();
        let all = format!("the table identifier {id} is on {}: a copy, or two paths to one disk", paths.join(", "));
        // A fleet may hold thousands of copies of a disk: the first names all of them.
        let first = paths.first().map(String::as_str).unwrap_or_default();
        let count = paths.len();
        let short = format!(
            "the table identifier {id} is on {count} disks, which are listed at {first}: copies, or paths to one disk"
        );
        for (place, index) in indexes.into_iter().enumerate() {
            if let Some(disk) = disks.get_mut(index) {
                let message = if place == 0 || count == 2 { &all } else { &short };
                disk.problems.push(Problem::new(ProblemId::Duplicate, message.clone()));
            }
        }
    }
}

/// Of the physical volumes that were found in members of one array, keeps that of the best member. Two members in one
/// place of an array are copies, and both stay.
fn keep_best_members(probes: &mut [Probe]) {
    let mut best: HashMap<Id, (u64, u32)> = HashMap::new();
    let rank = |member: &Member| (member.events, u32::MAX.saturating_sub(member.role));
    for member in probes.iter().flat_map(|probe| &probe.physical_volumes).filter_map(|pv| pv.member.as_ref()) {
        let known = best.entry(member.array).or_insert_with(|| rank(member));
        *known = rank(member).max(*known);
    }
    for probe in probes {
        let is_kept = |pv: &PvHere| pv.member.is_none_or(|member| best.get(&member.array) == Some(&rank(&member)));
        probe.physical_volumes.retain(is_kept);
    }
}
