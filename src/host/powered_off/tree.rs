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

/// Most folders whose inodes are remembered.
const MOST_REMEMBERED: usize = 1 << 12;

/// A file system at its mount point, or why it could not be opened.
pub(super) struct Branch {
    /// Relative to the top.
    pub(super) point: PathBuf,
    pub(super) mounted: Result<Arc<Mounted>, String>,
}

/// The files of a node.
pub struct Tree {
    /// The deepest mount points first: the first that a path lies below has it.
    branches: Vec<Branch>,
    /// Inodes of folders, by branch and path.
    known: Mutex<HashMap<(usize, PathBuf), u64>>,
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
        let Mounted { files, image: volume, .. } = match &branch.mounted {
            Ok(mounted) => mounted.as_ref(),
            Err(why) => return Err(io::Error::other(why.clone())),
        };
        let files = files.as_ref();
        let below = path.strip_prefix(&branch.point).unwrap_or(path);
        let inode = self.inode(at, files, below)?;
        Ok(Found { branch: at, files, volume, inode: files.inode(inode)? })
    }

    /// The number of the inode at a path without links.
    fn inode(&self, branch: usize, files: &dyn FileSystem, path: &Path) -> io::Result<u64> {
        let Some(Component::Normal(name)) = path.components().next_back() else { return Ok(files.top()) };
        let key = (branch, path.to_owned());
        if let Some(known) = self.known().get(&key) {
            return Ok(*known);
        }
        let folder = self.inode(branch, files, path.parent().unwrap_or(Path::new("")))?;
        if !files.inode(folder)?.is_folder() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let found = files.find(folder, name.as_bytes())?.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let mut known = self.known();
        if known.len() < MOST_REMEMBERED {
            known.insert(key, found);
        }
        Ok(found)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(usize, PathBuf), u64>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
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
        if path == Path::new(EMPTY) {
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
