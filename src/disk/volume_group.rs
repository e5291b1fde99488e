//! Assembles volume groups from the physical volumes of all the disks of a scan.

use std::collections::HashMap;

use super::physical_volume::{Metadata, Reading};
use super::{Problem, ProblemId, VolumeGroup};
use crate::format::content::Content;
use crate::format::lvm2::volume_group as described;
use crate::ids::Id;
use crate::image::Image;

mod assembly;
#[cfg(test)]
mod tests;

use assembly::Assembly;

/// A physical volume that was read, and where it is.
#[derive(Clone, Copy)]
pub struct PvOnDisk<'i> {
    /// The disk, by the path of the scan.
    pub path: &'i str,
    /// The partition; `None` for the whole disk.
    pub partition: Option<u32>,
    /// The volume itself.
    pub image: &'i dyn Image,
    /// What was read from it.
    pub reading: &'i Reading,
}

impl PvOnDisk<'_> {
    fn uuid(&self) -> Option<Id> {
        self.reading.label.as_ref().map(|label| label.uuid)
    }

    fn group(&self) -> Option<(&described::VolumeGroup, u32)> {
        match &self.reading.metadata {
            Metadata::Group { group, checksum } => Some((group, *checksum)),
            _ => None,
        }
    }

    fn place(&self) -> String {
        match self.partition {
            Some(number) => format!("{} partition {number}", self.path),
            None => self.path.to_owned(),
        }
    }
}

/// A volume group, and what came up while it was put together.
#[derive(Debug, Clone, PartialEq)]
pub struct Assembled {
    /// The group.
    pub group: VolumeGroup,
    /// Its physical volumes that were found, and those that once were in it: places in the list that was assembled from.
    pub members: Vec<usize>,
    /// What is wrong with the group as a whole.
    pub problems: Vec<Problem>,
}

/// Looks at a logical volume: what it holds, and what is wrong with that.
pub type Identify<'f> = dyn FnMut(&dyn Image) -> (Content, Vec<Problem>) + 'f;

/// Puts together every volume group that one of `pvs` tells of, in the order they turn up. Every visible logical volume that
/// is linear or striped and wholly there is handed to `identify`.
pub fn assemble(pvs: &[PvOnDisk<'_>], identify: &mut Identify<'_>) -> Vec<Assembled> {
    let mut by_uuid: HashMap<Id, Vec<usize>> = HashMap::new();
    let mut telling: HashMap<Id, Vec<usize>> = HashMap::new();
    let mut order = Vec::new();
    for (index, pv) in pvs.iter().enumerate() {
        if let Some(uuid) = pv.uuid() {
            by_uuid.entry(uuid).or_default().push(index);
        }
        if let Some((group, _)) = pv.group() {
            let tell = telling.entry(group.uuid).or_default();
            if tell.is_empty() {
                order.push(group.uuid);
            }
            tell.push(index);
        }
    }
    let none = Vec::new();
    let mut groups: Vec<Assembled> = order
        .iter()
        .filter_map(|uuid| Assembly::new(pvs, &by_uuid, telling.get(uuid).unwrap_or(&none)))
        .map(|assembly| assembly.assemble(identify))
        .collect();
    tell_names_used_twice(&mut groups);
    groups
}

fn tell_names_used_twice(groups: &mut [Assembled]) {
    let mut names: HashMap<String, u32> = HashMap::new();
    for group in groups.iter() {
        let count = names.entry(group.group.name.clone()).or_default();
        *count = count.saturating_add(1);
    }
    for group in groups.iter_mut() {
        let name = &group.group.name;
        if names.get(name).is_some_and(|count| *count > 1) {
            let message = format!("there is more than one volume group named {name}");
            group.problems.push(Problem::new(ProblemId::Duplicate, message));
        }
    }
}
