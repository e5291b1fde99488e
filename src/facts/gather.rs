//! All facts of a node: of a host, or of disks alone.

use super::{Facts, Probed, Root, block, running};
use crate::disk::{Source, scan};
use crate::sys;

/// The facts of a host that runs, or of a directory that stands for one.
pub fn of_host(root: &Root) -> Facts {
    let running = running(root);
    let paths = block::disk_paths(root, &running.block);
    let sources: Vec<Source> = paths.into_iter().map(|(shown, path)| Source::open_as(shown, &path)).collect();
    Facts { host: host_name(root), disks: scan(&sources), running: Some(running) }
}

/// The facts of a powered-off node, from its disks alone.
pub fn of_disks(sources: &[Source]) -> Facts {
    let disks = scan(sources);
    let paths: Vec<&str> = disks.iter().map(|d| d.path.as_str()).collect();
    Facts { host: paths.join(", "), disks, running: None }
}

fn host_name(root: &Root) -> String {
    if root.is_live() {
        return sys::node_name().unwrap_or_else(|why| format!("host without a name ({why})"));
    }
    match root.read("/etc/hostname") {
        Probed::Known(name) => String::from_utf8_lossy(&name).trim().to_owned(),
        Probed::Absent | Probed::Unreadable(_) => "host without /etc/hostname".into(),
    }
}
