//! What a disk is read from.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::probe::{Probe, Scratch, probe, probe_file, unopened};
use super::{Problem, ProblemId};
use crate::io::image::vm::{self, Format, Note, Reach};
use crate::io::image::{self, Image};

/// A disk that was opened, or why it could not be. A file may turn out to have other bytes than its disk, or several
/// disks.
pub struct Source {
    path: String,
    image: io::Result<Box<dyn Image>>,
    file: Option<Named>,
    format: Format,
    notes: Vec<Note>,
    /// The disks in it, where it is no raw image.
    within: OnceLock<Vec<Source>>,
}

/// A path that a source was opened by.
struct Named {
    /// `None` where it is the one that is shown.
    path: Option<PathBuf>,
    reach: Reach,
}

/// What was found in a source: never nothing, as what is wrong with it is the problem of a disk.
pub(super) struct Probes {
    pub(super) first: Probe,
    pub(super) more: Vec<Probe>,
}

impl Source {
    /// Opens a block device or an image file for reading.
    pub fn open(path: &Path) -> Self {
        Self::open_as(path.to_string_lossy(), path)
    }

    /// The same, shown under another path than it is opened by.
    pub fn open_as(shown: impl Into<String>, path: &Path) -> Self {
        let mut source = Self::new(shown, image::open(path).and_then(not_empty));
        let is_file = source.image.as_ref().is_ok_and(|image| image.sector_size().is_none());
        if is_file {
            // Paths as such are compared by their parts, which takes longer.
            let path = (path.as_os_str() != source.path.as_str()).then(|| path.to_path_buf());
            source.file = Some(Named { path, reach: Reach::default() });
        }
        source
    }

    /// The same, where the image may name files within `reach`.
    pub fn reaching(mut self, reach: Reach) -> Self {
        self.file = self.file.map(|named| Named { reach, ..named });
        self
    }

    /// What somebody else opened, under the path to be shown for it. Its bytes are those of a disk.
    pub fn opened(shown: impl Into<String>, image: io::Result<Box<dyn Image>>) -> Self {
        Self::new(shown, image.and_then(not_empty))
    }

    /// Of a disk opened by each of its paths: the first that gives its first sector, or else the first.
    pub fn first_to_answer(mut opened: impl ExactSizeIterator<Item = Self>) -> Option<Self> {
        let is_alone = opened.len() == 1;
        let first = opened.next()?;
        if is_alone || first.gives_its_start() {
            return Some(first);
        }
        Some(opened.find(Self::gives_its_start).unwrap_or(first))
    }

    fn gives_its_start(&self) -> bool {
        self.image.as_ref().is_ok_and(|image| image.read_at(&mut [0; 512], 0).is_ok())
    }

    /// Why it could not be opened, where it could not.
    pub fn why_not_open(&self) -> Option<&io::Error> {
        self.image.as_ref().err()
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// An image that is already open, under the path to be shown for it. Its bytes are those of a disk.
    pub fn new(path: impl Into<String>, image: io::Result<Box<dyn Image>>) -> Self {
        Self { path: path.into(), image, file: None, format: Format::Raw, notes: Vec::new(), within: OnceLock::new() }
    }

    pub(super) fn image(&self) -> Option<&dyn Image> {
        self.image.as_deref().ok()
    }

    /// The disks in it, once it was probed: itself, where it is one.
    pub(super) fn disks(&self) -> &[Self] {
        self.within.get().map_or(std::slice::from_ref(self), Vec::as_slice)
    }

    pub(super) fn probe(&self, scratch: &mut Scratch) -> Probes {
        let image = match &self.image {
            Ok(image) => image.as_ref(),
            Err(why) => return Probes { first: unopened(&self.path, why), more: Vec::new() },
        };
        let found = match &self.file {
            Some(named) => probe_file(&self.path, image, scratch).map_err(|format| (named, format)),
            None => Ok(probe(&self.path, image, scratch)),
        };
        let (named, format) = match found {
            Ok(first) => return Probes { first, more: Vec::new() },
            Err(other) => other,
        };
        let disks = self.within.get_or_init(|| self.within(named, format));
        let mut probes = disks.iter().map(|disk| disk.probe_within(scratch));
        let none = || unopened(&self.path, &io::Error::other("it has no disk"));
        Probes { first: probes.next().unwrap_or_else(none), more: probes.collect() }
    }

    fn within(&self, named: &Named, format: Format) -> Vec<Self> {
        let path = named.path.as_deref().unwrap_or(Path::new(&self.path));
        let members = vm::open(path, format, named.reach).into_iter();
        let source = |vm::Member { name, format, image, notes }| {
            let path = name.map_or_else(|| self.path.clone(), |name| format!("{}/{name}", self.path));
            Self { format, notes, ..Self::new(path, image.and_then(not_empty)) }
        };
        members.map(source).collect()
    }

    /// Probes a disk of an image.
    fn probe_within(&self, scratch: &mut Scratch) -> Probe {
        let mut found = match &self.image {
            Ok(image) => probe(&self.path, image.as_ref(), scratch),
            Err(why) => unopened(&self.path, why),
        };
        found.disk.image_type = self.format;
        found.disk.problems.extend(self.notes.iter().map(|note| match note {
            Note::Damaged(why) => Problem::new(ProblemId::ImageDamaged, why.clone()),
            Note::NotClosed(why) => Problem::new(ProblemId::ImageNotClosed, why.clone()),
        }));
        found
    }
}

/// A file that has not a byte is what a copy leaves that failed, and no blank disk.
fn not_empty(image: Box<dyn Image>) -> io::Result<Box<dyn Image>> {
    let is_file = image.sector_size().is_none();
    if is_file && image.bytes() == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "empty: 0 bytes"));
    }
    Ok(image)
}
