//! OVA: a tar archive whose first file describes a machine, and whose others are its disks. They are read in place.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::folder::{Folder, Reach};
use super::store::Store;
use super::tar::{Entry, Found, begins_with, entries};
use super::{File, Files, First, Format, Member, Place, detect, invalid, layers, unsupported};

/// What the name of the first file ends with.
const FIRST: &str = ".ovf";
const MOST_DISKS: usize = 64;

/// Its first file is the description, or attributes of that.
pub(super) fn is_ova(head: &[u8]) -> bool {
    begins_with(head, FIRST)
}

/// The disks in the archive at `path`, in its order.
pub(super) fn open(path: &Path) -> Vec<Member> {
    let opened = Folder::of(path, Reach::Folder).and_then(|folder| folder.open_first(path));
    match opened {
        Ok(opened) => disks(opened.file),
        Err(why) => vec![failed(why)],
    }
}

fn disks(file: File) -> Vec<Member> {
    let mut none = Vec::new();
    let mut files = Files { cache: Arc::default(), opened: 0, notes: &mut none };
    let archive = files.store(file);
    let Found { entries, damage } = entries(&archive);
    let mut disks: Vec<Member> =
        entries.into_iter().filter_map(|entry| disk(&archive, entry, &mut files)).take(MOST_DISKS + 1).collect();
    let why = match disks.len() {
        0 => Some(invalid("there is no disk in the archive")),
        len if len > MOST_DISKS => Some(invalid(format!("more than {MOST_DISKS} disks in the archive"))),
        _ => None,
    };
    disks.truncate(MOST_DISKS);
    disks.extend(damage.or(why).map(failed));
    disks
}

/// What cannot be read of the archive itself.
fn failed(why: io::Error) -> Member {
    Member { name: None, format: Format::Ova, image: Err(why), notes: Vec::new() }
}

/// The disk in a file of the archive; `None` where it is something else, such as the description.
fn disk(archive: &Store, entry: Entry, files: &mut Files<'_>) -> Option<Member> {
    let mut notes = Vec::new();
    if entry.is_sparse {
        let image = Err(unsupported("it is stored with its holes left out (tar --sparse)"));
        let is_disk = is_named_like_a_disk(&entry.name);
        return is_disk.then_some(Member { name: Some(entry.name), format: Format::Raw, image, notes });
    }
    let mut files = Files { cache: Arc::clone(&files.cache), opened: files.next(), notes: &mut notes };
    let part = archive.part(entry.at, entry.bytes, files.opened);
    let head = part.bytes_at(0, usize::try_from(part.bytes().min(512)).ok()?);
    let is_disk_or_packed = entry.name.ends_with(".gz") || is_named_like_a_disk(&entry.name);
    let (format, image) = match head {
        Err(why) => is_named_like_a_disk(&entry.name).then_some((Format::Raw, Err(why)))?,
        Ok(head) if head.starts_with(&[0x1f, 0x8b]) && is_disk_or_packed => {
            (Format::Raw, Err(unsupported("the disk is compressed as a whole (gzip)")))
        }
        Ok(head) => {
            let format = match detect(&head) {
                Some(Format::Ova) => return None,
                Some(format) => format,
                None if is_named_like_a_disk(&entry.name) => Format::Raw,
                None => return None,
            };
            let first = First { store: part, shown: entry.name.clone(), id: (0, 0) };
            (format, layers(Place::within_archive(), first, format, &mut files))
        }
    };
    Some(Member { name: Some(entry.name), format, image, notes })
}

fn is_named_like_a_disk(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".vmdk", ".img", ".raw", ".qcow2", ".vhdx", ".vhd"].iter().any(|suffix| name.ends_with(suffix))
}
