//! Disks of virtual machines: images whose bytes lie in another order than on the disk, or in several files.
//!
//! A format is detected by its first bytes ([`detect`]), never by a name. What it names (a backing file, an extent) is
//! opened only below the folder of the image (`folder`), unless [`Reach::Anywhere`]. Tables are read an entry at a
//! time, when a byte is wanted that they map; what an image claims decides neither memory nor how many files are open.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::{File, Image};
use cache::Cache;
use chain::{Chain, Layer, Raw};
pub use folder::Reach;
use folder::{Folder, Opened};
pub use newer::{lies_over, parts};
use store::{Store, Stores};

mod cache;
mod chain;
mod folder;
mod newer;
mod ova;
mod qcow2;
mod store;
mod tar;
mod unpack;
mod vhdx;
mod vmdk;

/// How the bytes of a disk lie in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// As on the disk: a device, or a file of its bytes.
    #[default]
    Raw,
    Qcow2,
    Vmdk,
    Vhdx,
    /// An archive whose disks could not be found.
    Ova,
}

impl Format {
    pub fn word(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Qcow2 => "qcow2",
            Self::Vmdk => "vmdk",
            Self::Vhdx => "vhdx",
            Self::Ova => "ova",
        }
    }
}

/// What is not in order with an image that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    Damaged(String),
    /// Whoever wrote it has not closed it: it is in use, or was cut off.
    NotClosed(String),
}

/// A disk in a file.
pub struct Member {
    /// Its name within an archive.
    pub name: Option<String>,
    pub format: Format,
    pub image: io::Result<Box<dyn Image>>,
    pub notes: Vec<Note>,
}

/// The most files that lie over one another.
const MOST_LAYERS: usize = 64;

/// The bytes that show a format.
const HEAD: usize = 512;

/// The format that a file begins with, where it is not raw.
///
/// A guest can write the header of a format to its raw disk, and name other files in it. So a disk with a partition
/// table or a label of LVM2 in its first sectors is raw: no image format has these there.
#[inline]
pub fn detect(head: &[u8]) -> Option<Format> {
    by_magic(head).filter(|_| !is_disk(head))
}

fn is_disk(head: &[u8]) -> bool {
    let has = |at: usize, what: &[u8]| head.get(at..).is_some_and(|head| head.starts_with(what));
    has(510, &[0x55, 0xaa])
        || [512, 4096].iter().any(|at| has(*at, b"EFI PART"))
        || (0..4).any(|sector| has(sector * 512, b"LABELONE"))
}

#[inline]
fn by_magic(head: &[u8]) -> Option<Format> {
    match head.first_chunk() {
        Some(&qcow2::MAGIC) => Some(Format::Qcow2),
        Some(&(vmdk::MAGIC | vmdk::MAGIC_OF_ESX)) => Some(Format::Vmdk),
        Some(b"# Di") if head.starts_with(vmdk::BEGINS) => Some(Format::Vmdk),
        Some(b"vhdx") if head.starts_with(&vhdx::MAGIC) => Some(Format::Vhdx),
        Some(_) if ova::is_ova(head) => Some(Format::Ova),
        _ => None,
    }
}

/// The disks in the file at `path`, which begins like `format`.
pub fn open(path: &Path, format: Format, reach: Reach) -> Vec<Member> {
    if format == Format::Ova {
        return ova::open(path);
    }
    let mut notes = Vec::new();
    let image = chain(path, format, reach, &mut notes);
    vec![Member { name: None, format, image, notes }]
}

fn chain(path: &Path, format: Format, reach: Reach, notes: &mut Vec<Note>) -> io::Result<Box<dyn Image>> {
    let folder = Arc::new(Folder::of(path, reach)?);
    let opened = folder.open_first(path)?;
    let mut files = Files { cache: Arc::default(), opened: 0, notes };
    let place = Place { folder: Some(folder), dir: opened.dir.clone() };
    let first = First::of(opened, &mut files);
    layers(place, first, format, &mut files)
}

/// Where a name in an image is looked for.
#[derive(Clone)]
struct Place {
    /// `None` within an archive.
    folder: Option<Arc<Folder>>,
    /// The folder of the file that has the name.
    dir: PathBuf,
}

impl Place {
    fn within_archive() -> Self {
        Self { folder: None, dir: PathBuf::new() }
    }

    fn open(&self, name: &str) -> io::Result<Opened> {
        match &self.folder {
            Some(folder) => folder.open(&self.dir, name),
            None => Err(unsupported("it names another file, which is not looked for in an archive")),
        }
    }
}

/// What all files of a disk share.
struct Files<'n> {
    cache: Arc<Cache>,
    opened: u32,
    notes: &'n mut Vec<Note>,
}

impl Files<'_> {
    fn next(&mut self) -> u32 {
        self.opened = self.opened.saturating_add(1);
        self.opened
    }

    fn store(&mut self, file: File) -> Store {
        Store::new(Arc::new(file), self.next(), Arc::clone(&self.cache))
    }

    /// Of so many files that are opened later.
    fn stores(&mut self, count: usize) -> Stores {
        let first = self.opened.saturating_add(1);
        self.opened = self.opened.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        Stores { cache: Arc::clone(&self.cache), first }
    }
}

/// The file that has what another one lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Below {
    name: String,
    /// Its format, where the file above tells it.
    format: Option<Format>,
    /// What the file above knows it by.
    content_id: Option<u32>,
}

/// A file that is read first, or from then on.
struct First {
    store: Store,
    shown: String,
    /// Device and inode.
    id: (u64, u64),
}

impl First {
    fn of(opened: Opened, files: &mut Files<'_>) -> Self {
        Self { shown: opened.shown(), id: opened.id, store: files.store(opened.file) }
    }
}

/// Opens a file and all below it.
fn layers(mut place: Place, mut file: First, mut format: Format, files: &mut Files<'_>) -> io::Result<Box<dyn Image>> {
    let (mut layers, mut seen, mut content_id) = (Vec::<Box<dyn Layer>>::new(), Vec::new(), None);
    loop {
        let First { store, shown, id } = file;
        if seen.contains(&id) {
            return Err(invalid(format!("the chain of backing files runs in a circle at {shown}")));
        }
        if layers.len() >= MOST_LAYERS {
            return Err(invalid(format!("more than {MOST_LAYERS} files lie over one another")));
        }
        seen.push(id);
        let (layer, below) = layer(store, format, &place, files).map_err(|why| within(&shown, &why))?;
        if content_id.is_some() && content_id != layer.content_id() {
            return Err(invalid(format!("{shown} was written after the file above it was made")));
        }
        layers.push(layer);
        let Some(below) = below else { break };
        content_id = below.content_id;
        let opened = place.open(&below.name)?;
        format = match below.format {
            Some(format) => format,
            None => detect(&head(&opened.file)?).unwrap_or_default(),
        };
        place.dir.clone_from(&opened.dir);
        file = First::of(opened, files);
    }
    Ok(Box::new(Chain::new(layers)))
}

fn layer(
    store: Store,
    format: Format,
    place: &Place,
    files: &mut Files<'_>,
) -> io::Result<(Box<dyn Layer>, Option<Below>)> {
    match format {
        Format::Raw => Ok((Box::new(Raw(store)), None)),
        Format::Qcow2 => qcow2::open(store, place, files),
        Format::Vmdk => vmdk::open(store, place, files),
        Format::Vhdx => Ok((vhdx::open(store)?, None)),
        Format::Ova => Err(unsupported("it is an archive, and no disk")),
    }
}

fn head(image: &dyn Image) -> io::Result<Vec<u8>> {
    let len = usize::try_from(image.bytes()).map_or(HEAD, |bytes| bytes.min(HEAD));
    let mut head = vec![0; len];
    image.read_at(&mut head, 0).map_err(|why| why.source)?;
    Ok(head)
}

fn invalid(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

fn unsupported(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, why.into())
}

/// `why`, with the file that it is about.
fn within(file: &str, why: &io::Error) -> io::Error {
    io::Error::new(why.kind(), format!("{file}: {}", crate::base::cause::cause(why)))
}
