//! What lies within an md mirror, read from one member that has all of it.

use super::format::content::{Array, Content, Kind};
use super::format::md::member::{Member, of_mirror, place};
use super::format::windows::Windows;
use super::identify::{VolumeBuffers, identify};
use super::{Problem, physical_volume};
use crate::io::image::{Image, Slice};

/// Bytes of a superblock.
const SUPERBLOCK: usize = 4096;

/// What was found within a member, beside the content that it was given.
pub(super) struct Within {
    pub(super) physical_volume: Option<PvWithin>,
    pub(super) problems: Vec<Problem>,
}

/// A physical volume on an array.
pub(super) struct PvWithin {
    pub(super) member: Member,
    pub(super) reading: physical_volume::Reading,
}

/// Looks into the member of a mirror that `content` of `volume` is, and adds the array to it. `None` where it is none,
/// or one that is not followed.
pub(super) fn follow(volume: &dyn Image, content: &mut Content, buffers: &mut VolumeBuffers) -> Option<Within> {
    if content.kind != Kind::Md || !content.damage.is_empty() {
        return None;
    }
    let at = place(content, volume.bytes())?;
    let mut block = vec![0; SUPERBLOCK];
    volume.read_at(&mut block, at).ok()?;
    let member = of_mirror(content, &Windows::new(volume.bytes()).with(at, &block))?;
    let data = Slice::new(volume, member.data);
    let found = identify(&data, buffers);
    let Member { events, role, .. } = member;
    content.array = Some(Box::new(Array { content: found.content, bytes: data.bytes(), events, role }));
    let physical_volume = found.physical_volume.map(|reading| PvWithin { member, reading });
    let problems = found.problems.into_iter().map(|problem| problem.within("md array")).collect();
    Some(Within { physical_volume, problems })
}
