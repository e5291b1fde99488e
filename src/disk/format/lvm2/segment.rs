//! Segments of logical volumes in the metadata text, and the areas they take.

use super::fields::SECTOR;
use super::names::Names;
use super::text::{Bad, Item, Text, Value, unescape};
use super::usual;
use super::volume_group::{Area, AreaOf, LONGEST_NAME, Parts, Segment, SegmentKind};

/// Most segments of all logical volumes: far beyond what LVM2 can handle, and little memory.
const MOST_SEGMENTS: usize = 50_000;
/// Most names of other volumes that are kept, of all segments.
const MOST_WORDS: usize = 8192;
/// Most areas of all segments.
const MOST_AREAS: usize = 500_000;

/// The segments of a group as they are read: what they refer to, and how many there were.
#[derive(Default)]
pub(super) struct Segments<'t> {
    pub(super) names: Names<'t>,
    segments: usize,
    areas: usize,
    words: usize,
    /// Areas of logical volumes: their names have to exist, which shows at the end.
    pub(super) borrowed: Vec<(&'t [u8], Text<'t>)>,
    /// Names of the volumes that hold what changed since a snapshot: what users see as the snapshot.
    pub(super) snapshots: Vec<&'t [u8]>,
    /// Names of the origins into which a snapshot is merged, at their next activation or already.
    pub(super) merging: Vec<&'t [u8]>,
}

impl<'t> Segments<'t> {
    pub(super) fn read(&mut self, text: &mut Text<'t>) -> Result<Segment, Bad> {
        self.segments = self.segments.saturating_add(1);
        if self.segments > MOST_SEGMENTS {
            return Err(text.bad("too many segments"));
        }
        if self.areas < MOST_AREAS
            && let Some(segment) = usual::segment(text, &mut self.names)
        {
            self.areas = self.areas.saturating_add(1);
            return Ok(segment);
        }
        let (mut start, mut count, mut kind, mut stripes) = (None, None, None, None);
        let (mut stripe_bytes, mut areas, mut parts) = (0, Vec::new(), Parts::default());
        let (mut origin, mut merges) = (None, false);
        loop {
            match text.item()? {
                Item::Setting(b"start_extent") => start = Some(text.one_integer::<u32>()?),
                Item::Setting(b"extent_count") => count = Some(text.one_integer::<u32>()?),
                Item::Setting(b"type") => kind = Some(segment_kind(text.one_string()?)),
                Item::Setting(b"stripe_count") => stripes = Some(text.one_integer::<u32>()?),
                Item::Setting(b"stripe_size") => stripe_bytes = sectors(text)?,
                Item::Setting(b"merging_store") => {
                    text.skip_value()?;
                    merges = true;
                }
                Item::Setting(b"cow_store") => self.snapshots.push(text.one_string()?),
                // Mirrors have areas on physical volumes only while `pvmove` runs.
                Item::Setting(b"stripes" | b"mirrors") => {
                    areas.reserve(usize::try_from(stripes.unwrap_or(1)).unwrap_or(1).min(16));
                    self.areas(text, &mut areas, &mut parts.areas)?;
                }
                Item::Setting(b"raids") => parts.raid = self.raid(text)?,
                Item::Setting(b"origin") => {
                    let name = text.one_string()?;
                    origin = Some(name);
                    parts.origin = self.word(name);
                }
                Item::Setting(b"cache_pool" | b"cache_vol") => parts.cache = self.word(text.one_string()?),
                Item::Setting(b"cache_mode") => parts.cache_mode = self.word(text.one_string()?),
                Item::Setting(_) => text.skip_value()?,
                Item::Section(_) => text.skip_section()?,
                Item::End => break,
                Item::EndOfText => return Err(text.bad("the text ends within a segment")),
            }
        }
        self.merging.extend(origin.filter(|_| merges));
        let kind = kind.ok_or(text.bad("a segment without type"))?;
        let extents = count.filter(|n| *n > 0).ok_or(text.bad("a segment without extents"))?;
        if kind == SegmentKind::Striped {
            if stripes.is_none_or(|n| n == 0 || usize::try_from(n) != Ok(areas.len())) {
                return Err(text.bad("a segment with more or fewer stripes than it says"));
            }
            if stripes.is_none_or(|n| !extents.is_multiple_of(n)) {
                return Err(text.bad("a segment whose extents do not divide into its stripes"));
            }
            if areas.len() > 1 && stripe_bytes == 0 {
                return Err(text.bad("a striped segment without stripe_size"));
            }
        }
        let start_extent = start.ok_or(text.bad("a segment without start_extent"))?;
        let parts = (parts != Parts::default()).then(|| Box::new(parts));
        Ok(Segment { kind, start_extent, extents, stripe_bytes, areas, parts })
    }

    /// Names of logical volumes, for each image that of its metadata and that of its data.
    fn raid(&mut self, text: &mut Text<'t>) -> Result<Vec<String>, Bad> {
        let mut names = Vec::new();
        text.each(|at, value| {
            self.areas = self.areas.saturating_add(1);
            if self.areas > MOST_AREAS {
                return Err(at.bad("too many areas"));
            }
            // Older versions have numbers beside the names.
            if let Value::String(name) = value {
                names.extend(self.word(name));
            }
            Ok(())
        })?;
        Ok(names)
    }

    /// A name or another word, no longer than a name can be. A volume whose names are not kept is not followed.
    fn word(&mut self, string: &[u8]) -> Option<String> {
        self.words = self.words.checked_add(1).filter(|words| *words <= MOST_WORDS)?;
        let kept = string.get(..string.len().min(LONGEST_NAME)).unwrap_or_default();
        Some(String::from_utf8_lossy(kept).into_owned())
    }

    /// Pairs of a name and the first extent there.
    fn areas(&mut self, text: &mut Text<'t>, areas: &mut Vec<Area>, names: &mut Vec<String>) -> Result<(), Bad> {
        let mut name = None;
        text.each(|at, value| {
            match (name.take(), value) {
                (None, Value::String(string)) => name = Some((string, at)),
                (Some((string, named_at)), Value::Integer(start)) => {
                    let start_extent = u32::try_from(start).map_err(|_| at.bad("an extent out of range"))?;
                    let of = match self.names.find(string) {
                        Some(volume) => AreaOf::Physical(volume),
                        None => {
                            self.borrowed.push((string, named_at));
                            names.extend(self.word(string));
                            AreaOf::Logical
                        }
                    };
                    self.areas = self.areas.saturating_add(1);
                    if self.areas > MOST_AREAS {
                        return Err(at.bad("too many areas"));
                    }
                    areas.push(Area { of, start_extent });
                }
                _ => return Err(at.bad("areas are pairs of a name and an extent")),
            }
            Ok(())
        })?;
        if name.is_some() { Err(text.bad("an area without its first extent")) } else { Ok(()) }
    }
}

/// A number of sectors, in bytes.
pub(super) fn sectors(text: &mut Text<'_>) -> Result<u64, Bad> {
    let at = *text;
    text.one_integer::<u64>()?.checked_mul(SECTOR).ok_or(at.bad("a number of sectors out of range"))
}

/// A segment type; what follows a plus sign are flags of the type.
fn segment_kind(name: &[u8]) -> SegmentKind {
    let name = name.split(|b| *b == b'+').next().unwrap_or_default();
    match name {
        b"striped" | b"linear" => SegmentKind::Striped,
        other => SegmentKind::Other(unescape(other).chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()),
    }
}
