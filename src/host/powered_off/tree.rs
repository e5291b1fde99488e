//! What the next start of a node mounts, as one tree of files.

use std::collections::HashMap;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::file_system::Mounted;
use crate::disk::filesystem::{Entry, FileImage, FileSystem, Inode, LONGEST_LINK};
use crate::host::capture::{Bytes, Kind, LARGEST_FILE, MOST_NAMES, Meta, Name};
use crate::host::root::Files;
use crate::io::image::Image;

/// Why a place of the kernel has no answer.
pub const POWERED_OFF: &str = "the node is powered off";

/// The folders that only the kernel of a running node fills.
const OF_THE_KERNEL: [&str; 3] = ["proc", "sys", "dev"];
/// The folder that is empty at every start.
const EMPTY: &str = "run";
/// What every kernel has, and what masked units are linked to.
const NULL: &str = "dev/null";

/// Most names of folders that are remembered.
const MOST_REMEMBERED: usize = 1 << 17;

/// What is mounted at a point.
#[derive(Clone)]
pub(super) struct Branch {
    /// Relative to the top.
    pub(super) point: PathBuf,
    pub(super) content: Content,
}

/// A file system at its mount point.
#[derive(Clone)]
pub(super) enum Content {
    Opened(Arc<Mounted>),
    /// It could not be opened, for this reason.
    Closed(String),
    /// One in memory, which is empty after a start.
    Empty,
}

/// The files of a node.
pub struct Tree {
    /// The deepest mount points first: the first that a path lies below has it.
    branches: Vec<Branch>,
    /// Folders that were read whole.
    known: Mutex<Known>,
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.branches.iter().map(|branch| &branch.point)).finish()
    }
}

/// An inode of one of the file systems.
struct Found<'t> {
    branch: usize,
    files: &'t dyn FileSystem,
    volume: &'t Arc<dyn Image>,
    inode: Inode,
}

impl Tree {
    pub(super) fn new(mut branches: Vec<Branch>) -> Self {
        branches.sort_by_key(|branch| std::cmp::Reverse(branch.point.components().count()));
        Self { branches, known: Mutex::default() }
    }

    fn find(&self, path: &Path) -> io::Result<Found<'_>> {
        let is_below = |folder: &str| path.starts_with(folder) && path != Path::new(folder);
        if OF_THE_KERNEL.into_iter().any(is_below) {
            return Err(io::Error::other(POWERED_OFF));
        }
        if is_below(EMPTY) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut branches = self.branches.iter().enumerate();
        let found = branches.find(|(_, branch)| path.starts_with(&branch.point));
        let (at, branch) = found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let Mounted { files, image: volume, .. } = match &branch.content {
            Content::Opened(mounted) => mounted.as_ref(),
            Content::Closed(why) => return Err(io::Error::other(why.clone())),
            Content::Empty => return Err(io::ErrorKind::NotFound.into()),
        };
        let files = files.as_ref();
        let below = path.strip_prefix(&branch.point).unwrap_or(path);
        let inode = self.inode(at, files, below)?;
        Ok(Found { branch: at, files, volume, inode: files.inode(inode)? })
    }

    /// The number of the inode at a path without links.
    fn inode(&self, branch: usize, files: &dyn FileSystem, path: &Path) -> io::Result<u64> {
        let mut inode = files.top();
        for part in path.components() {
            let Component::Normal(name) = part else { continue };
            inode = self.below(branch, files, inode, name.as_bytes())?;
        }
        Ok(inode)
    }

    /// The inode of a name in a folder. A folder is read once, as long as it is remembered.
    fn below(&self, branch: usize, files: &dyn FileSystem, folder: u64, name: &[u8]) -> io::Result<u64> {
        let gone = || io::Error::from(io::ErrorKind::NotFound);
        let key = (branch, folder);
        if let Some(names) = self.known().folders.get(&key) {
            return names.get(name).copied().ok_or_else(gone);
        }
        if !files.inode(folder)?.is_folder() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let names = if files.is_exact(folder)? { files.names(folder, MOST_NAMES).ok() } else { None };
        let Some(names) = names else { return files.find(folder, name)?.ok_or_else(gone) };
        let names: Names = names.into_iter().map(|entry| (entry.name, entry.inode)).collect();
        let found = names.get(name).copied().ok_or_else(gone);
        self.known().take(key, names);
        found
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Inodes by name.
type Names = HashMap<Vec<u8>, u64>;

/// The names of folders, by branch and inode.
#[derive(Default)]
struct Known {
    folders: HashMap<(usize, u64), Names>,
    names: usize,
}

impl Known {
    /// Remembers a folder, in the place of all others where there is no room.
    fn take(&mut self, key: (usize, u64), names: Names) {
        if self.names.saturating_add(names.len()) > MOST_REMEMBERED {
            *self = Self::default();
        }
        self.names = self.names.saturating_add(names.len());
        self.folders.insert(key, names);
    }
}

impl Found<'_> {
    fn image(&self) -> io::Result<FileImage> {
        FileImage::new(Arc::clone(self.volume), self.files.content(self.inode.number)?)
    }

    fn whole(&self, most: u64) -> io::Result<Vec<u8>> {
        let image = self.image()?;
        if image.bytes() > most {
            return Err(io::Error::other(format!("it is larger than {most} bytes")));
        }
        let mut bytes = vec![0; usize::try_from(image.bytes()).unwrap_or_default()];
        image.read_at(&mut bytes, 0).map_err(|e| io::Error::other(e.to_string()))?;
        Ok(bytes)
    }
}

impl Files for Tree {
    fn link(&self, path: &Path) -> io::Result<Bytes> {
        if path == Path::new(NULL) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let found = self.find(path)?;
        if !found.inode.is_link() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        found.whole(LONGEST_LINK).map(Bytes)
    }

    fn meta(&self, path: &Path) -> io::Result<Meta> {
        if self.branches.iter().any(|branch| branch.point == path && matches!(branch.content, Content::Empty)) {
            return Ok(Meta {
                kind: Kind::Folder,
                bytes: 0,
                mode: 0o041_777,
                uid: 0,
                gid: 0,
                device: 0,
                inode: 1,
                blocks: 0,
            });
        }
        let Found { branch, inode, .. } = self.find(path)?;
        Ok(Meta {
            kind: kind(&inode),
            bytes: inode.bytes,
            mode: inode.mode,
            uid: inode.uid,
            gid: inode.gid,
            device: branch as u64,
            inode: inode.number,
            blocks: inode.blocks,
        })
    }

    fn names(&self, path: &Path) -> io::Result<Vec<Name>> {
        if OF_THE_KERNEL.iter().any(|folder| path == Path::new(folder)) {
            return Err(io::Error::other(POWERED_OFF));
        }
        let is_empty = |branch: &Branch| branch.point == path && matches!(branch.content, Content::Empty);
        if path == Path::new(EMPTY) || self.branches.iter().any(is_empty) {
            return Ok(Vec::new());
        }
        let found = self.find(path)?;
        if !found.inode.is_folder() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let entries = found.files.names(found.inode.number, MOST_NAMES)?;
        let name = |Entry { name, is_folder, .. }| Name(Bytes(name), is_folder.unwrap_or(false));
        let mut names: Vec<Name> = entries.into_iter().map(name).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn content(&self, path: &Path) -> io::Result<Vec<u8>> {
        regular(self.find(path)?)?.whole(LARGEST_FILE)
    }

    fn image(&self, path: &Path) -> io::Result<Box<dyn Image>> {
        self.file(path)
    }

    fn file(&self, path: &Path) -> io::Result<Box<dyn Image>> {
        Ok(Box::new(regular(self.find(path)?)?.image()?))
    }
}

fn regular(found: Found<'_>) -> io::Result<Found<'_>> {
    match kind(&found.inode) {
        Kind::File => Ok(found),
        Kind::Folder => Err(io::Error::other("it is a directory, not a file")),
        Kind::Link | Kind::BlockDevice | Kind::Other => Err(io::Error::other("it is a special file, not a file")),
    }
}

fn kind(inode: &Inode) -> Kind {
    const BLOCK_DEVICE: u32 = 0o060_000;
    match inode.mode & crate::disk::filesystem::TYPE_BITS {
        crate::disk::filesystem::FILE => Kind::File,
        crate::disk::filesystem::FOLDER => Kind::Folder,
        crate::disk::filesystem::LINK => Kind::Link,
        BLOCK_DEVICE => Kind::BlockDevice,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests;
