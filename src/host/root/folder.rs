//! The files below a folder of this host.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::files::Files;
use crate::host::capture::{Bytes, LARGEST_FILE, MOST_NAMES, Meta, Name};
use crate::io::image::{self, Image};
use crate::io::sys;

/// An attribute of sysfs is shorter than a page.
const ATTRIBUTE: usize = 4096;

/// The files below this path.
#[derive(Debug, Clone)]
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    /// The bytes of an attribute of sysfs: a small file, which the kernel gives in one read.
    pub(super) fn attribute(&self, folder: &Path, name: &OsStr) -> io::Result<Vec<u8>> {
        let flags = sys::O_NONBLOCK | sys::O_NOFOLLOW;
        let mut file = OpenOptions::new().read(true).custom_flags(flags).open(self.0.join(folder).join(name))?;
        let mut page = [0; ATTRIBUTE];
        let len = file.read(&mut page)?;
        match page.get(..len) {
            Some(bytes) if len > 0 && len < ATTRIBUTE => Ok(bytes.to_vec()),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

impl Files for Folder {
    fn link(&self, path: &Path) -> io::Result<Bytes> {
        fs::read_link(self.0.join(path)).map(|target| Bytes(target.into_os_string().into_vec()))
    }

    fn meta(&self, path: &Path) -> io::Result<Meta> {
        fs::symlink_metadata(self.0.join(path)).map(Meta::from)
    }

    fn names(&self, path: &Path) -> io::Result<Vec<Name>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.0.join(path))? {
            if names.len() >= MOST_NAMES {
                return Err(io::Error::other(format!("it has more than {MOST_NAMES} names")));
            }
            let entry = entry?;
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            names.push(Name(Bytes(entry.file_name().as_bytes().to_vec()), is_directory));
        }
        names.sort_unstable();
        Ok(names)
    }

    fn content(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(self.0.join(path))?;
        let meta = file.metadata()?;
        let kind = meta.file_type();
        if !kind.is_file() {
            let what = if kind.is_dir() { "a directory" } else { "a special file" };
            return Err(io::Error::other(format!("it is {what}, not a file")));
        }
        // With room for the whole file, one read is enough. Files of /proc have the size 0.
        let room = usize::try_from(meta.len().min(LARGEST_FILE)).unwrap_or_default();
        let mut bytes = Vec::with_capacity(room.max(ATTRIBUTE));
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(io::Error::other(format!("it is larger than {LARGEST_FILE} bytes")));
        }
        Ok(bytes)
    }

    fn image(&self, path: &Path) -> io::Result<Box<dyn Image>> {
        image::open(&self.0.join(path))
    }

    /// The place has no links: one that is there now was put there meanwhile. A FIFO is not waited for.
    fn file(&self, path: &Path) -> io::Result<Box<dyn Image>> {
        let flags = sys::O_NONBLOCK | sys::O_NOFOLLOW;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(self.0.join(path))?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        Ok(Box::new(image::File::new(file)?))
    }
}
