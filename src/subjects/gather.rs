//! All facts of a node: of a host, or of disks alone.

use std::path::Path;
use std::sync::Arc;

use super::boot::firmware_of_disks;
use super::certificates::Certificates;
use super::console::Console;
use super::media::facts::Media;
use super::next_start::NextStart;
use super::preflight::facts::Preflight;
use super::records::facts::Records;
use super::ssh_keys::Ssh;
use super::upgrade::facts::{Upgrade, upgrade_run};
use super::upgrade::{Edited, OsChange};
use super::{Facts, Subjects, kernels, next_start, ssh_keys};
use crate::base::parallel;
use crate::disk::Source;
use crate::engine::apply::Lock;
use crate::host::powered_off::{self, Opened};
use crate::host::processes::{self, Process};
use crate::host::running::running;
use crate::host::setup::{own_name, setup, setup_of_disks};
use crate::host::{Node, Probed, Root, Running, Setup};
use crate::io::tool;
use crate::profile::{Places, Profile};

/// The facts of a host that runs, or of a directory that stands for one, looked for where the procedure says.
pub fn of_host(root: &Root) -> Facts {
    of_host_at(root, &Places::built_in())
}

/// The facts of a host that runs, or of a directory that stands for one, looked for in these places.
pub fn of_host_at(root: &Root, places: &Places) -> Facts {
    let root = &root.remembering();
    // rpm is a program of its own and takes the longest; SSH keys and block devices come next. None needs another.
    let (installed, (ssh, (setup, running))) = parallel::both(
        || kernels::facts::installed(root, &root.runner(&tool::Host)),
        || parallel::both(|| ssh_keys::facts::gather(root), || kernel_and_files(root)),
    );
    let processes = processes::gather(root);
    let images = next_start::Images::default();
    let kernels = kernels::facts::gather(root, &setup, &running.cmdline, installed, &images);
    let node = Node::with_disks(root, setup, running);
    let subjects = Subjects {
        ssh,
        next_start: next_start::facts::start::gather(root, &node, &images, changed_by(root, &processes)),
        kernels,
        media: Media::gather(root, places),
        upgrade: Upgrade::gather(root, places, &processes),
        certificates: Certificates::gather(root, places),
        console: Console::default(),
        preflight: Preflight::gather(root, places, &processes),
        records: Records::gather(root),
    };
    Facts { node, subjects: Some(subjects), powered_off: None }
}

fn kernel_and_files(root: &Root) -> (Setup, Running) {
    let setup = setup(root);
    let running = running(root, &setup.mounts);
    (setup, running)
}

/// Asks which configuration files were edited, where the upgrade replaces the system. That takes rpm a while.
pub fn ask_for_edited_files(facts: &mut Facts, profile: &Profile, ask: impl FnOnce() -> Probed<Edited>) {
    if matches!(facts.os_change(profile), Some(OsChange::Changes { .. }))
        && let Some(subjects) = &mut facts.subjects
    {
        subjects.upgrade.edited = Some(ask());
    }
}

/// What else changes the host now, and may mount /boot.
fn changed_by(root: &Root, processes: &Probed<Vec<Process>>) -> Option<String> {
    if !root.has_answers() {
        return None;
    }
    if root.answer("another run of okv-host", || Lock::is_held_by_another(Path::new("/"))).unwrap_or_default() {
        return Some("another run of okv-host is under way".to_owned());
    }
    let process = processes.known().and_then(|processes| upgrade_run::vendors_process(processes))?;
    Some(format!("the vendor's upgrade runs (process {process})"))
}

/// The facts of a powered-off node, from its disks and the files on them.
pub fn of_disks(sources: Vec<Source>) -> Facts {
    of_disks_at(sources, &Places::built_in())
}

/// The same, looked for in these places.
pub fn of_disks_at(sources: Vec<Source>, places: &Places) -> Facts {
    let sources: Arc<[Source]> = sources.into();
    let node = Node::of_disks(&sources);
    match powered_off::open(&sources, &node) {
        Ok((tree, opened)) => of_files(&Root::of_disks(tree).remembering(), node, opened, places),
        Err(why) => Facts { node, subjects: None, powered_off: Some(Err(why)) },
    }
}

/// What is known of the files of a powered-off node.
fn of_files(root: &Root, node: Node, opened: Vec<Opened>, places: &Places) -> Facts {
    let mounts = opened.iter().filter(|opened| opened.is_mounted).map(Opened::as_mount);
    let mounts = Probed::Known(mounts.collect());
    let node = Node { name: own_name(root).unwrap_or(node.name), setup: Some(setup_of_disks(root, mounts)), ..node };
    let node = with_firmware(node);
    let images = next_start::Images::default();
    // Nothing runs, and no kernel has a command line.
    let processes = Probed::Known(Vec::new());
    let setup = node.setup.as_ref();
    let cmdline = Probed::Known(Vec::new());
    let installed = Probed::Unreadable("the RPM database of a powered-off node is not read".to_owned());
    let next_start = next_start::facts::start::gather(root, &node, &images, None);
    let subjects = setup.map(|setup| Subjects {
        ssh: ssh_keys::facts::gather(root).map(|ssh| Ssh { fips: next_fips(&next_start), ..ssh }),
        next_start,
        kernels: kernels::facts::gather(root, setup, &cmdline, installed, &images),
        media: Media::gather(root, places),
        upgrade: Upgrade::gather(root, places, &processes),
        certificates: Certificates::gather(root, places),
        console: Console::default(),
        preflight: Preflight::gather(root, places, &processes),
        records: Records::gather(root),
    });
    Facts { node, subjects, powered_off: Some(Ok(opened)) }
}

/// Whether the command line of the entry that starts next has `fips=1`.
fn next_fips(next_start: &Probed<NextStart>) -> Probed<bool> {
    match next_start.known().and_then(NextStart::loader).map(|loader| &loader.default) {
        Some(Probed::Known(default)) => Probed::Known(default.entry.asks_for_fips()),
        _ => Probed::Unreadable("the entry that starts by default is not known".to_owned()),
    }
}

/// How the firmware starts it shows only in how its boot disk is made.
fn with_firmware(mut node: Node) -> Node {
    let firmware = firmware_of_disks(&node);
    if let Some(setup) = &mut node.setup {
        setup.firmware = firmware;
    }
    node
}
