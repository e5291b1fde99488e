//! Whole disks in memory: the states of both copies, what decides between GPT and MBR, and damage everywhere.

use super::*;
use crate::built_tables::{BIOS_BOOT, ESP, Gpt, GptEntry, LINUX, chain, mbr};
use crate::disk::{Flag, PartitionType, guid};
use crate::io::image::{Faulty, Memory, Recording};

mod damage;
mod gpt_copies;
mod mbr_chain;
mod sector_sizes;
mod which_table;

/// Reads as a caller does: edges first, 512 bytes at a time where the medium fails.
fn read_image(image: &dyn Image) -> Reading {
    let mut bad = Vec::new();
    let mut edge = |at: u64, len: u64| {
        let mut bytes = vec![0; len as usize];
        if image.read_at(&mut bytes, at).is_err() {
            for (i, block) in bytes.chunks_mut(512).enumerate() {
                let at = at + 512 * i as u64;
                if image.read_at(block, at).is_err() {
                    block.fill(0);
                    bad.extend(ByteRange::new(at, block.len() as u64));
                }
            }
        }
        bytes
    };
    let size = image.bytes();
    let head = edge(0, size.min(HEAD));
    let tail = edge(size.saturating_sub(TAIL), size.min(TAIL));
    read(image, &Edges { head: &head, tail: &tail, bad: &bad })
}

fn read_bytes(bytes: Vec<u8>) -> Reading {
    read_image(&Memory::new(bytes))
}

/// A disk of 4 MiB with an ESP, a BIOS boot partition and, in slot 9, data.
fn usual(sector: usize) -> Gpt {
    let sectors = (4 << 20) / sector as u64;
    Gpt::new(sector, sectors)
        .with(GptEntry::new(0, ESP, 64, 99))
        .with(GptEntry::new(1, BIOS_BOOT, 100, 109))
        .with(GptEntry::new(9, LINUX, 110, 499))
}

fn states(reading: &Reading) -> (TableKind, CopyState, CopyState) {
    (reading.table.kind, reading.table.primary, reading.table.backup)
}

/// Numbers, starts and lengths in sectors of 512 bytes.
fn places(reading: &Reading) -> Vec<(u32, u64, u64)> {
    reading.partitions.iter().map(|p| (p.number, p.start_bytes / 512, p.bytes / 512)).collect()
}

fn problem_ids(reading: &Reading) -> Vec<ProblemId> {
    reading.problems.iter().map(|p| p.id).collect()
}

fn has_problem(reading: &Reading, id: ProblemId, text: &str) -> bool {
    reading.problems.iter().any(|p| p.id == id && p.message.contains(text))
}
