//! Upgrade ISOs: in the folder that they belong in, and where they must not be.

use std::ops::ControlFlow;

use crate::base::cause::cause;
use crate::base::digest::{Sha256, sum_of};
use crate::disk::format::iso9660;
use crate::disk::format::windows::Windows;
use crate::host::{Place, Probed, Root, glob};
use crate::io::image::Reader;
use crate::profile::Places;

/// Where its descriptors begin, in bytes.
const DESCRIPTORS: u64 = 32 << 10;
/// Bytes from there that are read: the descriptors that the reader looks at.
const READ: usize = 16 * 2048;
/// Most ISOs that are looked into.
const MOST: usize = 64;

/// The question after the sum of an ISO.
pub const SUM: &str = "SHA-256 of";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isos {
    /// Files in the folder whose name ends in `.iso`, by name.
    pub here: Vec<IsoFile>,
    /// Paths of upgrade ISOs elsewhere.
    pub misplaced: Vec<String>,
    /// Where it could not be looked, and why.
    pub not_looked_at: Vec<String>,
}

/// A file that is called an ISO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsoFile {
    /// Its path, links followed.
    pub path: String,
    /// Whether its name is that of an upgrade ISO.
    pub is_named_so: bool,
    pub bytes: u64,
    /// The volume in it; `Absent` where it holds no ISO 9660.
    pub volume: Probed<Volume>,
    /// What it sums up to, where somebody said what it should; that takes minutes, so it is not asked by itself.
    pub checksum: Option<Checksum>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    pub wanted: Sha256,
    pub found: Probed<Sha256>,
}

/// An ISO 9660 volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    pub label: Option<String>,
    /// Its size in bytes, as it says itself: a whole file has no fewer.
    pub bytes: u64,
    pub problem: Option<String>,
}

/// Looks for them. [`Probed::Absent`] where the folder is not there.
pub fn gather(root: &Root, places: &Places) -> Probed<Isos> {
    let (folder, names) = match root.folder(&places.iso_folder) {
        Probed::Known(folder) => folder,
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let mut isos = Isos { here: vec![], misplaced: vec![], not_looked_at: vec![] };
    // A name that is no text cannot be that of an ISO.
    for name in names.iter().filter_map(|name| name.to_str()) {
        if !name.to_ascii_lowercase().ends_with(".iso") {
            continue;
        }
        let looked = folder.below(name).and_then(|place| file(&place, name, places));
        match looked {
            Ok(Some(iso)) if lies_in(&iso.path, &folder) => isos.here.push(iso),
            Ok(Some(iso)) => isos.misplaced.push(iso.path),
            Ok(None) => {}
            Err(why) => isos.not_looked_at.push(why),
        }
        if isos.here.len() >= MOST {
            return Probed::Unreadable(format!("{}: it has more than {MOST} ISOs", folder.host_path()));
        }
    }
    for elsewhere in &places.iso_misplaced {
        match glob::expand(root, &format!("{elsewhere}/{}", places.iso_name)) {
            Ok(paths) => isos.misplaced.extend(paths),
            Err(why) => isos.not_looked_at.push(why),
        }
    }
    isos.misplaced.sort_unstable();
    isos.misplaced.dedup();
    Probed::Known(isos)
}

impl Isos {
    pub(super) fn compare(&mut self, root: &Root, wanted: Sha256, on: &mut dyn FnMut(u64, u64)) {
        for iso in self.here.iter_mut().filter(|iso| iso.is_named_so) {
            let mut hear = |read| {
                on(read, iso.bytes);
                ControlFlow::Continue(())
            };
            let found = root.at(&iso.path).and_then(|place| {
                let ask = || {
                    let sum = place.unkept().and_then(|file| sum_of(Reader::new(file), &mut hear));
                    sum.map_err(|e| format!("{}: {}", iso.path, cause(&e)))
                };
                place.answer(SUM, ask)?
            });
            let found = match found {
                Ok(Some(sum)) => Probed::Known(sum),
                Ok(None) => Probed::Absent,
                Err(why) => Probed::Unreadable(why),
            };
            iso.checksum = Some(Checksum { wanted, found });
        }
    }
}

fn lies_in(path: &str, folder: &Place<'_>) -> bool {
    path.rsplit_once('/').is_some_and(|(parent, _)| parent == folder.host_path())
}

/// The file at `place`; `None` where it is none.
pub(super) fn file(place: &Place<'_>, name: &str, places: &Places) -> Result<Option<IsoFile>, String> {
    match place.metadata() {
        Probed::Known(meta) if meta.is_file() => {}
        Probed::Known(_) | Probed::Absent => return Ok(None),
        Probed::Unreadable(why) => return Err(why),
    }
    let image = match place.image() {
        Ok(image) => image,
        Err(e) => return Err(format!("{}: {}", place.host_path(), cause(&e))),
    };
    let bytes = image.bytes();
    let mut part = vec![0; READ.min(usize::try_from(bytes.saturating_sub(DESCRIPTORS)).unwrap_or(READ))];
    let volume = match image.read_at(&mut part, DESCRIPTORS.min(bytes)) {
        Ok(()) => volume(bytes, &part),
        Err(e) => Probed::Unreadable(format!("{}: {}", place.host_path(), cause(&e))),
    };
    let is_named_so = glob::matches(places.iso_name.as_bytes(), name.as_bytes());
    Ok(Some(IsoFile { path: place.host_path(), is_named_so, bytes, volume, checksum: None }))
}

/// The volume of a file of `bytes` bytes, from the `part` with its descriptors.
fn volume(bytes: u64, part: &[u8]) -> Probed<Volume> {
    let windows = Windows::new(bytes).with(DESCRIPTORS, part);
    let Some(found) = iso9660::find(&windows) else { return Probed::Absent };
    Probed::Known(Volume {
        label: found.content.label,
        bytes: found.content.bytes.unwrap_or_default(),
        problem: found.problems.first().map(ToString::to_string),
    })
}
