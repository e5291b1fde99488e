//! From the metadata text straight into a [`VolumeGroup`], section by section.

use super::parse_id;
use super::text::{Bad, Item, Text, Value, unescape};
use super::volume_group::{Area, AreaOf, LogicalVolume, PhysicalVolume, Segment, SegmentKind, VolumeGroup};
use crate::ids::Id;

/// LVM2 counts in sectors of 512 bytes, whatever the devices have.
const SECTOR: u64 = 512;
/// Longest name of a group or logical volume (`NAME_LEN` less its NUL).
const LONGEST_NAME: usize = 127;
/// Most physical, and most logical volumes: far beyond what LVM2 can handle, and little memory.
const MOST_VOLUMES: usize = 100_000;
/// Most areas of all segments.
const MOST_AREAS: usize = 500_000;
/// Most words of a group's status.
const MOST_FLAGS: usize = 32;

/// Reads the whole text: a group, and beside it what says that this is metadata.
pub(super) fn volume_group(text: &[u8]) -> Result<VolumeGroup, Bad> {
    let mut text = Text::new(text);
    let (mut group, mut is_metadata, mut version) = (None, false, None);
    // What follows these three, if LVM2 wrote the text, is a description of who wrote it.
    while group.is_none() || !is_metadata || version.is_none() {
        match text.item()? {
            Item::Section(name) if group.is_none() => {
                group = Some(Import::default().group(&mut text, name)?);
            }
            Item::Section(_) => return Err(text.bad("a second volume group")),
            Item::Setting(b"contents") => is_metadata = text.one_string()? == b"Text Format Volume Group",
            Item::Setting(b"version") => version = Some(text.one_integer::<i64>()?),
            Item::Setting(_) => text.skip_value()?,
            Item::End => return Err(text.bad("\"}\" without a section")),
            Item::EndOfText => break,
        }
    }
    match (group, is_metadata, version) {
        (Some(group), true, Some(1)) => Ok(group),
        (None, ..) => Err(text.bad("no volume group")),
        (_, false, _) => Err(text.bad("its contents are not \"Text Format Volume Group\"")),
        _ => Err(text.bad("not version 1 of the text format")),
    }
}

/// What is remembered while a group is read.
#[derive(Default)]
struct Import<'t> {
    names: Names<'t>,
    areas: usize,
    /// Areas of logical volumes: their names have to exist, which shows at the end.
    borrowed: Vec<(&'t [u8], Text<'t>)>,
    /// Names of the volumes that hold what changed since a snapshot: what users see as the snapshot.
    snapshots: Vec<&'t [u8]>,
}

impl<'t> Import<'t> {
    fn group(mut self, text: &mut Text<'t>, name: &'t [u8]) -> Result<VolumeGroup, Bad> {
        let name = volume_name(text, name)?;
        let (mut uuid, mut seqno, mut extent_bytes, mut flags) = (None, None, None, Vec::new());
        let (mut physical, mut logical, mut early) = (None, None, None);
        loop {
            match text.item()? {
                Item::Setting(b"id") => uuid = Some(id(text)?),
                Item::Setting(b"seqno") => seqno = Some(text.one_integer::<u64>()?),
                Item::Setting(b"extent_size") => extent_bytes = Some(sectors(text)?),
                Item::Setting(b"status" | b"flags") => words(text, |word| {
                    if flags.len() < MOST_FLAGS && !word.is_empty() {
                        flags.push(unescape(word).to_ascii_lowercase());
                    }
                })?,
                Item::Section(b"physical_volumes") if physical.is_none() => physical = Some(self.physical(text)?),
                Item::Section(b"logical_volumes") if logical.is_none() && early.is_none() => {
                    if physical.is_some() {
                        logical = Some(self.logical(text)?);
                    } else {
                        // LVM2 writes them the other way round. Areas can only be told once the physical volumes are.
                        early = Some(*text);
                        text.skip_section()?;
                    }
                }
                Item::Section(b"physical_volumes" | b"logical_volumes") => {
                    return Err(text.bad("a section of volumes that is there twice"));
                }
                Item::Setting(_) => text.skip_value()?,
                Item::Section(_) => text.skip_section()?,
                Item::End => break,
                Item::EndOfText => return Err(text.bad("the text ends within the volume group")),
            }
        }
        if let Some(mut early) = early {
            logical = Some(self.logical(&mut early)?);
        }
        let mut logical_volumes = logical.unwrap_or_default();
        self.check_borrowed(&logical_volumes)?;
        self.show_snapshots(&mut logical_volumes);
        Ok(VolumeGroup {
            name,
            uuid: uuid.ok_or(text.bad("a volume group without id"))?,
            seqno: seqno.ok_or(text.bad("a volume group without seqno"))?,
            flags,
            extent_bytes: extent_bytes
                .filter(|n| *n > 0)
                .ok_or(text.bad("a volume group without extent_size, or with one of 0"))?,
            physical_volumes: physical.unwrap_or_default(),
            logical_volumes,
        })
    }

    fn physical(&mut self, text: &mut Text<'t>) -> Result<Vec<PhysicalVolume>, Bad> {
        let mut volumes = Vec::new();
        while let Some(name) = named_section(text)? {
            if volumes.len() >= MOST_VOLUMES {
                return Err(text.bad("too many physical volumes"));
            }
            self.names.known.push(name);
            volumes.push(physical_volume(text)?);
        }
        Ok(volumes)
    }

    fn logical(&mut self, text: &mut Text<'t>) -> Result<Vec<LogicalVolume>, Bad> {
        let mut volumes = Vec::new();
        while let Some(name) = named_section(text)? {
            if volumes.len() >= MOST_VOLUMES {
                return Err(text.bad("too many logical volumes"));
            }
            volumes.push(self.logical_volume(text, name)?);
        }
        Ok(volumes)
    }

    fn logical_volume(&mut self, text: &mut Text<'t>, name: &'t [u8]) -> Result<LogicalVolume, Bad> {
        let name = volume_name(text, name)?;
        let (mut uuid, mut visible, mut count, mut segments) = (None, false, None, Vec::new());
        loop {
            match text.item()? {
                Item::Setting(b"id") => uuid = Some(id(text)?),
                Item::Setting(b"status") => words(text, |word| visible |= word == b"VISIBLE")?,
                Item::Setting(b"segment_count") => count = Some(text.one_integer::<u32>()?),
                Item::Section(name) if name.starts_with(b"segment") => segments.push(self.segment(text)?),
                Item::Setting(_) => text.skip_value()?,
                Item::Section(_) => text.skip_section()?,
                Item::End => break,
                Item::EndOfText => return Err(text.bad("the text ends within a logical volume")),
            }
        }
        if count.is_none_or(|n| usize::try_from(n) != Ok(segments.len())) {
            return Err(text.bad("a logical volume with more or fewer segments than it says"));
        }
        if !segments.is_sorted_by_key(|s| s.start_extent) {
            segments.sort_by_key(|s| s.start_extent);
        }
        // The record that ties a snapshot to its origin is a volume in the text, flagged visible, and never shown.
        let tie = |s: &Segment| matches!(&s.kind, SegmentKind::Other(name) if name == "snapshot");
        visible &= !segments.iter().any(tie);
        Ok(LogicalVolume { name, uuid: uuid.ok_or(text.bad("a logical volume without id"))?, visible, segments })
    }

    fn segment(&mut self, text: &mut Text<'t>) -> Result<Segment, Bad> {
        let (mut start, mut count, mut kind, mut stripes) = (None, None, None, None);
        let (mut stripe_bytes, mut areas) = (0, Vec::new());
        loop {
            match text.item()? {
                Item::Setting(b"start_extent") => start = Some(text.one_integer::<u32>()?),
                Item::Setting(b"extent_count") => count = Some(text.one_integer::<u32>()?),
                Item::Setting(b"type") => kind = Some(segment_kind(text.one_string()?)),
                Item::Setting(b"stripe_count") => stripes = Some(text.one_integer::<u32>()?),
                Item::Setting(b"stripe_size") => stripe_bytes = sectors(text)?,
                Item::Setting(b"cow_store") => self.snapshots.push(text.one_string()?),
                // Mirrors have areas on physical volumes only while `pvmove` runs.
                Item::Setting(b"stripes" | b"mirrors") => {
                    areas.reserve(usize::try_from(stripes.unwrap_or(1)).unwrap_or(1).min(16));
                    self.areas(text, &mut areas)?;
                }
                Item::Setting(_) => text.skip_value()?,
                Item::Section(_) => text.skip_section()?,
                Item::End => break,
                Item::EndOfText => return Err(text.bad("the text ends within a segment")),
            }
        }
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
        Ok(Segment { kind, start_extent, extents, stripe_bytes, areas })
    }

    /// Pairs of a name and the first extent there.
    fn areas(&mut self, text: &mut Text<'t>, areas: &mut Vec<Area>) -> Result<(), Bad> {
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

    /// Checks that areas which are on no physical volume are on logical ones.
    fn check_borrowed(&self, volumes: &[LogicalVolume]) -> Result<(), Bad> {
        if self.borrowed.is_empty() {
            return Ok(());
        }
        let mut names: Vec<&[u8]> = volumes.iter().map(|v| v.name.as_bytes()).collect();
        names.sort_unstable();
        match self.borrowed.iter().find(|(name, _)| names.binary_search(name).is_err()) {
            Some((_, at)) => Err(at.bad("an area on a volume that the group does not have")),
            None => Ok(()),
        }
    }

    /// Snapshots are shown though their volumes lack the flag; those that are being merged back have no `cow_store`.
    fn show_snapshots(&mut self, volumes: &mut [LogicalVolume]) {
        if self.snapshots.is_empty() {
            return;
        }
        self.snapshots.sort_unstable();
        for volume in volumes {
            volume.visible |= self.snapshots.binary_search(&volume.name.as_bytes()).is_ok();
        }
    }
}

/// Names of the physical volumes, in order.
#[derive(Default)]
struct Names<'t> {
    known: Vec<&'t [u8]>,
    sorted: Vec<(&'t [u8], u32)>,
}

impl Names<'_> {
    fn find(&mut self, name: &[u8]) -> Option<u32> {
        // LVM2 numbers them from 0: the third is "pv2".
        let number = name.strip_prefix(b"pv").and_then(|n| std::str::from_utf8(n).ok()?.parse::<u32>().ok());
        if let Some(number) = number
            && usize::try_from(number).ok().and_then(|n| self.known.get(n)).is_some_and(|k| *k == name)
        {
            return Some(number);
        }
        if self.sorted.is_empty() {
            self.sorted = self.known.iter().copied().zip(0..).collect();
            self.sorted.sort_unstable();
        }
        let found = self.sorted.binary_search_by_key(&name, |(known, _)| known).ok()?;
        self.sorted.get(found).map(|(_, number)| *number)
    }
}

fn physical_volume(text: &mut Text<'_>) -> Result<PhysicalVolume, Bad> {
    let (mut uuid, mut device_hint, mut device_bytes) = (None, None, None);
    let (mut first_extent_bytes, mut extents, mut allocatable, mut missing) = (None, None, false, false);
    loop {
        match text.item()? {
            Item::Setting(b"id") => uuid = Some(id(text)?),
            Item::Setting(b"device") => device_hint = Some(unescape(text.one_string()?).into_owned()),
            Item::Setting(b"status" | b"flags") => words(text, |word| {
                allocatable |= word == b"ALLOCATABLE";
                missing |= word == b"MISSING";
            })?,
            Item::Setting(b"dev_size") => device_bytes = Some(sectors(text)?),
            Item::Setting(b"pe_start") => first_extent_bytes = Some(sectors(text)?),
            Item::Setting(b"pe_count") => extents = Some(text.one_integer::<u32>()?),
            Item::Setting(_) => text.skip_value()?,
            Item::Section(_) => text.skip_section()?,
            Item::End => break,
            Item::EndOfText => return Err(text.bad("the text ends within a physical volume")),
        }
    }
    Ok(PhysicalVolume {
        uuid: uuid.ok_or(text.bad("a physical volume without id"))?,
        device_hint,
        allocatable,
        missing,
        device_bytes,
        first_extent_bytes: first_extent_bytes.ok_or(text.bad("a physical volume without pe_start"))?,
        extents: extents.ok_or(text.bad("a physical volume without pe_count"))?,
    })
}

/// The next section of a section of sections; `None` at its end.
fn named_section<'t>(text: &mut Text<'t>) -> Result<Option<&'t [u8]>, Bad> {
    loop {
        match text.item()? {
            Item::Section(name) => return Ok(Some(name)),
            Item::Setting(_) => text.skip_value()?,
            Item::End => return Ok(None),
            Item::EndOfText => return Err(text.bad("the text ends within a section")),
        }
    }
}

fn id(text: &mut Text<'_>) -> Result<Id, Bad> {
    let at = *text;
    parse_id(text.one_string()?).ok_or(at.bad("not an identifier of 32 characters"))
}

/// A number of sectors, in bytes.
fn sectors(text: &mut Text<'_>) -> Result<u64, Bad> {
    let at = *text;
    text.one_integer::<u64>()?.checked_mul(SECTOR).ok_or(at.bad("a number of sectors out of range"))
}

fn words(text: &mut Text<'_>, mut take: impl FnMut(&[u8])) -> Result<(), Bad> {
    text.each(|at, value| match value {
        Value::String(word) => {
            take(word);
            Ok(())
        }
        _ => Err(at.bad("a word in quotes is expected")),
    })
}

/// The characters LVM2 allows in names; none of them can disturb a terminal.
fn volume_name(text: &Text<'_>, name: &[u8]) -> Result<String, Bad> {
    let allowed = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'_' | b'.' | b'-');
    if name.len() > LONGEST_NAME || !name.iter().all(allowed) {
        return Err(text.bad("a name that no volume can have"));
    }
    Ok(String::from_utf8_lossy(name).into_owned())
}

/// A segment type; what follows a plus sign are flags of the type.
fn segment_kind(name: &[u8]) -> SegmentKind {
    let name = name.split(|b| *b == b'+').next().unwrap_or_default();
    match name {
        b"striped" | b"linear" => SegmentKind::Striped,
        other => SegmentKind::Other(unescape(other).chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()),
    }
}
