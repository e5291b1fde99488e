//! One volume group, put together from what its physical volumes say.

use super::followed::Followed;
use super::{Assembled, ById, Identify, PvOnDisk};
use crate::base::ids::Id;
use crate::base::units::ByteRange;
use crate::disk::format::content::Content;
use crate::disk::format::lvm2::layout::Layout;
use crate::disk::format::lvm2::volume_group as described;
use crate::disk::identify::LOGICAL_HEAD;
use crate::disk::physical_volume::Metadata;
use crate::disk::{LogicalVolume, PhysicalVolume, Problem, ProblemId, Segment, Stripe, VolumeGroup};
use crate::io::image::Image;

/// Most disks that one problem names, and most problems of one sort: a fleet may hold thousands of copies of a disk.
const MOST_REPORTED: usize = 8;

/// Most logical volumes whose starts are fetched at once.
const MOST_AHEAD: usize = 64;

/// A group that is being put together.
pub(super) struct Assembly<'a, 'i> {
    pvs: &'a [PvOnDisk<'i>],
    by_uuid: &'a ById,
    /// The volumes whose own metadata names this group.
    telling: &'a [(Id, usize)],
    /// The newest description.
    group: &'a described::VolumeGroup,
    checksum: u32,
    problems: Vec<Problem>,
    members: Vec<usize>,
}

impl<'a, 'i> Assembly<'a, 'i> {
    pub(super) fn new(pvs: &'a [PvOnDisk<'i>], by_uuid: &'a ById, telling: &'a [(Id, usize)]) -> Option<Self> {
        let mut newest: Option<(&described::VolumeGroup, u32)> = None;
        for copy in telling.iter().filter_map(|(_, index)| pvs.get(*index)?.group()) {
            if newest.is_none_or(|(group, _)| copy.0.seqno > group.seqno) {
                newest = Some(copy);
            }
        }
        let (group, checksum) = newest?;
        Some(Self { pvs, by_uuid, telling, group, checksum, problems: Vec::new(), members: Vec::new() })
    }

    fn report(&mut self, id: ProblemId, message: String) {
        if self.problems.iter().filter(|problem| problem.id == id).count() < MOST_REPORTED {
            self.problems.push(Problem::new(id, message));
        }
    }

    pub(super) fn assemble(mut self, identify: &mut Identify<'_>) -> Assembled {
        let group = self.group;
        let present = self.present();
        self.report_stale_copies();
        let layout = Layout::of(group);
        for contradiction in &layout.contradictions {
            self.report(ProblemId::LvmDamaged, format!("volume group {}: {contradiction}", group.name));
        }
        let physical_volumes = self.physical_volumes(&present, &layout);
        // Where segments contradict each other, the bytes of a volume may be another's; so may those into which a
        // snapshot is merged.
        let followed = Followed::new(group, &present);
        let is_clear = layout.contradictions.is_empty();
        let map =
            |volume: &described::LogicalVolume| (is_clear && !volume.merging).then(|| followed.image(volume)).flatten();
        let visible = group.logical_volumes.iter().filter(|v| v.visible);
        let images: Vec<_> = visible.map(|volume| (volume, map(volume))).collect();
        self.problems.extend(followed.unread());
        for image in images.iter().filter_map(|(_, image)| image.as_ref()).take(MOST_AHEAD) {
            ByteRange::new(0, LOGICAL_HEAD as u64).into_iter().for_each(|head| image.will_need(head));
        }
        let mut logical_volumes = Vec::with_capacity(images.len());
        for (volume, image) in images {
            let content = image.map(|image| {
                let (content, problems) = identify(&image);
                let of_volume = |problem: Problem| {
                    let words = ["logical volume ", &group.name, "/", &volume.name, ": ", &problem.message];
                    Problem::new(problem.id, words.concat())
                };
                self.problems.extend(problems.into_iter().map(of_volume));
                content
            });
            logical_volumes.push(self.logical_volume(volume, content));
        }
        let missing = group.physical_volumes.iter().zip(&present).filter(|(_, found)| found.is_none());
        let group = VolumeGroup {
            name: group.name.clone(),
            uuid: Some(group.uuid),
            extent_bytes: group.extent_bytes,
            extents: physical_volumes.iter().map(|pv| pv.extents).fold(0, u64::saturating_add),
            free_extents: physical_volumes.iter().map(|pv| pv.free_extents).fold(0, u64::saturating_add),
            missing_pvs: missing.map(|(pv, _)| pv.uuid).collect(),
            flags: group.flags.clone(),
            system_id: group.system_id.clone(),
            seqno: group.seqno,
            physical_volumes,
            logical_volumes,
        };
        self.members.sort_unstable();
        self.members.dedup();
        Assembled { group, members: self.members, problems: self.problems }
    }

    /// The volume to use for each of the group's physical volumes. Where one identity turns up twice, the first.
    fn present(&mut self) -> Vec<Option<PvOnDisk<'i>>> {
        let mut present = Vec::with_capacity(self.group.physical_volumes.len());
        for volume in &self.group.physical_volumes {
            let (uuid, name) = (volume.uuid, &self.group.name);
            let found = self.by_uuid.get(uuid);
            self.members.extend(found.iter().map(|(_, index)| *index));
            let mut there = found.iter().filter_map(|(_, index)| self.pvs.get(*index));
            let first = there.clone().next().copied();
            if found.len() > 1 {
                let places: Vec<String> = there.by_ref().take(MOST_REPORTED).map(PvOnDisk::place).collect();
                let (places, count) = (places.join(", "), found.len());
                let message = format!("physical volume {uuid} of {name} is there {count} times: {places}");
                self.report(ProblemId::Duplicate, message);
            }
            match first {
                None => {
                    let hint = volume.device_hint.as_deref().unwrap_or("no device");
                    let message = format!(
                        "volume group {name}: physical volume {uuid} is missing (last seen as {})",
                        hint.escape_debug()
                    );
                    self.report(ProblemId::MissingPv, message);
                }
                Some(pv) if volume.missing => {
                    let message = format!(
                        "volume group {name}: physical volume {uuid} on {} is back, \
                         but the group was changed without it",
                        pv.place()
                    );
                    self.report(ProblemId::MissingPv, message);
                }
                Some(_) => {}
            }
            present.push(first.filter(|_| !volume.missing));
        }
        present
    }

    /// Reports which physical volumes know less than the newest description, or something else.
    fn report_stale_copies(&mut self) {
        let (name, seqno) = (&self.group.name, self.group.seqno);
        let mut stale = Vec::new();
        let mut members = self.members.clone();
        members.sort_unstable();
        for (_, index) in self.telling {
            let Some(pv) = self.pvs.get(*index) else { continue };
            let Some((copy, checksum)) = pv.group() else { continue };
            let place = || pv.place();
            if members.binary_search(index).is_err() {
                stale.push(format!("{} still says that it is in volume group {name}, which no longer has it", place()));
                self.members.push(*index);
            } else if copy.seqno < seqno {
                stale.push(format!(
                    "{} has version {} of volume group {name}, the newest is {seqno}",
                    place(),
                    copy.seqno
                ));
            } else if checksum != self.checksum {
                stale.push(format!(
                    "{} has another version {seqno} of volume group {name} than the disks before it",
                    place()
                ));
            }
        }
        for index in &self.members {
            let Some(pv) = self.pvs.get(*index) else { continue };
            match (&pv.reading.metadata, pv.group()) {
                (Metadata::Empty, _) => {
                    stale.push(format!("{} is in volume group {name}, but says that it is in none", pv.place()));
                }
                (_, Some((other, _))) if other.uuid != self.group.uuid => {
                    stale.push(format!(
                        "{} is in volume group {name}, but says that it is in {}",
                        pv.place(),
                        other.name
                    ));
                }
                _ => {}
            }
        }
        stale.into_iter().for_each(|message| self.report(ProblemId::LvmStale, message));
    }

    fn physical_volumes(&self, present: &[Option<PvOnDisk<'_>>], layout: &Layout) -> Vec<PhysicalVolume> {
        let volumes = self.group.physical_volumes.iter().zip(present).zip(&layout.allocated);
        volumes
            .map(|((volume, found), allocated)| PhysicalVolume {
                uuid: volume.uuid,
                path: found.map(|pv| pv.path.to_owned()),
                partition: found.and_then(|pv| pv.partition),
                first_extent_bytes: volume.first_extent_bytes,
                extents: u64::from(volume.extents),
                free_extents: u64::from(volume.extents).saturating_sub(*allocated),
                allocatable: volume.allocatable,
            })
            .collect()
    }

    fn logical_volume(&self, volume: &described::LogicalVolume, content: Option<Content>) -> LogicalVolume {
        let stripe = |area: &described::Area| {
            let pv = self.group.physical_volumes.get(area.physical()?)?.uuid;
            Some(Stripe { pv, start_extent: u64::from(area.start_extent) })
        };
        let segment = |segment: &described::Segment| Segment {
            kind: segment.type_name(),
            start_extent: u64::from(segment.start_extent),
            extents: u64::from(segment.extents),
            stripe_bytes: if segment.areas.len() > 1 { segment.stripe_bytes } else { 0 },
            stripes: match segment.kind {
                described::SegmentKind::Striped => segment.areas.iter().filter_map(stripe).collect(),
                described::SegmentKind::Other(_) => Vec::new(),
            },
        };
        LogicalVolume {
            name: volume.name.clone(),
            uuid: Some(volume.uuid),
            allocation: volume.allocation.unwrap_or(self.group.allocation),
            bytes: volume.extents().saturating_mul(self.group.extent_bytes),
            segments: volume.segments.iter().map(segment).collect(),
            merging: volume.merging,
            content,
        }
    }
}
