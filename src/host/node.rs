//! A node as its disks and its kernel show it: what every subject builds on.

use std::path::PathBuf;

use super::block::{self, BlockDevice};
use super::clock;
use super::probed::Probed;
use super::root::Root;
use super::running::{Running, host_name, running};
use super::setup::{Setup, setup};
use crate::base::parallel;
use crate::disk::{Disk, Problem, ProblemId, Source, scan};
use crate::io::sys::seconds_since_1970;

/// A node: its disks and, where it runs, what its kernel says.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Name of the host, or of what stands for it.
    pub name: String,
    /// What the disks say, in the order of their names or of the command line.
    pub disks: Vec<Disk>,
    /// The time on the node, or here where it is powered off, in seconds since 1970-01-01 UTC.
    pub now: u64,
    /// How it is set up; `None` where disks alone are judged.
    pub setup: Option<Setup>,
    /// What only a running host can tell; `None` where disks of a powered-off node are judged.
    pub running: Option<Running>,
}

impl Node {
    /// A host that runs, or a directory that stands for one.
    pub fn gather(root: &Root) -> Self {
        let root = &root.remembering();
        let setup = setup(root);
        let running = running(root, &setup.mounts);
        Self::with_disks(root, setup, running)
    }

    /// The same where what the kernel says was read before.
    pub(crate) fn with_disks(root: &Root, setup: Setup, running: Running) -> Self {
        let sources = sources(root, &running.block);
        let name = match host_name(root) {
            Probed::Known(name) => name,
            Probed::Absent | Probed::Unreadable(_) => "host without a name".into(),
        };
        let mut disks = scan(&sources);
        report_other_sizes(&mut disks, &running);
        Self { name, disks, now: clock::now(root), setup: Some(setup), running: Some(running) }
    }

    /// A powered-off node, from its disks alone.
    pub fn of_disks(sources: &[Source]) -> Self {
        let disks = scan(sources);
        let paths: Vec<&str> = disks.iter().map(|d| d.path.as_str()).collect();
        Self { name: paths.join(", "), disks, now: seconds_since_1970(), setup: None, running: None }
    }

    /// Why what was not found on the disks may yet be there: a disk that could not be read, or something on it that
    /// could not be understood. `None` where everything was read and makes sense.
    pub fn why_incomplete(&self) -> Option<String> {
        match self.running.as_ref().map(|running| &running.block) {
            Some(Probed::Unreadable(why)) => return Some(format!("the disks of this host could not be listed: {why}")),
            Some(Probed::Absent) => return Some("this host does not list its disks".to_owned()),
            Some(Probed::Known(_)) | None if self.disks.is_empty() => return Some("there is no disk".to_owned()),
            Some(Probed::Known(_)) | None => {}
        }
        self.disks.iter().find_map(|disk| disk.what_may_hide().map(|problem| disk.describe(problem)))
    }

    /// `why` something was not found, with what may hide it.
    pub fn with_cause(&self, why: String) -> String {
        match self.why_incomplete() {
            Some(cause) => format!("{why}; {cause}"),
            None => why,
        }
    }
}

/// The physical disks of a host, opened.
pub fn sources(root: &Root, block: &Probed<Vec<BlockDevice>>) -> Vec<Source> {
    let paths = block::paths_of_each_disk(root, block);
    let open = |(shown, real): &(String, PathBuf)| {
        // What is kept of a disk are the bytes that were read, whoever understands them.
        match root.at(shown) {
            Ok(place) if !root.is_direct() => Source::opened(shown.as_str(), place.image()),
            _ => Source::open_as(shown.as_str(), real),
        }
    };
    let sources = parallel::map(&paths, || (), |paths, ()| Source::first_to_answer(paths.iter().map(open)));
    sources.into_iter().flatten().collect()
}

/// A disk that is not as long as the kernel says was not read as it is.
fn report_other_sizes(disks: &mut [Disk], running: &Running) {
    let block = running.block.known().map(Vec::as_slice).unwrap_or_default();
    for disk in disks.iter_mut().filter(|disk| !disk.could_not_be_opened()) {
        let name = disk.path.strip_prefix("/dev/").unwrap_or(&disk.path);
        if let Some(device) = block.iter().find(|device| device.name == name && device.bytes != disk.bytes) {
            let (kernel, read) = (device.bytes, disk.bytes);
            let message = format!("{}: {kernel} bytes by the kernel, and {read} could be read", disk.path);
            disk.problems.insert(0, Problem::new(ProblemId::CannotOpen, message));
        }
    }
}
