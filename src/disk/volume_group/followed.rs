//! A logical volume as an image over the physical volumes, wherever its bytes are surely found there.
//!
//! | type | its bytes |
//! | --- | --- |
//! | linear, striped | its areas |
//! | `raid1` | the first image that the superblocks of all images call whole (kernel `drivers/md/dm-raid.c`) |
//! | `mirror`, also that of `pvmove` | the first leg, from which the others are made |
//! | `cache` that writes through | the cached volume: the cache holds nothing else (kernel `device-mapper/cache.rst`) |
//!
//! Nothing else is followed: of a thin volume, vdo, writecache, a cache that writes back, or integrity, the bytes on
//! the physical volumes may be old or somewhere else.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use super::PvOnDisk;
use crate::base::bytes::le64;
use crate::disk::format::lvm2::volume_group::{Area, LogicalVolume, Segment, SegmentKind, VolumeGroup};
use crate::disk::{Problem, ProblemId};
use crate::io::image::{Image, Mapped, MappedSegment, MappedStripe, MappedStripes};

/// Most volumes within each other: a cached raid that is being moved has four.
const DEEPEST: u32 = 6;
/// Most volumes of a group that are looked up by name: a text can name one volume within another over and over.
const MOST_NAMED: u32 = 8192;
/// Bytes of the superblock of dm-raid that matter.
const SUPERBLOCK: usize = 48;
const MAGIC: &[u8] = b"DmRd";

/// The segments of a volume, as they are put together.
type Pieces<'i> = Vec<MappedSegment<&'i dyn Image>>;

/// The volumes of a group, and where its physical volumes are.
pub(super) struct Followed<'a, 'i> {
    group: &'a VolumeGroup,
    present: &'a [Option<PvOnDisk<'i>>],
    named: Cell<u32>,
    /// What could not be read of the superblocks of raids.
    unread: RefCell<Vec<Problem>>,
}

impl<'a, 'i> Followed<'a, 'i> {
    pub(super) fn new(group: &'a VolumeGroup, present: &'a [Option<PvOnDisk<'i>>]) -> Self {
        Self { group, present, named: Cell::new(0), unread: RefCell::default() }
    }

    /// The volume as an image; `None` where it is not followed, or a part is missing.
    pub(super) fn image(&self, volume: &LogicalVolume) -> Option<Mapped<&'i dyn Image>> {
        let mut pieces = Vec::with_capacity(volume.segments.len());
        self.pieces(volume, 0..volume.extents(), DEEPEST, &mut pieces)?;
        Mapped::new(pieces)
    }

    /// What could not be read on the way.
    pub(super) fn unread(self) -> Vec<Problem> {
        self.unread.into_inner()
    }

    fn named(&self, name: &str) -> Option<&LogicalVolume> {
        let named = self.named.get();
        self.named.set(named.checked_add(1).filter(|count| *count <= MOST_NAMED)?);
        self.group.logical_volumes.iter().find(|volume| volume.name == name)
    }

    /// Adds the extents `run` of a volume to `to`.
    fn pieces(&self, volume: &LogicalVolume, run: Range<u64>, depth: u32, to: &mut Pieces<'i>) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        for segment in &volume.segments {
            let start = u64::from(segment.start_extent);
            let end = start.checked_add(u64::from(segment.extents))?;
            let (first, last) = (run.start.max(start), run.end.min(end));
            if first < last {
                self.of_segment(segment, first.checked_sub(start)?..last.checked_sub(start)?, depth, to)?;
            }
        }
        Some(())
    }

    /// The same of a segment, counted from its start.
    fn of_segment(&self, segment: &Segment, run: Range<u64>, depth: u32, to: &mut Pieces<'i>) -> Option<()> {
        let name = match &segment.kind {
            SegmentKind::Striped => return self.striped(segment, run, depth, to),
            SegmentKind::Other(name) => name.as_str(),
        };
        match name {
            "raid1" => self.pieces(self.whole_image(segment, depth)?, run, depth, to),
            "mirror" => self.area(
                segment.areas.first()?,
                segment.parts.as_ref().and_then(|parts| parts.areas.first()),
                run,
                depth,
                to,
            ),
            "cache" if self.writes_through(segment) => {
                self.pieces(self.named(segment.parts.as_ref()?.origin.as_deref()?)?, run, depth, to)
            }
            _ => None,
        }
    }

    fn striped(&self, segment: &Segment, run: Range<u64>, depth: u32, to: &mut Pieces<'i>) -> Option<()> {
        if let [only] = segment.areas.as_slice() {
            return self.area(only, segment.parts.as_ref().and_then(|parts| parts.areas.first()), run, depth, to);
        }
        // A part of a row of stripes is not followed.
        if run != (0..u64::from(segment.extents)) {
            return None;
        }
        to.push(MappedSegment {
            bytes: u64::from(segment.extents).checked_mul(self.group.extent_bytes)?,
            stripe_bytes: segment.stripe_bytes,
            stripes: segment
                .areas
                .iter()
                .map(|area| self.stripe(area, 0))
                .collect::<Option<_>>()
                .map(MappedStripes::Many)?,
        });
        Some(())
    }

    /// The same of an area, which is on a physical volume or on the logical volume `name`.
    fn area(&self, area: &Area, name: Option<&String>, run: Range<u64>, depth: u32, to: &mut Pieces<'i>) -> Option<()> {
        if area.physical().is_some() {
            let bytes = run.end.checked_sub(run.start)?.checked_mul(self.group.extent_bytes)?;
            let stripes = MappedStripes::One(self.stripe(area, run.start)?);
            to.push(MappedSegment { bytes, stripe_bytes: 0, stripes });
            return Some(());
        }
        let first = u64::from(area.start_extent);
        self.pieces(self.named(name?)?, first.checked_add(run.start)?..first.checked_add(run.end)?, depth, to)
    }

    fn stripe(&self, area: &Area, extent: u64) -> Option<MappedStripe<&'i dyn Image>> {
        let on = area.physical()?;
        let first = self.group.physical_volumes.get(on)?.first_extent_bytes;
        let extent = u64::from(area.start_extent).checked_add(extent)?;
        let at = extent.checked_mul(self.group.extent_bytes)?.checked_add(first)?;
        Some(MappedStripe { image: self.present.get(on).copied()??.image, at })
    }

    /// Whether what is written to a cache is in its origin at once: the mode is that of its pool where it has one.
    fn writes_through(&self, segment: &Segment) -> bool {
        let Some(parts) = &segment.parts else { return false };
        let pool = parts.cache.as_deref().and_then(|name| self.named(name));
        let of_pool = pool.and_then(|pool| pool.segments.first()?.parts.as_ref()?.cache_mode.as_deref());
        let mode = parts.cache_mode.as_deref().or(of_pool);
        matches!(mode, Some("writethrough" | "passthrough"))
    }

    /// The first image of a raid1 that has all of its data.
    fn whole_image(&self, segment: &Segment, depth: u32) -> Option<&LogicalVolume> {
        let mut images = Vec::new();
        let (pairs, _) = segment.parts.as_ref()?.raid.as_chunks::<2>();
        for (place, [metadata, data]) in pairs.iter().enumerate() {
            let superblock = self.superblock(self.named(metadata)?, depth);
            images.push((place, superblock, self.named(data)?));
        }
        let known = |of: &Option<[u8; SUPERBLOCK]>| of.filter(|block| block.starts_with(MAGIC));
        let newest = images.iter().filter_map(|(_, block, _)| known(block)).max_by_key(|block| le64(block, 16).ok());
        let Some(newest) = newest else {
            // It was never active: the first image is the volume that it was made of.
            let all_read = images.iter().all(|(_, block, _)| block.is_some());
            return images.first().filter(|_| all_read).map(|(_, _, image)| *image);
        };
        let (events, failed) = (le64(&newest, 16).ok()?, le64(&newest, 24).ok()?);
        let is_whole = |place: usize, block: [u8; SUPERBLOCK]| {
            let lost =
                u32::try_from(place).ok().and_then(|place| failed.checked_shr(place)).is_none_or(|bits| bits & 1 == 1);
            !lost && le64(&block, 16) == Ok(events) && le64(&block, 32) == Ok(u64::MAX)
        };
        let whole = images.iter().find(|(place, block, _)| known(block).is_some_and(|block| is_whole(*place, block)));
        whole.map(|(_, _, image)| *image)
    }

    /// The start of the metadata of an image; `None` where it cannot be read.
    fn superblock(&self, metadata: &LogicalVolume, depth: u32) -> Option<[u8; SUPERBLOCK]> {
        let mut pieces = Vec::new();
        self.pieces(metadata, 0..metadata.extents(), depth, &mut pieces)?;
        let volume = Mapped::new(pieces)?;
        let mut start = [0; SUPERBLOCK];
        match volume.read_at(&mut start, 0) {
            Ok(()) => Some(start),
            Err(e) => {
                let message = format!("logical volume {}/{}: {e}", self.group.name, metadata.name);
                self.unread.borrow_mut().push(Problem::new(ProblemId::ReadError, message));
                None
            }
        }
    }
}
