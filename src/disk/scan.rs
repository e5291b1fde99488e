//! A scan of several disks: each is probed, then the volume groups are assembled over all of them.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::identify::identify_logical;
use super::probe::{Probe, Scratch, probe, unopened};
use super::volume_group::{PvOnDisk, assemble};
use super::{Disk, Problem, ProblemId};
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
        Self { path: shown.into(), image: image::open(path) }
    }

    /// An image that is already open, under the path to be shown for it.
    pub fn new(path: impl Into<String>, image: io::Result<Box<dyn Image>>) -> Self {
        Self { path: path.into(), image }
    }
}

/// Scans disks that belong together: volume groups are assembled over all of them, and copies of one disk are told.
pub fn scan(sources: &[Source]) -> Vec<Disk> {
    let mut probes = parallel::map(sources, Scratch::default, probe_source);
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
                slices.push(Slice::new(image.as_ref(), pv.range));
                owners.push(index);
            }
        }
    }
    let found = probes.iter().flat_map(|probe| probe.physical_volumes.iter().map(|pv| (probe.disk.path.as_str(), pv)));
    let pvs: Vec<PvOnDisk<'_>> = found
        .zip(&slices)
        .map(|((path, pv), image)| PvOnDisk { path, partition: pv.partition, image, reading: &pv.reading })
        .collect();
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
            probe.disk.volume_groups.push(assembled.group);
            probe.disk.problems.extend(assembled.problems);
        }
    }
}

/// Two disks with one identity are copies of one another or two paths to one disk: either way, a tool that takes the
/// one for the other writes to the wrong disk.
fn report_copies(disks: &mut [Disk]) {
    let mut seen: HashMap<crate::base::ids::Id, Vec<usize>> = HashMap::new();
    for (index, disk) in disks.iter().enumerate() {
        if let Some(id) = disk.table.uuid.filter(|id| !id.is_nil()) {
            seen.entry(id).or_default().push(index);
        }
    }
    for (id, indexes) in seen.into_iter().filter(|(_, indexes)| indexes.len() > 1) {
        let paths: Vec<String> = indexes.iter().filter_map(|i| disks.get(*i).map(|d| d.path.clone())).collect();
        for index in indexes {
            if let Some(disk) = disks.get_mut(index) {
                let message =
                    format!("the table identifier {id} is on {}: a copy, or two paths to one disk", paths.join(", "));
                disk.problems.push(Problem::new(ProblemId::Duplicate, message));
            }
        }
    }
}
