//! How much is read before the answer is "unknown".
//!
//! Images of el7 and el8 have 30 to 100 MiB, and 400 MiB unpacked.

use std::time::Duration;

pub(super) const MIB: u64 = 1 << 20;

/// Largest file.
pub(super) const MOST_BYTES: u64 = 1 << 30;
/// Most bytes of a file that are compressed streams.
pub(super) const MOST_COMPRESSED: u64 = 256 * MIB;
/// Most bytes that are unpacked of a file.
pub(super) const MOST_UNPACKED: u64 = 1 << 30;
/// Largest dictionary or window. `xz -7`, `zstd -19` and all that dracut uses need less.
pub(super) const MOST_WINDOW: u64 = 16 * MIB;
/// Most segments. A segment costs the memory of a decoder anew, and may be ten bytes short.
pub(super) const MOST_SEGMENTS: u32 = 64;
/// Of processor time, so that the answer is the same on a busy node. Streams near the other limits were measured at 11
/// (xz) and 14 seconds (bzip2): see `docs/performance.md`. Damage can make one of many tiny blocks, each of which costs
/// much more than its bytes.
pub(super) const LONGEST: Duration = Duration::from_secs(60);
