//! The smallest disk that gives a volume group the extents it lacks.

use crate::base::units::{Bytes, MIB, SectorSize, TIB};

/// Where the first partition of a new disk begins, and how much of a new physical volume its metadata takes: 1 MiB
/// each.
const PARTITION_START: u64 = MIB;
const PV_DATA_START: u64 = MIB;
/// What a GPT takes at the end: its backup is shorter, but the tools end a partition at a whole MiB.
const GPT_END: u64 = MIB;

/// Bytes of the smallest disk whose one partition gives a volume group `extents` more extents of `extent_bytes` bytes.
///
/// The partition begins at 1 MiB and the physical volume keeps its first 1 MiB. Beyond 2 TiB the table is a GPT, whose
/// backup lies in the last MiB. A disk is a whole number of sectors. `None` beyond 2^64.
///
/// ```
/// use okv_host::base::units::{Bytes, SectorSize, GIB, MIB};
/// use okv_host::disk::smallest_disk;
/// // A 60 GiB disk is one extent short of 60 GiB.
/// assert_eq!(smallest_disk(1920, 32 * MIB, SectorSize::S512), Some(Bytes(60 * GIB + 2 * MIB)));
/// ```
pub fn smallest_disk(extents: u64, extent_bytes: u64, sector: SectorSize) -> Option<Bytes> {
    let data = extents.checked_mul(extent_bytes)?.checked_add(PARTITION_START)?.checked_add(PV_DATA_START)?;
    let bytes = if data > 2 * TIB { data.checked_add(GPT_END)? } else { data };
    bytes.checked_next_multiple_of(sector.bytes()).map(Bytes)
}
