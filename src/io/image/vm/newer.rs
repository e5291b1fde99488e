//! What was written after a snapshot: a file beside an image that lies over it.
//!
//! At a hypervisor, a snapshot leaves the disk as it was and puts what is written from then on into another file. The
//! file with the plain name is then old. Names in a copy may be those of where it was copied from: where such a name
//! leads nowhere, the file of that name beside it is meant.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{Folder, Reach};
use super::store::Store;
use super::{Format, detect, head, qcow2, vmdk};

/// Most files of a folder that are looked at.
const MOST_FILES: usize = 4096;

/// Device and inode.
type Id = (u64, u64);

/// The file in the folder of an image that lies over it: qcow2 or VMDK, with it as backing file or parent, or with the
/// disk that it is an extent or the data file of. `None` also where the folder cannot be read, or has more than 4,096
/// files before such a one.
pub fn lies_over(image: &Path) -> Option<PathBuf> {
    let id = id(image)?;
    let real = fs::canonicalize(image).ok()?;
    let (named, own) = (folder_of(image), folder_of(&real));
    over_in(named, id).or_else(|| (fs::canonicalize(named).ok()? != own).then(|| over_in(own, id))?)
}

/// The files that have the bytes of an image: the extents of VMDK, the data file of qcow2. None where it has its own.
pub fn parts(image: &Path) -> Vec<PathBuf> {
    let names = match open(image) {
        Some((Format::Qcow2, store)) => qcow2::data_file(&store).into_iter().collect(),
        Some((Format::Vmdk, store)) => vmdk::names_of_extents(&store),
        _ => Vec::new(),
    };
    names.iter().filter_map(|name| beside(folder_of(image), name)).collect()
}

fn over_in(place: &Path, id_of_image: Id) -> Option<PathBuf> {
    let names = fs::read_dir(place).ok()?.take(MOST_FILES).flatten().map(|entry| entry.file_name());
    let mut others: Vec<PathBuf> = names.map(|name| place.join(name)).collect();
    others.sort_unstable();
    // Each disk below is asked once for its parts, however many snapshots it has.
    let mut known: HashMap<PathBuf, bool> = HashMap::new();
    let is_it = |path: &Path| id(path) == Some(id_of_image);
    others.into_iter().find(|over| {
        let below = if is_it(over) { None } else { below(over).and_then(|name| beside(place, &name)) };
        below.is_some_and(|below| {
            is_it(&below) || *known.entry(below.clone()).or_insert_with(|| parts(&below).iter().any(|part| is_it(part)))
        })
    })
}

/// The file that a name in an image means.
fn beside(place: &Path, name: &str) -> Option<PathBuf> {
    let name = Path::new(name.strip_prefix("file:").unwrap_or(name));
    let candidates = [Some(place.join(name)), name.file_name().map(|name| place.join(name))];
    candidates.into_iter().flatten().find(|path| id(path).is_some())
}

/// The name of what lies below a file.
fn below(over: &Path) -> Option<String> {
    match open(over)? {
        (Format::Qcow2, store) => qcow2::backing(&store),
        (Format::Vmdk, store) => vmdk::parent(&store),
        _ => None,
    }
}

fn open(path: &Path) -> Option<(Format, Store)> {
    id(path)?;
    let opened = Folder::of(path, Reach::Folder).ok()?.open_first(path).ok()?;
    let format = detect(&head(&opened.file).ok()?)?;
    Some((format, Store::new(Arc::new(opened.file), 0, Arc::default())))
}

/// `None` of what is no regular file.
fn id(path: &Path) -> Option<Id> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|meta| (meta.dev(), meta.ino()))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|place| !place.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
