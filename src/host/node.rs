//! A node as its disks and its kernel show it: what every subject builds on.

use std::path::PathBuf;

use super::block::{self, BlockDevice};
use super::probed::Probed;
use super::root::Root;
use super::running::{Running, host_name, running};
use crate::base::parallel;
use crate::disk::{Disk, Problem, ProblemId, Source, scan};
use crate::io::image;

/// A node: its disks and, where it runs, what its kernel says.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Name of the host, or of what stands for it.
    pub name: String,
    /// What the disks say, in the order of their names or of the command line.
    pub disks: Vec<Disk>,
    /// What only a running host can tell; `None` where disks of a powered-off node are judged.
    pub running: Option<Running>,
}

impl Node {
    /// A host that runs, or a directory that stands for one.
    pub fn gather(root: &Root) -> Self {
        let root = &root.remembering();
        Self::with_disks(root, running(root))
    }

    /// The same where what the kernel says was read before.
    pub(crate) fn with_disks(root: &Root, running: Running) -> Self {
        let sources = sources(root, &running.block);
        let name = match host_name(root) {
            Probed::Known(name) => name,
            Probed::Absent | Probed::Unreadable(_) => "host without a name".into(),
        };
        let mut disks = scan(&sources);
        report_other_sizes(&mut disks, &running);
        Self { name, disks, running: Some(running) }
    }

    /// A powered-off node, from its disks alone.
    pub fn of_disks(sources: &[Source]) -> Self {
        let disks = scan(sources);
        let paths: Vec<&str> = disks.iter().map(|d| d.path.as_str()).collect();
        Self { name: paths.join(", "), disks, running: None }
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
        let image = root.at(shown).map_or_else(|_| image::open(real), |place| place.image());
        Source::opened(shown.as_str(), image)
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
