//! All facts of a node: of a host, or of disks alone.

use super::running::{host_name, running_at};
use super::{Facts, Probed, Root, Running, block};
use crate::disk::{Disk, Problem, ProblemId, Source, scan};
use crate::parallel;
use crate::profile::Places;

/// The facts of a host that runs, or of a directory that stands for one, looked for where the procedure says.
pub fn of_host(root: &Root) -> Facts {
    of_host_at(root, &Places::built_in())
}

/// The facts of a host that runs, or of a directory that stands for one, looked for in these places.
pub fn of_host_at(root: &Root, places: &Places) -> Facts {
    let root = &root.remembering();
    let running = running_at(root, places);
    let paths = block::disk_paths(root, &running.block);
    let sources = parallel::map(&paths, || (), |(shown, path), ()| Source::open_as(shown.as_str(), path));
    let host = match host_name(root) {
        Probed::Known(name) => name,
        Probed::Absent | Probed::Unreadable(_) => "host without a name".into(),
    };
    let mut disks = scan(&sources);
    tell_other_sizes(&mut disks, &running);
    Facts { host, disks, running: Some(running) }
}

/// A disk that is not as long as the kernel says was not read as it is.
fn tell_other_sizes(disks: &mut [Disk], running: &Running) {
    let block = running.block.known().map(Vec::as_slice).unwrap_or_default();
    for disk in disks.iter_mut().filter(|disk| !disk.could_not_be_opened()) {
        let name = disk.path.strip_prefix("/dev/").unwrap_or(&disk.path);
        if let Some(device) = block.iter().find(|device| device.name == name && device.bytes != disk.bytes) {
            let (kernel, read) = (device.bytes, disk.bytes);
            let message = format!("{}: the kernel says {kernel} bytes, and {read} could be read", disk.path);
            disk.problems.insert(0, Problem::new(ProblemId::CannotOpen, message));
        }
    }
}

/// The facts of a powered-off node, from its disks alone.
pub fn of_disks(sources: &[Source]) -> Facts {
    let disks = scan(sources);
    let paths: Vec<&str> = disks.iter().map(|d| d.path.as_str()).collect();
    Facts { host: paths.join(", "), disks, running: None }
}
