//! A volume with the blocks of a journal over it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::super::error::{damaged, short};
use super::descriptor::tags;
use super::head::MAGIC;
use super::log::{Kind, Log};
use super::revoked::{Revoked, each};
use super::{LOG, MOST};
use crate::base::units::{ByteRange, SectorSize};
use crate::io::image::{Image, ReadError};

/// Where the log has a block of the volume.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    block: u32,
    is_escaped: bool,
}

pub(in super::super) struct Replayed {
    volume: Arc<dyn Image>,
    log: Log,
    places: BTreeMap<u64, Place>,
}

/// The last copy of each block in the transactions before `end`, where it is not revoked.
pub(super) fn collect(log: &Log, end: u32, revoked: &Revoked, blocks: u64) -> io::Result<BTreeMap<u64, Place>> {
    let mut places = BTreeMap::new();
    each(log, end, |record, at, sequence| {
        if record.kind != Kind::Descriptor {
            return Ok(());
        }
        let tags = tags(&log.head, &record.raw).map_err(short(LOG))?;
        for (step, tag) in (1_u32..).zip(tags) {
            if revoked.has(tag.block, sequence) {
                continue;
            }
            let block = log.behind(at, step);
            if tag.block >= blocks || !tag.fits(&log.head, sequence, &log.read(block)?) {
                return Err(damaged(LOG, format!("block {block} of it is damaged, and the journal is needed")));
            }
            if places.insert(tag.block, Place { block, is_escaped: tag.is_escaped }).is_none() && places.len() > MOST {
                return Err(damaged(LOG, format!("it has more than {MOST} blocks to replay")));
            }
        }
        Ok(())
    })?;
    Ok(places)
}

impl Replayed {
    pub(super) fn new(volume: Arc<dyn Image>, log: Log, places: BTreeMap<u64, Place>) -> Self {
        Self { volume, log, places }
    }

    /// The blocks that are over the volume.
    pub(in super::super) fn count(&self) -> usize {
        self.places.len()
    }

    fn block_bytes(&self) -> u64 {
        self.log.head.block_bytes as u64
    }

    fn blocks_of(&self, start: u64, end: u64) -> impl Iterator<Item = (u64, Place)> {
        let bytes = self.block_bytes();
        let first = start.checked_div(bytes).unwrap_or_default();
        let last = end.div_ceil(bytes.max(1)).max(first);
        self.places.range(first..last).map(|(block, place)| (*block, *place))
    }
}

impl Image for Replayed {
    fn bytes(&self) -> u64 {
        self.volume.bytes()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.volume.sector_size()
    }

    fn is_hole(&self, range: ByteRange) -> bool {
        self.blocks_of(range.start(), range.end()).next().is_none() && self.volume.is_hole(range)
    }

    fn will_need(&self, range: ByteRange) {
        self.volume.will_need(range);
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        self.volume.read_at(buf, at)?;
        let len = buf.len();
        let end = at.saturating_add(len as u64);
        for (block, place) in self.blocks_of(at, end) {
            let start = block.saturating_mul(self.block_bytes());
            let (from, to) = (start.max(at), start.saturating_add(self.block_bytes()).min(end));
            let index = |place: u64| usize::try_from(place.saturating_sub(at)).unwrap_or(usize::MAX);
            let Some(part) = buf.get_mut(index(from)..index(to)) else { continue };
            let within = from.saturating_sub(start);
            self.log.part(place.block, within, part).map_err(|source| ReadError { at: from, len, source })?;
            if place.is_escaped {
                let magic = MAGIC.to_be_bytes();
                let skipped = usize::try_from(within).unwrap_or(usize::MAX);
                part.iter_mut().zip(magic.iter().skip(skipped)).for_each(|(byte, magic)| *byte = *magic);
            }
        }
        Ok(())
    }
}
