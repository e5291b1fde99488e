//! Where a host's files are: the live host, a fixture host in a directory, a capture, or the disks of a powered-off
//! node.
//!
//! A fixture host is a directory with `proc`, `sys`, `etc` and `dev` in it. It may hold symbolic links, absolute ones
//! too; they mean places of *that* host. So every path is walked here, link by link, and what is opened is a path
//! without links that lies under the directory: neither `..` nor a link leads out. The live host is walked in the same
//! way from `/`, and a capture by the links that are in it.
//!
//! All that is read of a host is read through here. So this is where a capture is made ([`Root::kept`]), and where it
//! answers.

use crate::base::cause::cause;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::capture::{Head, Key, Slot, Tape};
use super::probed::Probed;

mod answers;
mod files;
mod folder;
mod place;
mod step;

pub use super::capture::LARGEST_FILE;
use folder::Folder;
use step::{Step, push_reversed};

pub use answers::Answering;
pub use files::Files;
pub use place::Place;

/// Most symbolic links that one path may go through, as in the kernel (path_resolution(7)).
const MOST_LINKS: usize = 40;

/// Longest path in bytes, as in the kernel (`PATH_MAX`).
const LONGEST_PATH: usize = 4096;

/// Most directories that are known to be no links.
const MOST_REMEMBERED: usize = 1 << 12;

/// Where answers come from.
#[derive(Debug, Clone)]
enum Source {
    Folder(Folder),
    /// The same, and each answer is kept.
    Kept(Folder, Arc<Tape>),
    Capture(Arc<Tape>),
    /// The file systems of a node that is powered off.
    Disks(Arc<dyn Files>),
}

#[derive(Debug)]
pub struct Root {
    source: Source,
    live: bool,
    /// See [`Root::apart`].
    apart: bool,
    /// See [`Root::remembering`]. Relative to `dir`.
    plain: Option<RwLock<HashSet<PathBuf>>>,
}

impl Root {
    /// The host that this program runs on.
    pub fn live() -> Self {
        Self { source: Source::Folder(Folder(PathBuf::from("/"))), live: true, apart: false, plain: None }
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
        Ok(Self { source: Source::Folder(Folder(dir)), live: false, apart: false, plain: None })
    }

    /// The host that a capture is of.
    pub fn captured(tape: Arc<Tape>) -> Self {
        Self { source: Source::Capture(tape), live: false, apart: false, plain: None }
    }

    /// A node that is powered off, by the files on its disks.
    pub fn of_disks(files: Arc<dyn Files>) -> Self {
        Self { source: Source::Disks(files), live: false, apart: false, plain: None }
    }

    /// The same host, whose answers are kept from now on. Of a node that is powered off none are.
    pub fn kept(self) -> (Self, Arc<Tape>) {
        let dir = match self.source {
            Source::Folder(dir) => dir,
            Source::Kept(_, ref tape) | Source::Capture(ref tape) => {
                let tape = Arc::clone(tape);
                return (self, tape);
            }
            Source::Disks(_) => return (self, Tape::new(Head::new(false))),
        };
        let tape = Tape::new(Head::new(self.live));
        (Self { source: Source::Kept(dir, Arc::clone(&tape)), ..self }, tape)
    }

    /// The same host, for one look at all of it: a directory on the way to a place is asked once whether it is a link.
    /// Thousands of places lie in few directories. Who looks again later begins with another of these, or would miss
    /// that one became a link.
    pub fn remembering(&self) -> Self {
        Self { source: self.source.clone(), plain: Some(RwLock::default()), ..*self }
    }

    /// The same, looked at behind mounts that are made for this look alone: a place has another content there.
    pub fn apart(&self) -> Self {
        Self { apart: true, ..self.remembering() }
    }

    /// Whether this is the live host, so that system calls answer for it.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Whether the files of a host answer themselves, and nothing is kept of their answers.
    pub fn is_direct(&self) -> bool {
        matches!(self.source, Source::Folder(_))
    }

    pub fn is_capture(&self) -> bool {
        matches!(self.source, Source::Capture(_))
    }

    pub fn is_powered_off(&self) -> bool {
        matches!(self.source, Source::Disks(_))
    }

    /// Whether the kernel and the programs of the host answered: the live host, or a capture of one.
    pub fn has_answers(&self) -> bool {
        match &self.source {
            Source::Capture(tape) => tape.head.live,
            Source::Folder(_) | Source::Kept(..) | Source::Disks(_) => self.live,
        }
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
        folder.names().map(|names| (folder, names))
    }

    /// What `parse` makes of a file; where it makes nothing of it, the reason with the path before it.
    pub fn parse<T, E: std::fmt::Display>(&self, path: &str, parse: impl FnOnce(&[u8]) -> Result<T, E>) -> Probed<T> {
        self.read(path).and_then(|bytes| parse(&bytes).map_err(|why| format!("{path}: {why}")).into())
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
        // Below what is not there nothing is, so nothing is a link.
        let mut is_below_none = false;
        while let Some(step) = ahead.pop() {
            let name = match step {
                Step::Top => {
                    (real, is_below_none) = (PathBuf::new(), false);
                    continue;
                }
                Step::Up => {
                    real.pop();
                    is_below_none = false;
                    continue;
                }
                Step::Into(name) => name,
            };
            real.push(&name);
            if real.as_os_str().len() > LONGEST_PATH {
                return Err(format!("{}: it leads to a path that is too long", path.display()));
            }
            let is_on_the_way = !ahead.is_empty();
            if is_below_none || is_on_the_way && self.is_plain(&real) {
                continue;
            }
            match self.link(&real) {
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
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                    is_below_none = true;
                }
                Err(e) => return Err(format!("/{}: {}", real.display(), cause(&e))),
            }
        }
        Ok(Place { root: self, real })
    }

    fn link(&self, real: &Path) -> io::Result<PathBuf> {
        let target = self.seen(real, |seen| &mut seen.link, |files| files.link(real))?;
        Ok(PathBuf::from(OsString::from_vec(target.0)))
    }

    /// The answer to a question about a place: of its files, or of a capture.
    fn seen<T: Clone>(
        &self,
        real: &Path,
        slot: Slot<T>,
        ask: impl FnOnce(&dyn Files) -> io::Result<T>,
    ) -> io::Result<T> {
        self.reduced(real, slot, |files| ask(files).map(|value| (value, false)))
    }

    /// The same, where something may be taken out of the answer before it is kept.
    fn reduced<T: Clone>(
        &self,
        real: &Path,
        slot: Slot<T>,
        ask: impl FnOnce(&dyn Files) -> io::Result<(T, bool)>,
    ) -> io::Result<T> {
        match &self.source {
            Source::Folder(folder) => ask(folder).map(|(value, _)| value),
            Source::Kept(folder, tape) => tape.keep(&self.key(real), slot, || ask(folder)),
            Source::Capture(tape) => tape.again(&self.key(real), slot),
            Source::Disks(files) => ask(files.as_ref()).map(|(value, _)| value),
        }
    }

    fn key(&self, real: &Path) -> Key {
        (self.apart, real.to_owned())
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

#[cfg(test)]
mod tests;
