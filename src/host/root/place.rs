//! A place on a host.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Root, Source};
use crate::base::cause::cause;
use crate::host::capture::{Bytes, Kind, LARGEST_FILE, MOST_NAMES, Meta, Name, reduce};
use crate::host::probed::Probed;
use crate::io::image::{self, Image};
use crate::io::sys;

/// An attribute of sysfs is shorter than a page.
const ATTRIBUTE: usize = 4096;

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

    /// Has a capture keep zeros in the place of these bytes of the disk here.
    pub fn leave_out(&self, start: u64, bytes: u64) {
        if let Source::Kept(_, tape) = &self.root.source {
            tape.leave_out(&self.root.key(&self.real), start, bytes);
        }
    }

    /// As [`Root::has_answers`].
    pub fn has_answers(&self) -> bool {
        self.root.has_answers()
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

    /// The path by which this program can open it. A capture has none: nothing is at the path that it gives.
    pub fn real_path(&self) -> PathBuf {
        match &self.root.source {
            Source::Folder(dir) | Source::Kept(dir, _) => dir.join(&self.real),
            Source::Capture(_) => Path::new("/dev/null").join(&self.real),
        }
    }

    /// Its type, without following a link.
    pub fn kind(&self) -> Probed<Kind> {
        self.metadata().map(|meta| meta.kind)
    }

    /// The bytes of a regular file of at most [`LARGEST_FILE`] bytes. Does not wait for a FIFO.
    pub fn read(&self) -> Probed<Vec<u8>> {
        let ask = |path: &Path| {
            let mut bytes = read_bounded(path)?;
            let reduced = self.root.is_kept() && reduce::of_file(&self.real, &mut bytes);
            Ok((Bytes(bytes), reduced))
        };
        self.probed(self.root.reduced(&self.real, |seen| &mut seen.content, ask).map(|bytes| bytes.0))
    }

    /// What `judge` makes of the bytes of such a file, which no capture keeps: it may be a private key. `name` is that
    /// of the judgement.
    pub fn judged<T>(&self, name: &str, judge: impl FnOnce(&[u8]) -> T) -> Probed<T>
    where
        T: Serialize + DeserializeOwned,
    {
        self.answer(name, || self.probed(read_bounded(&self.real_path()).map(|bytes| judge(&bytes))))
            .unwrap_or_else(Probed::Unreadable)
    }

    /// The answer to a question about this place that is no part of a file.
    ///
    /// # Errors
    /// Where a capture has none.
    pub fn answer<T: Serialize + DeserializeOwned>(&self, name: &str, ask: impl FnOnce() -> T) -> Result<T, String> {
        let apart = if self.root.apart { " (apart)" } else { "" };
        self.root.answer(&format!("{name} {}{apart}", self.host_path()), ask)
    }

    /// Where the link of this name in this directory leads, which is not followed; nothing where there is no link.
    pub fn link(&self, name: &std::ffi::OsStr) -> Option<PathBuf> {
        self.root.link(&self.real.join(name)).ok()
    }

    /// The disk or the large file here, of which parts are read.
    ///
    /// # Errors
    /// As [`image::open`].
    pub fn image(&self) -> io::Result<Box<dyn Image>> {
        match &self.root.source {
            Source::Folder(_) => image::open(&self.real_path()),
            Source::Kept(_, tape) => tape.keep_image(&self.root.key(&self.real), || image::open(&self.real_path())),
            Source::Capture(tape) => tape.image(&self.root.key(&self.real)),
        }
    }

    /// The bytes of an attribute of sysfs: a small file directly in this directory, which the kernel gives in one read.
    ///
    /// Costs three system calls, where [`Place::below`] and [`Place::read`] cost seven: a host has thousands of
    /// attributes.
    pub fn attribute(&self, name: &str) -> Probed<Vec<u8>> {
        // What is kept is kept by the long way, which gives the same.
        let is_direct = matches!(self.root.source, Source::Folder(_));
        let plain = !name.is_empty() && !name.contains('/') && name != "." && name != "..";
        if plain && is_direct {
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

    /// The metadata of the place itself (`lstat(2)`): links were followed before.
    pub fn metadata(&self) -> Probed<Meta> {
        self.probed(self.stat())
    }

    /// The same as the kernel answers it.
    ///
    /// # Errors
    /// Where there is nothing, or it may not be looked at.
    pub fn stat(&self) -> io::Result<Meta> {
        self.root.seen(&self.real, |seen| &mut seen.meta, |path| fs::symlink_metadata(path).map(Meta::from))
    }

    /// What is in this directory under a name, which is not followed where it is a link.
    pub fn beside(&self, name: impl AsRef<Path>) -> Self {
        Self { root: self.root, real: self.real.join(name) }
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
        let names = match self.probed(self.entries()) {
            Probed::Known(names) => names,
            Probed::Absent => return Ok(None),
            Probed::Unreadable(why) => return Err(why),
        };
        let mut places = Vec::new();
        for Name(name, is_directory) in names {
            let name = OsString::from_vec(name.0);
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
        Ok(self.entries()?.into_iter().map(|Name(name, _)| OsString::from_vec(name.0)).collect())
    }

    /// The names in the directory, sorted.
    fn entries(&self) -> io::Result<Vec<Name>> {
        self.root.seen(&self.real, |seen| &mut seen.names, entries_bounded)
    }

    fn probed<T>(&self, result: io::Result<T>) -> Probed<T> {
        match result {
            Ok(value) => Probed::Known(value),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Probed::Absent,
            Err(e) => Probed::Unreadable(format!("{}: {}", self.host_path(), cause(&e))),
        }
    }
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let file = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(path)?;
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

fn entries_bounded(path: &Path) -> io::Result<Vec<Name>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
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
