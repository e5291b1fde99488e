//! A scan of several disks: each is probed, then the volume groups are assembled over all of them.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::identify::{HEAD, identify};
use super::probe::{Probe, Scratch, probe, unopened};
use super::volume_group::{PvOnDisk, assemble};
use super::{Disk, Problem, ProblemId};
use crate::image::{self, Image, Slice};

/// A disk that was opened, or why it could not be.
pub struct Source {
    path: String,
    image: io::Result<Box<dyn Image>>,
}

impl Source {
    /// Opens a block device or an image file for reading.
    pub fn open(path: &Path) -> Self {
        Self { path: path.to_string_lossy().into_owned(), image: image::open(path) }
    }

    /// An image that is already open, under the path to be shown for it.
    pub fn new(path: impl Into<String>, image: io::Result<Box<dyn Image>>) -> Self {
        Self { path: path.into(), image }
    }
}

/// Scans disks that belong together: volume groups are assembled over all of them, and copies of one disk are told.
pub fn scan(sources: &[Source]) -> Vec<Disk> {
    let mut scratch = Scratch::default();
    let mut probes: Vec<Probe> = sources.iter().map(|source| probe_source(source, &mut scratch)).collect();
    assemble_groups(sources, &mut probes);
    let mut disks: Vec<Disk> = probes.into_iter().map(|p| p.disk).collect();
    tell_copies(&mut disks);
    disks
}

/// Scans one disk that stands alone: physical volumes on other disks count as missing.
pub fn scan_alone(source: &Source, scratch: &mut Scratch) -> Disk {
    let mut probe = [probe_source(source, scratch)];
    if !probe[0].physical_volumes.is_empty() {
        assemble_groups(std::slice::from_ref(source), &mut probe);
    }
    let [probe] = probe;
    probe.disk
}

fn probe_source(source: &Source, scratch: &mut Scratch) -> Probe {
    match &source.image {
        Ok(image) => probe(&source.path, image.as_ref(), scratch),
        Err(why) => Probe { disk: unopened(&source.path, why), physical_volumes: Vec::new() },
    }
}
