//! VHDX, the format of Hyper-V ("VHDX Format Specification", MS-VHDX): fixed and dynamic disks.
//!
//! A disk with a log that is not empty is reported, as nothing is replayed here. So is one that has a parent.

use std::io;

use super::chain::{Layer, Part};
use super::store::Store;
use super::{invalid, unsupported};
use crate::base::units::SectorSize;
use layout::Layout;

mod layout;

pub(super) const MAGIC: [u8; 8] = *b"vhdxfile";

struct Vhdx {
    store: Store,
    layout: Layout,
}

pub(super) fn open(store: Store) -> io::Result<Box<dyn Layer>> {
    if store.bytes_at(0, MAGIC.len())? != MAGIC {
        return Err(invalid("it is no VHDX image any more"));
    }
    let layout = Layout::read(&store)?;
    Ok(Box::new(Vhdx { store, layout }))
}

impl Layer for Vhdx {
    fn bytes(&self) -> u64 {
        self.layout.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        // Of one with 512 bytes no more is known than of a raw file.
        Some(self.layout.sector).filter(|sector| *sector != SectorSize::S512)
    }

    fn read_part(&self, buf: &mut [u8], at: u64) -> io::Result<Part> {
        let Layout { block_bytes, chunk_blocks, .. } = self.layout;
        let (number, within) = (at / block_bytes, at % block_bytes);
        let len = usize::try_from(block_bytes.saturating_sub(within)).map_or(buf.len(), |rest| rest.min(buf.len()));
        let buf = buf.get_mut(..len).unwrap_or_default();
        // Behind the blocks of a chunk there is an entry for its bitmap, which only a disk with a parent uses.
        let index = number.saturating_add(number / chunk_blocks);
        let place = index.checked_mul(8).filter(|place| place.saturating_add(8) <= self.layout.table.len());
        let place = place.ok_or_else(|| invalid("a block lies beyond the block allocation table"))?;
        let entry = u64::from_le_bytes(self.store.entry(self.layout.table.start().saturating_add(place))?);
        match entry & 7 {
            0..=3 => buf.fill(0),
            6 if entry >> 20 == 0 => return Err(invalid("a block lies in the header")),
            6 => self.store.read_block(buf, entry & !0xf_ffff, within)?,
            7 => return Err(unsupported("a block is in part that of a parent")),
            state => return Err(invalid(format!("a block has the state {state}"))),
        }
        Ok(Part::Filled(len))
    }
}
