//! The extents of a disk. One that lies in a file of its own is opened when a byte of it is read.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::chain::{Layer, Part};
use super::super::folder::shortened;
use super::super::store::{Store, Stores};
use super::super::{Files, Place, invalid};
use super::descriptor::{Extent, Kind};
use super::not_closed;
use super::sparse_extent::SparseExtent;

/// The most that are open at a time.
const MOST_OPEN: usize = 8;

/// A disk in one sparse file.
pub(super) struct Single {
    pub(super) extent: SparseExtent,
    pub(super) content_id: u32,
}

impl Layer for Single {
    fn bytes(&self) -> u64 {
        self.extent.bytes()
    }

    fn content_id(&self) -> Option<u32> {
        Some(self.content_id)
    }

    fn read_part(&self, buf: &mut [u8], at: u64) -> io::Result<Part> {
        self.extent.read_part(buf, at)
    }
}

pub(super) struct Extents {
    bytes: u64,
    /// Each with the offset that it begins at, which grows.
    extents: Vec<(u64, Extent)>,
    content_id: u32,
    place: Place,
    stores: Stores,
    /// The last used one at the end.
    open: Mutex<Vec<(usize, Arc<Open>)>>,
}

enum Open {
    Flat(Store),
    Sparse(SparseExtent),
}

impl Extents {
    pub(super) fn new(parts: Vec<Extent>, content_id: u32, place: Place, files: &mut Files<'_>) -> io::Result<Self> {
        let (mut bytes, mut extents) = (0_u64, Vec::with_capacity(parts.len()));
        for extent in parts {
            let at = bytes;
            bytes = bytes.checked_add(extent.bytes).ok_or_else(|| invalid("extents that are too large"))?;
            extents.push((at, extent));
        }
        if extents.is_empty() {
            return Err(invalid("the descriptor names no extent"));
        }
        let stores = files.stores(extents.len());
        let this = Self { bytes, extents, content_id, place, stores, open: Mutex::default() };
        // A copy of the descriptor alone is no disk. The others are opened when a byte of them is read.
        let first = this.extents.iter().enumerate().find(|(_, (_, extent))| extent.kind != Kind::Zero);
        if let Some((index, (_, extent))) = first
            && let Open::Sparse(sparse) = &*this.open(index, extent)?
            && sparse.is_unclean()
        {
            files.notes.push(not_closed());
        }
        Ok(this)
    }

    fn open(&self, index: usize, extent: &Extent) -> io::Result<Arc<Open>> {
        let lock = || self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, open)) = lock().iter().find(|(other, _)| *other == index) {
            return Ok(Arc::clone(open));
        }
        let name = match &extent.kind {
            Kind::Zero => return Err(invalid("an extent without a file")),
            Kind::Flat { name, .. } | Kind::Sparse { name } => name,
        };
        let store = self.stores.store(self.place.open(name)?.file, index);
        let open = Arc::new(match &extent.kind {
            Kind::Sparse { .. } => Open::Sparse(
                SparseExtent::open(store)
                    .map_err(|why| io::Error::new(why.kind(), format!("{}: {why}", shortened(name))))?,
            ),
            _ => Open::Flat(store),
        });
        let mut all = lock();
        if all.len() >= MOST_OPEN {
            all.drain(..1);
        }
        all.push((index, Arc::clone(&open)));
        Ok(open)
    }
}

impl Layer for Extents {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn content_id(&self) -> Option<u32> {
        Some(self.content_id)
    }

    fn read_part(&self, buf: &mut [u8], at: u64) -> io::Result<Part> {
        let beyond = || invalid("no extent has this offset");
        let index = self.extents.partition_point(|(start, _)| *start <= at).checked_sub(1).ok_or_else(beyond)?;
        let (start, extent) = self.extents.get(index).ok_or_else(beyond)?;
        let within = at.saturating_sub(*start);
        let rest = extent.bytes.saturating_sub(within);
        let len = usize::try_from(rest).map_or(buf.len(), |rest| rest.min(buf.len()));
        let buf = buf.get_mut(..len).unwrap_or_default();
        if extent.kind == Kind::Zero {
            buf.fill(0);
            return Ok(Part::Filled(len));
        }
        match (&*self.open(index, extent)?, &extent.kind) {
            (Open::Flat(store), Kind::Flat { at, .. }) => {
                store.read(buf, at.checked_add(within).ok_or_else(beyond)?)?;
                Ok(Part::Filled(len))
            }
            (Open::Sparse(sparse), _) if sparse.bytes() >= extent.bytes => sparse.read_part(buf, within),
            _ => Err(invalid("an extent is shorter than the descriptor has it")),
        }
    }
}
