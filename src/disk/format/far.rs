//! Where to look beyond the start and the very end of a volume.
//!
//! The caller has read [`START`] bytes at the start and [`END`] bytes at the end. What lies between is read
//! only where a format keeps the superblock that would otherwise be missed; each place is one system call.

use std::ops::Range;

/// Bytes at the start of a volume that are read before any of [`ranges`].
pub const START: u64 = 72 << 10;
/// Bytes at the end of a volume that are read before any of [`ranges`].
pub const END: u64 = 20 << 10;
/// Most ranges that a volume has.
pub const MOST: usize = 5;

/// Bytes of a ZFS label; a device has two at the start and two at the end.
pub(super) const ZFS_LABEL: u64 = 256 << 10;
/// The name-value list within a ZFS label, after boot header and blank space.
pub(super) const ZFS_NVLIST: u64 = 16 << 10;
/// The first mirror of the btrfs superblock.
pub(super) const BTRFS_MIRROR: u64 = 64 << 20;

const MD_RESERVED: u64 = 64 << 10;

/// Where an md 0.90 superblock lies: in the last whole 64 KiB but one boundary (`MD_NEW_SIZE_SECTORS`).
pub(super) fn md_0_90(volume_bytes: u64) -> Option<u64> {
    (volume_bytes & !(MD_RESERVED - 1)).checked_sub(MD_RESERVED)
}

/// Where the third and fourth ZFS label begin (`vdev_label_offset`).
pub(super) fn zfs_tail(volume_bytes: u64) -> [Option<u64>; 2] {
    let end = volume_bytes & !(ZFS_LABEL - 1);
    [end.checked_sub(2 * ZFS_LABEL), end.checked_sub(ZFS_LABEL)]
}

/// Where a DDF header may lie: in the last sector, or 256 sectors before (Adaptec).
pub(super) fn ddf(volume_bytes: u64) -> [Option<u64>; 2] {
    let sectors = volume_bytes / 512;
    [1, 257].map(|back| sectors.checked_sub(back)?.checked_mul(512))
}

/// Byte ranges of a volume that are worth a read where start and end hold nothing. Each is at most 4 KiB, lies within
/// the volume, and is not already part of what [`START`] and [`END`] cover.
pub fn ranges(volume_bytes: u64) -> [Option<Range<u64>>; MOST] {
    let [_, adaptec] = ddf(volume_bytes);
    let [third, fourth] = zfs_tail(volume_bytes).map(|label| label?.checked_add(ZFS_NVLIST));
    let wanted =
        [(Some(BTRFS_MIRROR), 4096), (third, 4096), (fourth, 4096), (adaptec, 512), (md_0_90(volume_bytes), 4096)];
    wanted.map(|(start, len)| {
        let start = start?;
        let end = start.checked_add(len)?;
        let seen = end <= START || start >= volume_bytes.saturating_sub(END);
        (end <= volume_bytes && !seen).then_some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_of_every_size_lies_within_the_volume_and_is_new() {
        let around = |n: u64| (n.saturating_sub(5000)..n + 5000).step_by(512);
        for size in [0, 512, 20 << 10, 72 << 10, 128 << 10, 1 << 20, 64 << 20, 1 << 40].into_iter().flat_map(around) {
            for range in ranges(size).into_iter().flatten() {
                assert!(range.start < range.end && range.end <= size, "{size}: {range:?}");
                assert!(range.end > START && range.start < size.saturating_sub(END), "{size}: {range:?}");
            }
        }
        assert_eq!(ranges(u64::MAX).into_iter().flatten().count(), 5);
        assert_eq!(ranges(0), [const { None }; MOST]);
    }

    #[test]
    fn the_places_are_those_that_the_formats_name() {
        let mib = 1 << 20;
        assert_eq!(md_0_90(100 * mib), Some(100 * mib - 65536));
        assert_eq!(md_0_90(100 * mib - 512), Some(100 * mib - 131_072));
        assert_eq!(md_0_90(65535), None);
        assert_eq!(zfs_tail(100 * mib + 4096), [Some(100 * mib - (512 << 10)), Some(100 * mib - (256 << 10))]);
        assert_eq!(ddf(mib), [Some(mib - 512), Some(mib - 257 * 512)]);
    }
}
