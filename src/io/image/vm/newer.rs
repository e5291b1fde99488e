//! What was written after a snapshot: a file beside an image that lies over it.
//!
//! At a hypervisor, a snapshot leaves the disk as it was and puts what is written from then on into another file. The
//! file with the plain name is then old.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{Folder, Opened, Reach};
use super::store::Store;
use super::{Format, detect, head, qcow2, vmdk};

/// Most files of a folder that are looked at.
const MOST_FILES: usize = 4096;

/// The file in the folder of an image that lies over it: qcow2 with it as its backing file, or VMDK with it, or with the
/// disk that it is an extent of, as its parent. `None` also where the folder cannot be read, or has more than 4,096
/// files before such a one.
pub fn lies_over(image: &Path) -> Option<PathBuf> {
    let meta = fs::metadata(image).ok().filter(fs::Metadata::is_file)?;
    let id = (meta.dev(), meta.ino());
    let folder = Folder::of(image, Reach::Folder).ok()?;
    let place = image.parent().filter(|place| !place.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let others = fs::read_dir(place).ok()?.take(MOST_FILES).flatten();
    let files = others.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let names = files.map(|entry| entry.file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort_unstable();
    names.iter().find(|name| lies_on(&folder, place, name, id).unwrap_or(false)).map(|name| place.join(name))
}

/// Whether the file of this name lies on the one with the device and inode `id`.
fn lies_on(folder: &Folder, place: &Path, name: &str, id: (u64, u64)) -> Option<bool> {
    let over = folder.open(place, name).ok().filter(|over| over.id != id)?;
    let dir = over.dir.clone();
    let below = folder.open(&dir, &below(over)?).ok()?;
    if below.id == id {
        return Some(true);
    }
    let dir = below.dir.clone();
    let extents = store(below, Format::Vmdk).map(|store| vmdk::names_of_extents(&store)).unwrap_or_default();
    Some(extents.iter().any(|name| folder.open(&dir, name).is_ok_and(|extent| extent.id == id)))
}

/// The name of what lies below a file.
fn below(over: Opened) -> Option<String> {
    match detect(&head(&over.file).ok()?)? {
        Format::Qcow2 => qcow2::backing(&store(over, Format::Qcow2)?),
        Format::Vmdk => vmdk::parent(&store(over, Format::Vmdk)?),
        Format::Raw | Format::Vhdx | Format::Ova => None,
    }
}

fn store(opened: Opened, format: Format) -> Option<Store> {
    (detect(&head(&opened.file).ok()?) == Some(format)).then(|| Store::new(Arc::new(opened.file), 0, Arc::default()))
}
