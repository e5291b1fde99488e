//! Assembles volume groups from the physical volumes of all the disks of a scan.

use std::collections::HashMap;

use super::format::content::Content;
use super::format::lvm2::volume_group as described;
use super::physical_volume::{Metadata, Reading};
use super::{Problem, ProblemId, VolumeGroup};
use crate::base::ids::Id;
use crate::io::image::Image;
use assembly::Assembly;

mod assembly;
mod followed;
#[cfg(test)]
mod tests;

/// A physical volume that was read, and where it is.
#[derive(Clone, Copy)]
pub struct PvOnDisk<'i> {
    /// The disk, by the path of the scan.
    pub path: &'i str,
    /// The partition; `None` for the whole disk.
    pub partition: Option<u32>,
    pub image: &'i dyn Image,
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
    pub group: VolumeGroup,
    /// Its physical volumes that were found, and those that once were in it: places in the list that was assembled
    /// from.
    pub members: Vec<usize>,
    /// What is wrong with the group as a whole.
    pub problems: Vec<Problem>,
}

/// Looks at a logical volume: what it holds, and what is wrong with that.
pub type Identify<'f> = dyn FnMut(&dyn Image) -> (Content, Vec<Problem>) + 'f;

/// Puts together every volume group that one of `pvs` tells of, in the order they turn up. Every visible logical volume
/// that can be followed to bytes of the disks is handed to `identify`.
pub fn assemble(pvs: &[PvOnDisk<'_>], identify: &mut Identify<'_>) -> Vec<Assembled> {
    let by_uuid = ById::new(pvs.iter().map(PvOnDisk::uuid));
    let telling = ById::new(pvs.iter().map(|pv| pv.group().map(|(group, _)| group.uuid)));
    // In the order in which the groups turn up.
    let first_of_each = pvs.iter().enumerate().filter_map(|(index, pv)| {
        let copies = telling.get(pv.group()?.0.uuid);
        copies.first().filter(|(_, first)| *first == index).and(Some(copies))
    });
    let assemblies = first_of_each.filter_map(|copies| Assembly::new(pvs, &by_uuid, copies));
    let mut groups = Vec::with_capacity(1); // mostly the only one
    groups.extend(assemblies.map(|assembly| assembly.assemble(identify)));
    report_names_used_twice(&mut groups);
    groups
}

/// Places in the list of physical volumes by an identifier. A sorted list, because it mostly has one entry.
struct ById(Vec<(Id, usize)>);

impl ById {
    /// Of the identifier of each place, where it has one.
    fn new(ids: impl Iterator<Item = Option<Id>>) -> Self {
        let mut places: Vec<_> = ids.enumerate().filter_map(|(index, id)| Some((id?, index))).collect();
        places.sort_unstable();
        Self(places)
    }

    /// The places with this identifier, in the order of the list.
    fn get(&self, id: Id) -> &[(Id, usize)] {
        let from = self.0.partition_point(|(other, _)| *other < id);
        let rest = self.0.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|(other, _)| *other == id)).unwrap_or_default()
    }
}

fn report_names_used_twice(groups: &mut [Assembled]) {
    if groups.len() < 2 {
        return;
    }
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
