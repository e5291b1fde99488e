//! VMDK, the format of VMware: one sparse file, or a descriptor that names its extents.
//!
//! The disk that a snapshot was made of is the layer below.

use std::io;

use super::chain::Layer;
use super::store::Store;
use super::{Below, Files, Format, Note, Place, invalid, unsupported};
pub(super) use descriptor::BEGINS;
use descriptor::Descriptor;
use extents::{Extents, Single};
use sparse_extent::SparseExtent;

mod descriptor;
mod extents;
mod sparse_extent;

/// What a sparse extent begins with.
pub(super) const MAGIC: [u8; 4] = *b"KDMV";
/// That of a sparse extent of ESX.
pub(super) const MAGIC_OF_ESX: [u8; 4] = *b"COWD";

pub(super) fn open(store: Store, place: &Place, files: &mut Files<'_>) -> io::Result<(Box<dyn Layer>, Option<Below>)> {
    let head = store.bytes_at(0, usize::try_from(store.bytes().min(512)).unwrap_or_default())?;
    if head.starts_with(&MAGIC_OF_ESX) {
        return Err(unsupported("sparse extents of ESX (COWD) are not read"));
    }
    if head.starts_with(&MAGIC) {
        return single(store, files);
    }
    if store.bytes() > descriptor::LONGEST {
        return Err(invalid(format!("a descriptor of {} bytes", store.bytes())));
    }
    let text = store.bytes_at(0, usize::try_from(store.bytes()).unwrap_or_default())?;
    let Descriptor { content_id, parent, extents } = Descriptor::parse(&text)?;
    let extents = Extents::new(extents, content_id, place.clone(), files)?;
    Ok((Box::new(extents), parent.map(Below::from)))
}

/// The name of the disk that a snapshot was made of, in the descriptor of what was written since; also where the
/// extents of that are of a type that is not read.
pub(super) fn parent(store: &Store) -> Option<String> {
    descriptor::name_of_parent(&text(store)?)
}

/// The names of the files that a descriptor says the bytes are in.
pub(super) fn names_of_extents(store: &Store) -> Vec<String> {
    text(store).map(|text| descriptor::names_of_extents(&text)).unwrap_or_default()
}

/// The descriptor: the file itself, or within it.
fn text(store: &Store) -> Option<Vec<u8>> {
    let len = usize::try_from(store.bytes().min(descriptor::LONGEST)).ok()?;
    match store.bytes_at(0, 4).ok()? {
        head if head == MAGIC => SparseExtent::open(store.clone()).ok()?.descriptor().ok()?,
        _ => store.bytes_at(0, len).ok().filter(|text| text.starts_with(BEGINS)),
    }
}

/// A sparse file with the descriptor in it.
fn single(store: Store, files: &mut Files<'_>) -> io::Result<(Box<dyn Layer>, Option<Below>)> {
    let extent = SparseExtent::open(store)?;
    // An extent of a split disk has none, or room for one.
    let text = extent.descriptor()?.filter(|text| text.starts_with(BEGINS));
    let text = text.ok_or_else(|| invalid("it is an extent of a split disk: name the file that describes the disk"))?;
    let Descriptor { content_id, parent, .. } = Descriptor::parse(&text)?;
    if extent.is_unclean() {
        files.notes.push(not_closed());
    }
    Ok((Box::new(Single { extent, content_id }), parent.map(Below::from)))
}

fn not_closed() -> Note {
    Note::NotClosed("the image was not closed: its machine is running, or was cut off".into())
}

impl From<descriptor::Parent> for Below {
    fn from(parent: descriptor::Parent) -> Self {
        Self { name: parent.name, format: Some(Format::Vmdk), content_id: Some(parent.content_id) }
    }
}
