//! qcow2, the format of QEMU: versions 2 and 3.
//!
//! The state that is read is that of the running machine; snapshots within the image lie beside it. A backing file is
//! the layer below.

use std::io;

use super::chain::{Layer, Part};
use super::folder::Opened;
use super::store::Store;
use super::unpack::{Method, unpack};
use super::{Below, Files, Format, Note, Place as Folder, invalid, unsupported, within};
use header::Header;
pub(super) use header::MAGIC;
use map::{Place, place};

mod header;
mod map;

struct Qcow2 {
    header: Header,
    store: Store,
    /// The external data file.
    data: Option<Store>,
}

/// Reads the header of `store`; what is below it is opened by the caller.
pub(super) fn open(
    store: Store,
    folder: &Folder,
    files: &mut Files<'_>,
) -> io::Result<(Box<dyn Layer>, Option<Below>)> {
    let header = Header::read(&store)?;
    if header.is_corrupt {
        files.notes.push(Note::Damaged("the image is marked as corrupt. Run: qemu-img check".into()));
    }
    if header.is_dirty {
        let note = "the image was not closed: its machine is running, or was cut off";
        files.notes.push(Note::NotClosed(note.into()));
    }
    let data = match header.data_file.as_deref() {
        None => None,
        Some("") => return Err(invalid("its external data file has no name")),
        Some(name) => {
            let Opened { file, .. } = folder.open(name).map_err(|why| within("data file", &why))?;
            Some(files.store(file))
        }
    };
    let below = match &header.backing {
        Some(name) => {
            Some(Below { name: name.clone(), format: format(header.backing_format.as_deref())?, content_id: None })
        }
        None => None,
    };
    Ok((Box::new(Qcow2 { header, store, data }), below))
}

/// The name of the backing file, also where the rest of the header is not understood.
pub(super) fn backing(store: &Store) -> Option<String> {
    header::name_of_backing(store)
}

/// The name of the external data file.
pub(super) fn data_file(store: &Store) -> Option<String> {
    Header::read(store).ok()?.data_file
}

/// What the header has of the backing file's format: a file that is raw must not be taken for another one, whatever a
/// guest has written into it.
fn format(word: Option<&str>) -> io::Result<Option<Format>> {
    match word {
        None | Some("") => Ok(None),
        Some("raw" | "file" | "host_device") => Ok(Some(Format::Raw)),
        Some("qcow2") => Ok(Some(Format::Qcow2)),
        Some("vmdk") => Ok(Some(Format::Vmdk)),
        Some("vhdx") => Ok(Some(Format::Vhdx)),
        Some(other) => {
            let other: String = other.chars().take(40).collect();
            Err(unsupported(format!("a backing file of the format \"{other}\" is not read")))
        }
    }
}

impl Qcow2 {
    /// Fills `buf` from byte `within` of a packed cluster.
    fn read_packed(&self, buf: &mut [u8], (at, len): (u64, u64), within: u64) -> io::Result<()> {
        let size = 1_usize << self.header.cluster_bits;
        let unpacked = self.store.unpacked(at, || {
            // Its length is that of whole sectors, and the file may end before.
            let there = self.store.bytes().saturating_sub(at);
            let len = len.min(there).min((size as u64).saturating_mul(2).saturating_add(512));
            let packed = self.store.bytes_at(at, usize::try_from(len).unwrap_or_default())?;
            unpack(if self.header.is_zstd { Method::Zstd } else { Method::Deflate }, &packed, size)
        })?;
        let from = usize::try_from(within).unwrap_or(usize::MAX);
        let part = unpacked.get(from..).and_then(|rest| rest.get(..buf.len()));
        buf.copy_from_slice(part.ok_or_else(|| invalid("a compressed cluster is too short"))?);
        Ok(())
    }
}

impl Layer for Qcow2 {
    fn bytes(&self) -> u64 {
        self.header.bytes
    }

    fn read_part(&self, buf: &mut [u8], at: u64) -> io::Result<Part> {
        let (place, rest) = place(&self.store, &self.header, at)?;
        let len = usize::try_from(rest).map_or(buf.len(), |rest| rest.min(buf.len()));
        let buf = buf.get_mut(..len).unwrap_or_default();
        let within = at & (1_u64 << self.header.cluster_bits).saturating_sub(1);
        match place {
            Place::Below => return Ok(Part::Below(len)),
            Place::Zero => buf.fill(0),
            Place::At(cluster) => self.data.as_ref().unwrap_or(&self.store).read_block(buf, cluster, within)?,
            Place::Packed { at, len } => self.read_packed(buf, (at, len), within)?,
        }
        Ok(Part::Filled(len))
    }
}
