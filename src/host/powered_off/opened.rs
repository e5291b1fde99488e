//! Finds what the next start of a node mounts, and opens it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file_system::{Journal, Mounted, open as open_file_system};
use super::tree::{Branch, Tree};
use super::volume::image;
use crate::disk::Source;
use crate::disk::format::content::Kind;
use crate::host::fstab::{self, FstabEntry};
use crate::host::locate::{Located, Volume, volume, volumes};
use crate::host::mounts::Mount;
use crate::host::node::Node;
use crate::host::root::{Files, Root};
use crate::host::{DeviceNumber, Probed};

/// A line of /etc/fstab that the next start mounts, and whether its files could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Mount point.
    pub point: String,
    /// What the line names.
    pub source: String,
    /// The volume that this leads to, as the kernel and LVM2 name its device.
    pub device: Option<String>,
    pub kind: String,
    pub state: State,
}

/// Whether the files of a file system could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// As the next mount will find them.
    Read,
    /// The same, after the changes in its journal, which were taken into account.
    Replayed,
    /// As they are on the disk, which may be older than what the node last wrote; why.
    Older(String),
    /// Not at all; why.
    Closed(String),
}

/// The root file system of a powered-off node and what is mounted below it, by its own /etc/fstab.
///
/// # Errors
/// Where no root file system was found, or more than one.
pub fn open(sources: &Arc<[Source]>, node: &Node) -> Result<(Arc<Tree>, Vec<Opened>), String> {
    let root = root(sources, node)?;
    let mut opened = Vec::new();
    let mut branches = Vec::new();
    for entry in to_mount(&root.entries) {
        let point = point(&entry.point);
        let found = if point == Path::new("") {
            Ok((Some(root.device.clone()), Arc::clone(&root.mounted)))
        } else {
            mount(sources, node, entry).map(|(device, mounted)| (Some(device), Arc::new(mounted)))
        };
        let (device, state, mounted) = match found {
            Ok((device, mounted)) => (device, state(&mounted.journal), Ok(mounted)),
            Err(why) => (None, State::Closed(why.clone()), Err(format!("{} was not opened: {why}", entry.point))),
        };
        branches.push(Branch { point, mounted });
        let (source, kind) = (entry.source.clone(), entry.kind.clone());
        opened.push(Opened { point: entry.point.clone(), source, device, kind, state });
    }
    Ok((Arc::new(Tree::new(branches)), opened))
}

impl Opened {
    /// As a line of `/proc/self/mountinfo` would describe it. Also of what could not be opened: the start mounts it.
    pub fn as_mount(&self) -> Mount {
        Mount {
            device: DeviceNumber { major: 0, minor: 0 },
            point: self.point.clone(),
            kind: self.kind.clone(),
            source: self.device.clone().unwrap_or_else(|| self.source.clone()),
            options: vec!["ro".to_owned()],
        }
    }
}

fn state(journal: &Journal) -> State {
    match journal {
        Journal::Clean => State::Read,
        Journal::Replayed => State::Replayed,
        Journal::Left(why) => State::Older(why.clone()),
    }
}

/// A file system with an /etc/fstab that names it for `/`.
struct RootOf {
    device: String,
    entries: Vec<FstabEntry>,
    mounted: Arc<Mounted>,
    /// Whether the name leads to it. One that only the kernel or udev of the node can tell, such as `/dev/sda2`, may
    /// be its own.
    is_sure: bool,
}

/// The only volume whose own /etc/fstab names it for `/`; where there is none, the only one whose /etc/fstab may name it.
fn root(sources: &Arc<[Source]>, node: &Node) -> Result<RootOf, String> {
    let mut found = Vec::new();
    let mut closed = Vec::new();
    for volume in volumes(node).filter(may_be_root) {
        match own_table(sources, node, volume) {
            Ok(root) => found.extend(root),
            Err(why) => closed.push(why),
        }
    }
    if found.iter().any(|root: &RootOf| root.is_sure) {
        found.retain(|root| root.is_sure);
    }
    match (found.pop(), found.is_empty(), closed.first()) {
        (Some(only), true, Some(why)) if !only.is_sure => {
            Err(format!("{} may have the root file system; {why}", only.device))
        }
        (Some(only), true, _) => Ok(only),
        (Some(last), false, _) => {
            let mut names: Vec<&str> = found.iter().chain([&last]).map(|root| root.device.as_str()).collect();
            names.sort_unstable();
            Err(format!("several file systems have an /etc/fstab that names them for /: {}", names.join(", ")))
        }
        (None, _, Some(why)) => Err(format!("no root file system was found; {why}")),
        (None, _, None) => Err("no file system on the disks has an /etc/fstab that names it for /".to_owned()),
    }
}

fn may_be_root(volume: &Volume<'_>) -> bool {
    matches!(volume.content().map(|content| content.kind), Some(Kind::Ext2 | Kind::Ext3 | Kind::Ext4 | Kind::Xfs))
}

/// A volume whose own /etc/fstab names it for `/`, or may do so.
fn own_table(sources: &Arc<[Source]>, node: &Node, candidate: Volume<'_>) -> Result<Option<RootOf>, String> {
    let mounted = Arc::new(open_volume(sources, node, candidate)?);
    let alone = Branch { point: PathBuf::new(), mounted: Ok(Arc::clone(&mounted)) };
    let files: Arc<dyn Files> = Arc::new(Tree::new(vec![alone]));
    let entries = match fstab::gather(&Root::of_disks(files)) {
        Probed::Known(entries) => entries,
        Probed::Absent => return Ok(None),
        Probed::Unreadable(why) => return Err(format!("{}: {why}", candidate.device())),
    };
    let lead: Vec<Located<'_>> =
        entries.iter().filter(|entry| entry.point == "/").map(|entry| volume(node, &entry.source)).collect();
    let is_sure = lead.iter().any(|found| matches!(found, Located::One(found) if *found == candidate));
    let may_be = lead.iter().any(|found| matches!(found, Located::Unknown(_)));
    Ok((is_sure || may_be).then(|| RootOf { device: candidate.device(), entries, mounted, is_sure }))
}

/// The lines that are mounted, the root first. /boot too where a start leaves it out: the boot loader reads it.
fn to_mount(entries: &[FstabEntry]) -> Vec<&FstabEntry> {
    let is_left_out = |entry: &FstabEntry| {
        let noauto = entry.options.iter().any(|option| option == "noauto");
        noauto && !matches!(&*point(&entry.point), path if path.starts_with("boot"))
    };
    let of_kernel =
        |kind: &str| matches!(kind, "swap" | "tmpfs" | "proc" | "sysfs" | "devpts" | "devtmpfs" | "cgroup2");
    let is_mounted =
        |entry: &&FstabEntry| entry.point.starts_with('/') && !of_kernel(&entry.kind) && !is_left_out(entry);
    let mut wanted: Vec<&FstabEntry> = entries.iter().filter(is_mounted).collect();
    wanted.sort_by_key(|entry| point(&entry.point).components().count());
    wanted.dedup_by(|later, first| point(&later.point) == point(&first.point));
    wanted
}

/// A mount point below the top.
fn point(path: &str) -> PathBuf {
    Path::new(path).components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect()
}

fn mount(sources: &Arc<[Source]>, node: &Node, entry: &FstabEntry) -> Result<(String, Mounted), String> {
    match volume(node, &entry.source) {
        Located::One(found) => Ok((found.device(), open_volume(sources, node, found)?)),
        Located::Several(_) => Err(format!("{} is ambiguous", entry.source)),
        Located::Nothing => Err(format!("{} is on none of the disks", entry.source)),
        Located::NotAVolume => Err(format!("{} is no volume of a disk", entry.source)),
        Located::Unknown(why) => Err(format!("{} cannot be found: {why}", entry.source)),
    }
}

fn open_volume(sources: &Arc<[Source]>, node: &Node, found: Volume<'_>) -> Result<Mounted, String> {
    let kind = found.content().map(|content| content.kind);
    let kind = kind.ok_or_else(|| format!("{} could not be looked into", found.unopened()))?;
    let opened = image(sources, node, found).and_then(|image| open_file_system(kind, image));
    opened.map_err(|why| format!("{}: {why}", found.device()))
}
