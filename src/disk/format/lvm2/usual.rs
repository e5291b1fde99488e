//! Parts of a metadata text as LVM2 itself writes them: in one order, with the same blanks
//! (`lib/format_text/export.c`).
//!
//! Where the next words are known, comparing them takes a fraction of what finding out takes. Each function reads its
//! part whole, or gives `None` and leaves the place where it was: then [`import`](super::import) and
//! [`segment`](super::segment) read it by the grammar, and all that is wrong is found there. The tests compare the two.

use super::fields::{SECTOR, dashed_id};
use super::names::Names;
use super::text::{Text, unescape};
use super::volume_group::{Area, AreaOf, LONGEST_HINT, PhysicalVolume, Segment, SegmentKind};
use crate::base::ids::Id;

#[cfg(test)]
mod tests;

/// What the text has of a group before its volumes.
pub(super) struct GroupHead {
    pub(super) uuid: Id,
    pub(super) seqno: u64,
    pub(super) extent_bytes: u64,
}

/// The start of a group that can be written and resized: its flags are `resizeable`, `read` and `write`.
pub(super) fn group_head(text: &mut Text<'_>) -> Option<GroupHead> {
    let mut at = *text;
    let uuid = id(&mut at)?;
    at.words(b"\nseqno = ")?;
    let seqno = at.digits()?;
    at.words(b"\nformat = \"lvm2\"\nstatus = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\nflags = []\nextent_size = ")?;
    let extent_bytes = sectors(&mut at)?;
    at.words(b"\nmax_lv = ")?;
    at.digits::<i64>()?;
    at.words(b"\nmax_pv = ")?;
    at.digits::<i64>()?;
    at.words(b"\nmetadata_copies = ")?;
    at.digits::<i64>()?;
    *text = at;
    Some(GroupHead { uuid, seqno, extent_bytes })
}

/// A physical volume that is there and may be used, from behind its name to its end.
pub(super) fn physical_volume(text: &mut Text<'_>) -> Option<PhysicalVolume> {
    let mut at = *text;
    let uuid = id(&mut at)?;
    at.words(b"\ndevice = \"")?;
    let hint = at.plain();
    at.words(b"\"\n\nstatus = [\"ALLOCATABLE\"]\nflags = []\ndev_size = ")?;
    let device_bytes = Some(sectors(&mut at)?);
    at.words(b"\npe_start = ")?;
    let first_extent_bytes = sectors(&mut at)?;
    at.words(b"\npe_count = ")?;
    let extents = at.digits()?;
    at.words(b"\n}")?;
    *text = at;
    let hint = hint.get(..hint.len().min(LONGEST_HINT)).unwrap_or_default();
    let device_hint = Some(unescape(hint).into_owned());
    Some(PhysicalVolume {
        uuid,
        device_hint,
        allocatable: true,
        missing: false,
        device_bytes,
        first_extent_bytes,
        extents,
    })
}

/// What the text has of a visible logical volume before its segments: its identifier, and how many segments there are.
pub(super) fn logical_head(text: &mut Text<'_>) -> Option<(Id, u32)> {
    let mut at = *text;
    let uuid = id(&mut at)?;
    at.words(b"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\ncreation_time = ")?;
    at.digits::<i64>()?;
    at.words(b"\ncreation_host = \"")?;
    at.plain();
    at.words(b"\"\nsegment_count = ")?;
    let segments = at.digits()?;
    *text = at;
    Some((uuid, segments))
}

/// A segment on one physical volume, from behind its name to its end.
pub(super) fn segment<'t>(text: &mut Text<'t>, names: &mut Names<'t>) -> Option<Segment> {
    let mut at = *text;
    at.words(b"\nstart_extent = ")?;
    let start_extent = at.digits()?;
    at.words(b"\nextent_count = ")?;
    let extents = at.digits().filter(|extents| *extents > 0)?;
    at.words(b"\n\ntype = \"striped\"\nstripe_count = 1\n\nstripes = [\n\"")?;
    let of = AreaOf::Physical(names.find(at.plain())?);
    at.words(b"\", ")?;
    let area = Area { of, start_extent: at.digits()? };
    at.words(b"\n]\n}")?;
    *text = at;
    Some(Segment { kind: SegmentKind::Striped, start_extent, extents, stripe_bytes: 0, areas: vec![area], parts: None })
}

fn id(text: &mut Text<'_>) -> Option<Id> {
    text.words(b"\nid = ")?;
    text.fixed_string(dashed_id)
}

fn sectors(text: &mut Text<'_>) -> Option<u64> {
    text.digits::<u64>()?.checked_mul(SECTOR)
}
