//! The clusters of a file or folder, one after the other.

use std::io;

use super::table::Next;
use super::volume::Volume;
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::damaged;
use crate::disk::filesystem::{Extent, MOST_EXTENTS};

/// Most bytes of a folder: 65536 entries (Microsoft's FAT specification, and `FAT_MAX_DIR_SIZE` of the kernel).
const LARGEST_FOLDER: u64 = 1 << 21;

/// Where the `bytes` bytes of a file lie that begins with cluster `first`.
pub(super) fn of_file(volume: &Volume, first: u32, bytes: u64) -> io::Result<Vec<Extent>> {
    let mut pieces = Pieces { bytes, found: Vec::new(), filled: 0 };
    if bytes == 0 {
        // Whatever its first cluster is: it may have been set aside for what was never written.
        return Ok(pieces.found);
    }
    // Behind its size a chain may go on: room that fallocate(2) got for it. It has to end all the same.
    follow(volume, first, &mut |cluster| pieces.add(cluster))?;
    if pieces.filled < bytes {
        let why = format!("it has {bytes} bytes, and its clusters end after {}", pieces.filled);
        return Err(damaged(why));
    }
    Ok(pieces.found)
}

/// Where the clusters of a folder lie.
pub(super) fn of_folder(volume: &Volume, first: u32) -> io::Result<Vec<Extent>> {
    let mut pieces = Pieces { bytes: u64::MAX, found: Vec::new(), filled: 0 };
    follow(volume, first, &mut |cluster| {
        pieces.add(cluster)?;
        let too_large = || damaged(format_args!("it has more than {LARGEST_FOLDER} bytes, which no folder has"));
        (pieces.filled <= LARGEST_FOLDER).then_some(()).ok_or_else(too_large)
    })?;
    Ok(pieces.found)
}

/// Pieces that are put together where one goes on where another ends.
struct Pieces {
    /// What lies behind so many bytes is of no account.
    bytes: u64,
    found: Vec<Extent>,
    filled: u64,
}

impl Pieces {
    fn add(&mut self, cluster: ByteRange) -> io::Result<()> {
        let len = cluster.len().min(self.bytes.saturating_sub(self.filled));
        if len == 0 {
            return Ok(());
        }
        let is_full = self.found.len() >= MOST_EXTENTS;
        let joined = |last: ByteRange| ByteRange::new(last.start(), last.len().saturating_add(len));
        match self.found.last_mut() {
            Some(last) if last.range.end() == cluster.start() => {
                last.range = joined(last.range).ok_or_else(|| damaged("a cluster has no end"))?;
            }
            _ if is_full => {
                return Err(damaged(format_args!("it lies in more than {MOST_EXTENTS} pieces")));
            }
            _ => {
                let range = ByteRange::new(cluster.start(), len).ok_or_else(|| damaged("a cluster has no end"))?;
                self.found.push(Extent { at: self.filled, range });
            }
        }
        self.filled = self.filled.saturating_add(len);
        Ok(())
    }
}

/// Gives each cluster of a chain to `each`, to its end.
///
/// A loop is found without a list of the clusters (Brent's method): the chain is compared with a cluster that moves up
/// whenever the steps since then have doubled.
fn follow(volume: &Volume, first: u32, each: &mut dyn FnMut(ByteRange) -> io::Result<()>) -> io::Result<()> {
    let (mut now, mut mark) = (first, first);
    let (mut steps, mut limit) = (0_u64, 1_u64);
    let place = |cluster: u32| volume.geometry.cluster(cluster);
    let mut range = place(first).ok_or_else(|| damaged(format_args!("it begins in cluster {first}, which is none")))?;
    loop {
        each(range)?;
        let why = match volume.next(now)? {
            Next::End => return Ok(()),
            Next::Cluster(next) if next == mark => format!("its clusters run in a circle at cluster {next}"),
            Next::Cluster(next) => match place(next) {
                Some(there) => {
                    (now, range) = (next, there);
                    steps = steps.saturating_add(1);
                    if steps == limit {
                        (mark, steps, limit) = (now, 0, limit.saturating_mul(2));
                    }
                    continue;
                }
                None => format!("cluster {now} leads to {next}, which is none"),
            },
            Next::Free => format!("its cluster {now} is free"),
            Next::Bad => format!("its cluster {now} is marked as bad"),
            Next::None(other) => format!("cluster {now} leads to {other}, which is none"),
        };
        return Err(damaged(why));
    }
}
