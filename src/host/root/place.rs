//! A place on a host.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::files::Files;
use super::{Root, Source};
use crate::base::cause::cause;
use crate::host::capture::{Bytes, Kind, Meta, NOT_THERE, Name, reduce};
use crate::host::probed::Probed;
use crate::io::image::Image;

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

    /// The path by which this program can open it. A capture and the disks of a powered-off node have none: nothing is
    /// at the path that they give.
    pub fn real_path(&self) -> PathBuf {
        match &self.root.source {
            Source::Folder(folder) | Source::Kept(folder, _) => folder.0.join(&self.real),
            Source::Capture(_) | Source::Disks(_) => Path::new("/dev/null").join(&self.real),
        }
    }

    /// Its type, without following a link.
    pub fn kind(&self) -> Probed<Kind> {
        self.metadata().map(|meta| meta.kind)
    }

    /// The bytes of a regular file of at most [`super::LARGEST_FILE`] bytes. Does not wait for a FIFO.
    pub fn read(&self) -> Probed<Vec<u8>> {
        let ask = |files: &dyn Files| {
            let mut bytes = files.content(&self.real)?;
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
        let ask = || match &self.root.source {
            Source::Folder(folder) | Source::Kept(folder, _) => folder.content(&self.real),
            Source::Disks(files) => files.content(&self.real),
            Source::Capture(_) => Err(io::Error::other(NOT_THERE)),
        };
        self.answer(name, || self.probed(ask().map(|bytes| judge(&bytes)))).unwrap_or_else(Probed::Unreadable)
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
    /// As [`Files::image`].
    pub fn image(&self) -> io::Result<Box<dyn Image>> {
        match &self.root.source {
            Source::Folder(folder) => folder.image(&self.real),
            Source::Kept(folder, tape) => tape.keep_image(&self.root.key(&self.real), || folder.image(&self.real)),
            Source::Capture(tape) => tape.image(&self.root.key(&self.real)),
            Source::Disks(files) => files.image(&self.real),
        }
    }

    /// The regular file here, which no capture keeps: who asks keeps an answer in its place, by [`Place::answer`].
    ///
    /// # Errors
    /// Where it is none, or cannot be opened.
    pub fn unkept(&self) -> io::Result<Box<dyn Image>> {
        match &self.root.source {
            Source::Folder(folder) | Source::Kept(folder, _) => folder.file(&self.real),
            Source::Capture(_) => Err(io::Error::other(NOT_THERE)),
            Source::Disks(files) => files.file(&self.real),
        }
    }

    /// The bytes of an attribute of sysfs: a small file directly in this directory, which the kernel gives in one read.
    ///
    /// Costs three system calls, where [`Place::below`] and [`Place::read`] cost seven: a host has thousands of
    /// attributes.
    pub fn attribute(&self, name: &str) -> Probed<Vec<u8>> {
        let plain = !name.is_empty() && !name.contains('/') && name != "." && name != "..";
        // What is kept is kept by the long way, which gives the same.
        if let (true, Source::Folder(folder)) = (plain, &self.root.source) {
            match folder.attribute(&self.real, OsStr::new(name)) {
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

    /// The metadata of the place itself (`lstat(2)`): links were followed before.
    pub fn metadata(&self) -> Probed<Meta> {
        self.probed(self.stat())
    }

    /// The same as the kernel answers it.
    ///
    /// # Errors
    /// Where there is nothing, or it may not be looked at.
    pub fn stat(&self) -> io::Result<Meta> {
        self.root.seen(&self.real, |seen| &mut seen.meta, |files| files.meta(&self.real))
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
        self.root.seen(&self.real, |seen| &mut seen.names, |files| files.names(&self.real))
    }

    fn probed<T>(&self, result: io::Result<T>) -> Probed<T> {
        match result {
            Ok(value) => Probed::Known(value),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Probed::Absent,
            Err(e) => Probed::Unreadable(format!("{}: {}", self.host_path(), cause(&e))),
        }
    }
}
