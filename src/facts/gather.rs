//! All facts of a node: of a host, or of disks alone.

use super::running::host_name;
use super::{Facts, Probed, Root, block, running};
use crate::disk::{Source, scan};

/// The facts of a host that runs, or of a directory that stands for one.
pub fn of_host(root: &Root) -> Facts {
    let running = running(root);
    let paths = block::disk_paths(root, &running.block);
    let sources: Vec<Source> = paths.into_iter().map(|(shown, path)| Source::open_as(shown, &path)).collect();
    let host = match host_name(root) {
        Probed::Known(name) => name,
        Probed::Absent | Probed::Unreadable(_) => "host without a name".into(),
    };
    Facts { host, disks: scan(&sources), running: Some(running) }
}

/// The facts of a powered-off node, from its disks alone.
pub fn of_disks(sources: &[Source]) -> Facts {
    let disks = scan(sources);
    let paths: Vec<&str> = disks.iter().map(|d| d.path.as_str()).collect();
    Facts { host: paths.join(", "), disks, running: None }
}
