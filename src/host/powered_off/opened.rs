//! Mounts what the next start of a node mounts, by its own /etc/fstab, onto a tree of files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file_system::{Journal, Mounted};
use super::root::Volumes;
use super::table::{Line, lines};
use super::tree::{Branch, Content, Tree};
use crate::disk::Source;
use crate::host::mounts::Mount;
use crate::host::node::Node;
use crate::host::root::{Files, Root};
use crate::host::{DeviceNumber, Probed};

/// A mount of the next start, and whether its files could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Mount point, with its links followed.
    pub point: String,
    /// What the line names.
    pub source: String,
    /// The volume that this leads to, as the kernel and LVM2 name its device.
    pub device: Option<String>,
    pub kind: String,
    /// Whether something is mounted there, also where its files could not be read.
    pub is_mounted: bool,
    pub state: State,
}

/// Whether the files of a file system could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// As the next mount will find them.
    Read,
    /// The same, after the changes in its journal, which were taken into account.
    Replayed,
    /// Not at all; why.
    Closed(String),
}

/// The root file system of a powered-off node and what is mounted below it, by its own /etc/fstab.
///
/// # Errors
/// Where no root file system was found, or more than one, or too much is mounted.
pub fn open(sources: &Arc<[Source]>, node: &Node) -> Result<(Arc<Tree>, Vec<Opened>), String> {
    let mut volumes = Volumes::new(sources, node);
    let (root, others) = volumes.root()?;
    let mut branches = vec![Branch { point: PathBuf::new(), content: Content::Opened(Arc::clone(&root.mounted)) }];
    let mut opened = Vec::new();
    for line in lines(&root.entries)? {
        opened.push(match line.point == Path::new("") {
            true => of(&line, "/", &Ok((root.device.clone(), Arc::clone(&root.mounted)))),
            false => mount(&mut volumes, &line, &mut branches),
        });
    }
    opened.extend(
        others
            .into_iter()
            .filter(|other| opened.iter().all(|one| one.device.as_ref() != Some(&other.0)))
            .map(|(device, why)| Opened {
                point: device.clone(),
                source: device.clone(),
                device: Some(device),
                kind: "auto".to_owned(),
                is_mounted: false,
                state: State::Closed(format!("whether it is another root file system is not known: {why}")),
            })
            .collect::<Vec<_>>(),
    );
    Ok((Arc::new(Tree::new(branches)), opened))
}

type Found = Result<(String, Arc<Mounted>), String>;

/// Mounts a line onto the branches before it.
fn mount(volumes: &mut Volumes<'_>, line: &Line<'_>, branches: &mut Vec<Branch>) -> Opened {
    let so_far: Arc<dyn Files> = Arc::new(Tree::new(branches.clone()));
    let before = Root::of_disks(so_far);
    let place = before.at(Path::new("/").join(&line.point));
    let point = place.as_ref().map_or_else(|_| line.point.clone(), |place| below_top(&place.host_path()));
    let shown = format!("/{}", point.display());
    let refused = match place.map(|place| place.kind()) {
        Ok(Probed::Known(kind)) if !kind.is_dir() => {
            let found = Err("its mount point is no folder".to_owned());
            return Opened { is_mounted: false, ..of(line, &shown, &found) };
        }
        // systemd makes a folder that is not there.
        Ok(Probed::Known(_) | Probed::Absent) => None,
        Ok(Probed::Unreadable(why)) | Err(why) => Some(why),
    };
    if line.is_in_memory && refused.is_none() {
        branches.push(Branch { point, content: Content::Empty });
        return Opened { state: State::Read, ..of(line, &shown, &Err(String::new())) };
    }
    let found = match (refused, &line.conflict) {
        (Some(why), _) => Err(why),
        (None, Some(why)) => Err(why.clone()),
        (None, None) => volumes.named(&line.entry.source),
    };
    let content = match &found {
        Ok((_, mounted)) => Content::Opened(Arc::clone(mounted)),
        Err(why) => Content::Closed(format!("{shown} was not opened: {why}")),
    };
    branches.push(Branch { point, content });
    of(line, &shown, &found)
}

fn of(line: &Line<'_>, point: &str, found: &Found) -> Opened {
    let (device, state) = match found {
        Ok((device, mounted)) => (Some(device.clone()), state(&mounted.journal)),
        Err(why) => (None, State::Closed(why.clone())),
    };
    let (source, kind) = (line.entry.source.clone(), line.entry.kind.clone());
    Opened { point: point.to_owned(), source, device, kind, is_mounted: true, state }
}

impl Opened {
    /// As a line of `/proc/self/mountinfo` would describe it.
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
    }
}

fn below_top(path: &str) -> PathBuf {
    path.trim_start_matches('/').into()
}
