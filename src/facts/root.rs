//! Where a host's files are: the live host, or a fixture host in a directory.
//!
//! A fixture host is a directory with `proc`, `sys`, `etc` and `dev` in it. It may hold symbolic links, absolute ones too; they
//! mean places of *that* host. So every path is walked here, link by link, and what is opened is a path without links
//! that lies under the directory: neither `..` nor a link leads out. The live host is walked in the same way from `/`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, FileType, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use super::Probed;
use crate::sys;

/// Most bytes that are read of a text file.
pub const LARGEST_FILE: u64 = 1 << 20;
/// An attribute of sysfs is shorter than a page.
const ATTRIBUTE: usize = 4096;
/// Most names that are taken of a directory.
const MOST_NAMES: usize = 1 << 16;
/// Most symbolic links that one path may go through, as in the kernel (path_resolution(7)).
const MOST_LINKS: usize = 40;

/// Most directories that are known to be no links.
const MOST_REMEMBERED: usize = 1 << 12;

/// The host that is asked.
#[derive(Debug)]
pub struct Root {
    dir: PathBuf,
    live: bool,
    /// See [`Root::remembering`]. Relative to `dir`.
    plain: Option<RwLock<HashSet<PathBuf>>>,
}

impl Root {
    /// The host that this program runs on.
    pub fn live() -> Self {
        Self { dir: PathBuf::from("/"), live: true, plain: None }
    }

    /// A fixture host.
    ///
    /// # Errors
    /// Where `dir` is no directory that can be looked at.
    pub fn fixture(dir: impl Into<PathBuf>) -> io::Result<Self> {
        let dir = dir.into();
        if !fs::metadata(&dir)?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is no directory"));
        }
        Ok(Self { dir, live: false, plain: None })
    }

    /// The same host, for one look at all of it: a directory on the way to a place is asked once whether it is a link. Thousands of
    /// places lie in few directories. Who looks again later begins with another of these, or would miss that one became a link.
    pub fn remembering(&self) -> Self {
        Self { dir: self.dir.clone(), live: self.live, plain: Some(RwLock::default()) }
    }

    /// Whether this is the live host, so that system calls answer for it.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// The place that `path` of this host names, with every link followed. It need not exist.
    ///
    /// # Errors
    /// With the path, where a part of it may not be looked at, or its links go round in circles.
    pub fn at(&self, path: impl AsRef<Path>) -> Result<Place<'_>, String> {
        self.walk(PathBuf::new(), path.as_ref())
    }

    /// The bytes of a file. See [`Place::read`].
    pub fn read(&self, path: &str) -> Probed<Vec<u8>> {
        match self.at(path) {
            Ok(place) => place.read(),
            Err(why) => Probed::Unreadable(why),
        }
    }

    /// A folder and the names in it. See [`Place::names`].
    pub fn folder(&self, path: &str) -> Probed<(Place<'_>, Vec<OsString>)> {
        let folder = match self.at(path) {
            Ok(folder) => folder,
            Err(why) => return Probed::Unreadable(why),
        };
        match folder.names() {
            Probed::Known(names) => Probed::Known((folder, names)),
            Probed::Absent => Probed::Absent,
            Probed::Unreadable(why) => Probed::Unreadable(why),
        }
    }

    /// What `parse` makes of a file; where it makes nothing of it, the reason with the path before it.
    pub fn parse<T, E: std::fmt::Display>(&self, path: &str, parse: impl FnOnce(&[u8]) -> Result<T, E>) -> Probed<T> {
        match self.read(path) {
            Probed::Known(bytes) => match parse(&bytes) {
                Ok(value) => Probed::Known(value),
                Err(why) => Probed::Unreadable(format!("{path}: {why}")),
            },
            Probed::Absent => Probed::Absent,
            Probed::Unreadable(why) => Probed::Unreadable(why),
        }
    }

    /// As [`Root::parse`], for a file that every Linux host has: its absence means that it could not be looked at.
    pub fn parse_always_there<T, E: std::fmt::Display>(
        &self,
        path: &str,
        parse: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Probed<T> {
        match self.parse(path, parse) {
            Probed::Absent => Probed::Unreadable(format!("{path}: there is no such file; is it mounted?")),
            probed => probed,
        }
    }

    fn walk(&self, mut real: PathBuf, path: &Path) -> Result<Place<'_>, String> {
        let mut ahead = Vec::new();
        push_reversed(&mut ahead, path);
        let mut links = 0_usize;
        while let Some(step) = ahead.pop() {
            let name = match step {
                Step::Top => {
                    real.clear();
                    continue;
                }
                Step::Up => {
                    real.pop();
                    continue;
                }
                Step::Into(name) => name,
            };
            real.push(&name);
            let is_on_the_way = !ahead.is_empty();
            if is_on_the_way && self.is_plain(&real) {
                continue;
            }
            match fs::read_link(self.dir.join(&real)) {
                Ok(target) => {
                    links = links.saturating_add(1);
                    if links > MOST_LINKS {
                        return Err(format!("{}: too many symbolic links", path.display()));
                    }
                    real.pop();
                    push_reversed(&mut ahead, &target);
                }
                // No link.
                Err(e) if e.kind() == io::ErrorKind::InvalidInput => {
                    if is_on_the_way {
                        self.remember_plain(&real);
                    }
                }
                // Not there at all: whoever opens it finds out.
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                Err(e) => return Err(format!("/{}: {e}", real.display())),
            }
        }
        Ok(Place { root: self, real })
    }

    fn is_plain(&self, path: &Path) -> bool {
        self.plain.as_ref().is_some_and(|plain| plain.read().unwrap_or_else(PoisonError::into_inner).contains(path))
    }

    fn remember_plain(&self, path: &Path) {
        let Some(plain) = &self.plain else { return };
        let mut plain = plain.write().unwrap_or_else(PoisonError::into_inner);
        if plain.len() < MOST_REMEMBERED {
            plain.insert(path.to_owned());
        }
    }
}

/// A step on the way to a place.
enum Step {
    Top,
    Up,
    Into(OsString),
}

fn push_reversed(ahead: &mut Vec<Step>, path: &Path) {
    ahead.extend(path.components().rev().filter_map(|component| match component {
        Component::RootDir | Component::Prefix(_) => Some(Step::Top),
        Component::ParentDir => Some(Step::Up),
        Component::CurDir => None,
        Component::Normal(name) => Some(Step::Into(name.to_owned())),
    }));
}

/// A place on a host, free of links: surely within its [`Root`].
#[derive(Debug, Clone)]
pub struct Place<'r> {
    root: &'r Root,
    /// Relative to the root.
    real: PathBuf,
}

impl<'r> Place<'r> {
    /// The place that `path` names from here.
    ///
    /// # Errors
    /// As [`Root::at`].
    pub fn below(&self, path: &str) -> Result<Place<'r>, String> {
        self.root.walk(self.real.clone(), Path::new(path))
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
    pub fn shown(&self) -> String {
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
    /// Costs three system calls, where [`Place::below`] and [`Place::read`] cost seven: a host has thousands of attributes.
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

    /// The places that the names in a directory lead to, by name, of those names that are `wanted`. One that the directory itself says
    /// to be a directory costs nothing more.
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
            let name = name.to_str().ok_or_else(|| format!("{}: it has a name {name:?}", self.shown()))?;
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
            Err(e) => Probed::Unreadable(format!("{}: {e}", self.shown())),
        }
    }
}

#[cfg(test)]
mod tests;
