//! A place on a host.

use std::ffi::OsString;
use std::fs::{self, FileType, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{LARGEST_FILE, Root};
use crate::base::cause::cause;
use crate::host::probed::Probed;
use crate::io::sys;

/// An attribute of sysfs is shorter than a page.
const ATTRIBUTE: usize = 4096;
/// Most names that are taken of a directory.
const MOST_NAMES: usize = 1 << 16;

/// A place on a host, free of links: surely within its [`Root`].
#[derive(Debug, Clone)]
pub struct Place<'r> {
    pub(super) root: &'r Root,
    /// Relative to the root.
    pub(super) real: PathBuf,
}

impl<'r> Place<'r> {
    /// The place that `path` names from here.
    ///
    /// # Errors
    /// As [`Root::at`].
    pub fn below(&self, path: &str) -> Result<Place<'r>, String> {
        self.root.walk(self.real.clone(), Path::new(path))
    }

    /// Whether it is on the host that this program runs on.
    pub fn is_live(&self) -> bool {
        self.root.is_live()
    }

    /// Its last name; `None` at the top.
    pub fn name(&self) -> Option<&str> {
        self.real.file_name()?.to_str()
    }

    /// The last name of the directory it is in; `None` at the top.
    pub fn parent_name(&self) -> Option<&str> {
        self.real.parent()?.file_name()?.to_str()
    }

    /// The path as the host itself would call it.
    pub fn host_path(&self) -> String {
        format!("/{}", self.real.display())
    }

    /// The path by which this program can open it.
    pub fn real_path(&self) -> PathBuf {
        self.root.dir.join(&self.real)
    }

    /// Its type, without following a link.
    pub fn kind(&self) -> Probed<FileType> {
        self.probed(fs::symlink_metadata(self.real_path()).map(|meta| meta.file_type()))
    }

    /// The bytes of a regular file of at most [`LARGEST_FILE`] bytes. Does not wait for a FIFO.
    pub fn read(&self) -> Probed<Vec<u8>> {
        self.probed(self.read_bounded())
    }

    /// The bytes of an attribute of sysfs: a small file directly in this directory, which the kernel gives in one read.
    ///
    /// Costs three system calls, where [`Place::below`] and [`Place::read`] cost seven: a host has thousands of
    /// attributes.
    pub fn attribute(&self, name: &str) -> Probed<Vec<u8>> {
        let plain = !name.is_empty() && !name.contains('/') && name != "." && name != "..";
        if plain {
            match self.read_attribute(name) {
                Ok(bytes) => return Probed::Known(bytes),
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Probed::Absent,
                Err(_) => {}
            }
        }
        // A link, something large, or an error: the long way says which.
        match self.below(name) {
            Ok(place) => place.read(),
            Err(why) => Probed::Unreadable(why),
        }
    }

    fn read_attribute(&self, name: &str) -> io::Result<Vec<u8>> {
        let flags = sys::O_NONBLOCK | sys::O_NOFOLLOW;
        let mut file = OpenOptions::new().read(true).custom_flags(flags).open(self.real_path().join(name))?;
        let mut page = [0; ATTRIBUTE];
        let len = file.read(&mut page)?;
        match page.get(..len) {
            Some(bytes) if len > 0 && len < ATTRIBUTE => Ok(bytes.to_vec()),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn read_bounded(&self) -> io::Result<Vec<u8>> {
        let file = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(self.real_path())?;
        let meta = file.metadata()?;
        let kind = meta.file_type();
        if !kind.is_file() {
            let what = if kind.is_dir() { "a directory" } else { "a special file" };
            return Err(io::Error::other(format!("it is {what}, not a file")));
        }
        // One read where the size is told; without room, it takes one for each few bytes. A file of /proc tells none.
        let room = usize::try_from(meta.len().min(LARGEST_FILE)).unwrap_or_default();
        let mut bytes = Vec::with_capacity(room.max(ATTRIBUTE));
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(io::Error::other(format!("it is larger than {LARGEST_FILE} bytes")));
        }
        Ok(bytes)
    }

    /// What `stat(2)` tells of it: of the place itself, which is no link unless that was put there meanwhile.
    pub fn metadata(&self) -> Probed<fs::Metadata> {
        self.probed(fs::symlink_metadata(self.real_path()))
    }

    /// The names in a directory, sorted.
    pub fn list(&self) -> Probed<Vec<String>> {
        let text = |names: Vec<OsString>| {
            let text =
                |name: OsString| name.into_string().map_err(|name| io::Error::other(format!("it has a name {name:?}")));
            names.into_iter().map(text).collect()
        };
        self.probed(self.names_bounded().and_then(text))
    }

    /// The places that the names in a directory lead to, by name, of those names that are `wanted`. One that the
    /// directory itself says to be a directory costs nothing more.
    ///
    /// # Errors
    /// As [`Root::at`], and where the directory cannot be read.
    pub fn places(&self, wanted: impl Fn(&str) -> bool) -> Result<Option<Vec<Place<'r>>>, String> {
        let mut names = match self.probed(self.entries_bounded(|entry| {
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            (entry.file_name(), is_directory)
        })) {
            Probed::Known(names) => names,
            Probed::Absent => return Ok(None),
            Probed::Unreadable(why) => return Err(why),
        };
        names.sort_unstable();
        let mut places = Vec::new();
        for (name, is_directory) in names {
            let name = name.to_str().ok_or_else(|| format!("{}: it has a name {name:?}", self.host_path()))?;
            if !wanted(name) {
                continue;
            }
            places.push(if is_directory {
                Place { root: self.root, real: self.real.join(name) }
            } else {
                self.below(name)?
            });
        }
        Ok(Some(places))
    }

    /// The names in a directory, sorted, those too that are no text.
    pub fn names(&self) -> Probed<Vec<OsString>> {
        self.probed(self.names_bounded())
    }

    fn names_bounded(&self) -> io::Result<Vec<OsString>> {
        let mut names = self.entries_bounded(|entry| entry.file_name())?;
        names.sort_unstable();
        Ok(names)
    }

    fn entries_bounded<T>(&self, take: impl Fn(&fs::DirEntry) -> T) -> io::Result<Vec<T>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.real_path())? {
            if entries.len() >= MOST_NAMES {
                return Err(io::Error::other(format!("it has more than {MOST_NAMES} names")));
            }
            entries.push(take(&entry?));
        }
        Ok(entries)
    }

    fn probed<T>(&self, result: io::Result<T>) -> Probed<T> {
        match result {
            Ok(value) => Probed::Known(value),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Probed::Absent,
            Err(e) => Probed::Unreadable(format!("{}: {}", self.host_path(), cause(&e))),
        }
    }
}
