//! A scan of several disks: each is probed, then the volume groups are assembled over all of them.

use std::collections::HashMap;
use std::io;

use super::format::md::member::Member;
use super::identify::identify_logical;
use super::probe::{Probe, PvHere, Scratch, unopened};
use super::source::{Probes, Source};
use super::volume_group::{PvOnDisk, assemble};
use super::{Disk, Problem, ProblemId};
use crate::base::ids::Id;
use crate::base::parallel;
use crate::io::image::Slice;

/// Scans disks that belong together: volume groups are assembled over all of them, and copies of one disk are detected.
/// A file may have several disks.
pub fn scan(sources: &[Source]) -> Vec<Disk> {
    let found = parallel::map(sources, Scratch::default, Source::probe);
    let (mut opened, mut probes) = (Vec::with_capacity(sources.len()), Vec::with_capacity(sources.len()));
    for (source, found) in sources.iter().zip(found) {
        opened.extend(source.disks());
        probes.push(found.first);
        probes.extend(found.more);
    }
    let mut disks = together(&opened, probes, &mut Scratch::default());
    report_copies(&mut disks);
    disks
}

/// Scans one disk that stands alone: physical volumes on other disks count as missing. Of a file with several disks it
/// gives the first.
pub fn scan_alone(source: &Source, scratch: &mut Scratch) -> Disk {
    scan_file(source, scratch).0
}

/// Scans one file: its disk, and those that are in it too and belong to the first.
pub fn scan_file(source: &Source, scratch: &mut Scratch) -> (Disk, Vec<Disk>) {
    let Probes { first: mut probe, more } = source.probe(scratch);
    if more.is_empty() {
        if let (false, Some(opened)) = (probe.physical_volumes.is_empty(), source.disks().first()) {
            assemble_groups(&[opened], std::slice::from_mut(&mut probe), scratch);
        }
        return (probe.disk, Vec::new());
    }
    let opened: Vec<&Source> = source.disks().iter().collect();
    let mut disks = together(&opened, std::iter::once(probe).chain(more).collect(), scratch).into_iter();
    (disks.next().unwrap_or_else(|| unopened(source.path(), &io::Error::other("no disk")).disk), disks.collect())
}

/// The disks of `sources`, which belong together.
fn together(sources: &[&Source], mut probes: Vec<Probe>, scratch: &mut Scratch) -> Vec<Disk> {
    keep_best_members(&mut probes);
    assemble_groups(sources, &mut probes, scratch);
    probes.into_iter().map(|p| p.disk).collect()
}

/// Assembles the volume groups of these disks, and puts each on every disk that has a part of it.
fn assemble_groups(sources: &[&Source], probes: &mut [Probe], scratch: &mut Scratch) {
    let mut slices = Vec::new();
    let mut owners = Vec::new();
    for (index, (source, probe)) in sources.iter().zip(probes.iter()).enumerate() {
        if let Some(image) = source.image() {
            for pv in &probe.physical_volumes {
                slices.push(Slice::new(image, pv.range).on_sectors(probe.disk.sector_bytes));
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
