//! The picture of a disk: its partitions and gaps as boxes in one line.

use super::text::{Columns, cut, padded};
use crate::disk::{Disk, Partition};

/// Narrowest box, without its borders: a number of two digits.
const NARROWEST: usize = 2;

/// A partition, or a gap between two.
pub(super) struct Piece<'d> {
    pub(super) partition: Option<&'d Partition>,
    pub(super) bytes: u64,
}

impl Piece<'_> {
    fn label(&self) -> String {
        match self.partition {
            Some(partition) => format!("{} {}", partition.number, partition.content.word()),
            None => ".".repeat(200),
        }
    }
}

/// One line such as `|1 vfat |2 ext4 |3 lvm2-pv                 |..|`, or none where the disk has no partitions or too
/// many.
pub(super) fn picture(disk: &Disk, columns: Columns) -> Option<String> {
    let columns = columns.count();
    let pieces = pieces(disk);
    let most = columns.saturating_sub(3) / (NARROWEST + 1);
    if pieces.is_empty() || pieces.len() > most {
        return None;
    }
    let borders = pieces.len() + 1;
    let room = columns.saturating_sub(2 + borders);
    let spare = room.saturating_sub(pieces.len() * NARROWEST);
    // The square root keeps a /boot of 500 MB visible beside terabytes; order and rank stay true.
    let weights: Vec<u64> = pieces.iter().map(|p| p.bytes.isqrt()).collect();
    let total: u128 = weights.iter().map(|w| u128::from(*w)).sum::<u128>().max(1);
    let (mut line, mut used, mut seen) = (String::from("  |"), 0, 0_u128);
    for (piece, weight) in pieces.iter().zip(weights) {
        seen += u128::from(weight);
        let until = usize::try_from(seen * spare as u128 / total).unwrap_or(spare);
        let width = NARROWEST + until.saturating_sub(used);
        used = until.max(used);
        line.push_str(&padded(&cut(&piece.label(), width), width));
        line.push('|');
    }
    Some(line)
}

/// Partitions in the order of their place, with the gaps of 2 MiB and more between them; extended ones are left out for
/// what is in them.
pub(super) fn pieces(disk: &Disk) -> Vec<Piece<'_>> {
    let mut parts: Vec<_> = disk.partitions.iter().filter(|p| !p.kind.is_extended()).collect();
    parts.sort_by_key(|p| p.start_bytes);
    let mut pieces = Vec::new();
    let mut at = 0_u64;
    for part in &parts {
        gap(&mut pieces, at, part.start_bytes);
        pieces.push(Piece { partition: Some(part), bytes: part.bytes });
        at = at.max(part.start_bytes.saturating_add(part.bytes));
    }
    if !parts.is_empty() {
        gap(&mut pieces, at, disk.bytes);
    }
    pieces
}

fn gap(pieces: &mut Vec<Piece<'_>>, from: u64, to: u64) {
    let bytes = to.saturating_sub(from);
    if bytes >= 2 << 20 {
        pieces.push(Piece { partition: None, bytes });
    }
}
