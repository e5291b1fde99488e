//! From the metadata text straight into a [`VolumeGroup`], section by section.

use super::fields::{dashed_id, flag, owner, parse_id};
use super::segment::{Segments, sectors};
use super::text::{Bad, Item, Text, Value, unescape};
use super::usual;
use super::volume_group::{
    Allocation, LONGEST_HINT, LONGEST_NAME, LogicalVolume, PhysicalVolume, Segment, SegmentKind, VolumeGroup,
};
use crate::base::bytes;
use crate::base::ids::Id;
use crate::disk::format::Malformed;

/// Longest word of a group's status.
const LONGEST_FLAG: usize = 32;
/// Most physical, and most logical volumes: far beyond what LVM2 can handle, and little memory.
const MOST_VOLUMES: usize = 30_000;
/// Most words of a group's status.
const MOST_FLAGS: usize = 32;

impl VolumeGroup {
    /// Reads a metadata text.
    ///
    /// # Errors
    /// Where it breaks the grammar, lacks what a volume group must have, or names what is not there; offsets are from
    /// the start of the text.
    pub fn parse(text: &[u8]) -> Result<Self, Malformed> {
        volume_group(text).map_err(|bad| Malformed::new("LVM2 metadata text", bad.at as u64, bad.why))
    }
}

/// Reads the whole text: a group, and beside it what says that this is metadata.
fn volume_group(text: &[u8]) -> Result<VolumeGroup, Bad> {
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
    segments: Segments<'t>,
}

impl<'t> Import<'t> {
    fn group(mut self, text: &mut Text<'t>, name: &'t [u8]) -> Result<VolumeGroup, Bad> {
        let name = volume_name(text, name)?;
        let (mut uuid, mut seqno, mut extent_bytes, mut flags) = (None, None, None, Vec::new());
        let (mut physical, mut logical, mut early) = (None, None, None);
        let (mut system_id, mut allocation) = (None, None);
        if let Some(head) = usual::group_head(text) {
            (uuid, seqno, extent_bytes) = (Some(head.uuid), Some(head.seqno), Some(head.extent_bytes));
            flags.extend([b"RESIZEABLE".as_slice(), b"READ", b"WRITE"].map(flag));
        }
        loop {
            match text.item()? {
                Item::Setting(b"id") => uuid = Some(id(text)?),
                Item::Setting(b"seqno") => seqno = Some(text.one_integer::<u64>()?),
                Item::Setting(b"extent_size") => extent_bytes = Some(sectors(text)?),
                Item::Setting(b"allocation_policy") => allocation = Allocation::from_word(text.one_string()?),
                Item::Setting(b"system_id") => system_id = Some(text.one_string()?),
                Item::Setting(b"status" | b"flags") => words(text, |word| {
                    let sane = (1..=LONGEST_FLAG).contains(&word.len()) && word.iter().all(u8::is_ascii_graphic);
                    if flags.len() < MOST_FLAGS && sane {
                        flags.push(flag(word));
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
        self.mark_merging(&mut logical_volumes);
        Ok(VolumeGroup {
            name,
            uuid: uuid.ok_or(text.bad("a volume group without id"))?,
            seqno: seqno.ok_or(text.bad("a volume group without seqno"))?,
            flags,
            extent_bytes: extent_bytes
                .filter(|n| *n > 0)
                .ok_or(text.bad("a volume group without extent_size, or with one of 0"))?,
            system_id: system_id.and_then(owner),
            allocation: allocation.unwrap_or_default(),
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
            self.segments.names.push(name);
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
        let (mut uuid, mut visible, mut count, mut segments) = (None, false, None, Vec::with_capacity(1));
        let mut allocation = None;
        if let Some((id, segments)) = usual::logical_head(text) {
            (uuid, visible, count) = (Some(id), true, Some(segments));
        }
        loop {
            match text.item()? {
                Item::Setting(b"id") => uuid = Some(id(text)?),
                Item::Setting(b"status") => words(text, |word| visible |= word == b"VISIBLE")?,
                Item::Setting(b"allocation_policy") => allocation = Allocation::from_word(text.one_string()?),
                Item::Setting(b"segment_count") => count = Some(text.one_integer::<u32>()?),
                Item::Section(name) if name.starts_with(b"segment") => segments.push(self.segments.read(text)?),
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
        let uuid = uuid.ok_or(text.bad("a logical volume without id"))?;
        Ok(LogicalVolume { name, uuid, visible, merging: false, allocation, segments })
    }

    /// Checks that areas which are on no physical volume are on logical ones.
    fn check_borrowed(&self, volumes: &[LogicalVolume]) -> Result<(), Bad> {
        if self.segments.borrowed.is_empty() {
            return Ok(());
        }
        let mut names: Vec<&[u8]> = volumes.iter().map(|v| v.name.as_bytes()).collect();
        names.sort_unstable();
        match self.segments.borrowed.iter().find(|(name, _)| names.binary_search(name).is_err()) {
            Some((_, at)) => Err(at.bad("an area on a volume that the group does not have")),
            None => Ok(()),
        }
    }

    /// Snapshots are shown though their volumes lack the flag; those that are being merged back have no `cow_store`.
    fn show_snapshots(&mut self, volumes: &mut [LogicalVolume]) {
        if self.segments.snapshots.is_empty() {
            return;
        }
        self.segments.snapshots.sort_unstable();
        for volume in volumes {
            volume.visible |= self.segments.snapshots.binary_search(&volume.name.as_bytes()).is_ok();
        }
    }

    fn mark_merging(&mut self, volumes: &mut [LogicalVolume]) {
        if self.segments.merging.is_empty() {
            return;
        }
        self.segments.merging.sort_unstable();
        for volume in volumes {
            volume.merging = self.segments.merging.binary_search(&volume.name.as_bytes()).is_ok();
        }
    }
}

fn physical_volume(text: &mut Text<'_>) -> Result<PhysicalVolume, Bad> {
    if let Some(volume) = usual::physical_volume(text) {
        return Ok(volume);
    }
    let (mut uuid, mut device_hint, mut device_bytes) = (None, None, None);
    let (mut first_extent_bytes, mut extents, mut allocatable, mut missing) = (None, None, false, false);
    loop {
        match text.item()? {
            Item::Setting(b"id") => uuid = Some(id(text)?),
            Item::Setting(b"device") => {
                let hint = text.one_string()?;
                let hint = hint.get(..hint.len().min(LONGEST_HINT)).unwrap_or_default();
                device_hint = Some(unescape(hint).into_owned());
            }
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
    if let Some(id) = text.fixed_string(dashed_id) {
        return Ok(id);
    }
    let at = *text;
    parse_id(text.one_string()?).ok_or(at.bad("not an identifier of 32 characters"))
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
    Ok(bytes::text(name).into_owned())
}
