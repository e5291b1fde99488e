//! The file allocation table: for each cluster the one that follows it.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::geometry::FIRST_CLUSTER;
use crate::base::bytes::{le16, le32};
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::{damaged, of, short};
use crate::disk::format::vfat::bpb::Width;

/// Bytes of the table that are read at once.
const BLOCK: u64 = 4096;
/// Most blocks that are kept.
const MOST_BLOCKS: usize = 64;
/// An entry of a FAT32 has 28 bits; the others are reserved and of no account.
const FAT32_BITS: u32 = 0x0fff_ffff;

/// Fills a buffer with what is at a byte of the volume.
type Read<'r> = &'r dyn Fn(&mut [u8], u64) -> io::Result<()>;

/// What an entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Cluster(u32),
    End,
    /// The cluster is in no file.
    Free,
    /// The cluster cannot be used.
    Bad,
    /// A number that no cluster has.
    None(u32),
}

pub(super) struct Table {
    range: ByteRange,
    width: Width,
    clusters: u32,
    /// The blocks that were read last, the newest at the end.
    blocks: Mutex<Vec<(u64, Vec<u8>)>>,
}

impl Table {
    pub(super) fn new(range: ByteRange, width: Width, clusters: u32) -> Self {
        Self { range, width, clusters, blocks: Mutex::default() }
    }

    pub(super) fn next(&self, cluster: u32, read: Read<'_>) -> io::Result<Next> {
        let entry = self.entry(cluster, read)?;
        // The numbers from here on have a meaning of their own: "bad", and eight for the end of a chain.
        let bad = match self.width {
            Width::Fat12 => 0xff7,
            Width::Fat16 => 0xfff7,
            Width::Fat32 => 0x0fff_fff7,
        };
        Ok(match entry {
            0 => Next::Free,
            _ if entry == bad => Next::Bad,
            _ if entry > bad => Next::End,
            _ if entry >= FIRST_CLUSTER && entry.saturating_sub(FIRST_CLUSTER) < self.clusters => Next::Cluster(entry),
            _ => Next::None(entry),
        })
    }

    /// Whether the second entry, which is no cluster's, lacks the bit of a clean shutdown. A FAT12 has no such bit.
    pub(super) fn is_dirty(&self, read: Read<'_>) -> io::Result<bool> {
        let clean = match self.width {
            Width::Fat12 => return Ok(false),
            Width::Fat16 => 0x8000,
            Width::Fat32 => 0x0800_0000,
        };
        Ok(self.entry(1, read)? & clean == 0)
    }

    fn entry(&self, cluster: u32, read: Read<'_>) -> io::Result<u32> {
        let cluster_at = u64::from(cluster);
        let at = match self.width {
            Width::Fat12 => cluster_at.saturating_add(cluster_at / 2),
            Width::Fat16 => cluster_at.saturating_mul(2),
            Width::Fat32 => cluster_at.saturating_mul(4),
        };
        let block = self.range.start().saturating_add(at / BLOCK * BLOCK);
        let within = usize::try_from(at % BLOCK).unwrap_or(usize::MAX);
        let field = self.within_block(block, read, |bytes| match self.width {
            Width::Fat12 if cluster.is_multiple_of(2) => le16(bytes, within).map(|pair| u32::from(pair & 0xfff)),
            Width::Fat12 => le16(bytes, within).map(|pair| u32::from(pair >> 4)),
            Width::Fat16 => le16(bytes, within).map(u32::from),
            Width::Fat32 => le32(bytes, within).map(|entry| entry & FAT32_BITS),
        });
        field.and_then(|field| field.map_err(short)).map_err(of(format_args!("allocation table, cluster {cluster}")))
    }

    /// Gives the block that begins at byte `at` of the volume to `use_it`.
    fn within_block<T>(&self, at: u64, read: Read<'_>, use_it: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        match blocks.iter().rposition(|(start, _)| *start == at) {
            Some(index) => {
                let tail = blocks.get_mut(index..).unwrap_or_default();
                tail.rotate_left(usize::from(!tail.is_empty()));
            }
            None => {
                // One byte more: an entry of a FAT12 may begin with the last byte of a block.
                let len = self.range.end().saturating_sub(at).min(BLOCK.saturating_add(1));
                let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
                read(&mut bytes, at)?;
                if blocks.len() >= MOST_BLOCKS {
                    blocks.remove(0);
                }
                blocks.push((at, bytes));
            }
        }
        blocks.last().map(|(_, bytes)| use_it(bytes)).ok_or_else(|| damaged("no block"))
    }
}
