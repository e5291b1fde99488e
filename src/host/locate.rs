//! Which volume a name means: what stands in fstab, on the kernel's command line, or in mountinfo, found on the disks
//! that were read. Pure.

use super::block::BlockDevice;
use super::device_number::DeviceNumber;
use super::mounts;
use super::node::Node;
use super::probed::Probed;
use crate::base::ids::Id;
use crate::base::units::SectorSize;
use crate::disk::format::content::{Array, Content};
use crate::disk::{Disk, LogicalVolume, Partition, VolumeGroup};

mod array;
mod device;
mod encrypted;
mod existence;
mod group;

pub use encrypted::{crypttab_unread, mapping, mapping_on, mapping_that_may_be_on, swap_made_anew};
pub use existence::{Existence, closed_container, existence, logical_name, what_may_hide_a_group, what_was_not_read};
pub use group::problem_of;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Volume<'f> {
    Partition {
        disk: &'f Disk,
        partition: &'f Partition,
    },
    Logical {
        group: &'f VolumeGroup,
        volume: &'f LogicalVolume,
    },
    /// A disk without a table.
    WholeDisk(&'f Disk),
    /// An md array that was followed, by the member it was read from.
    Array {
        disk: &'f Disk,
        /// `None` where the member is a whole disk.
        partition: Option<&'f Partition>,
        member: &'f Content,
        array: &'f Array,
    },
}

impl<'f> Volume<'f> {
    /// What it holds; `None` for a logical volume that was not looked into.
    pub fn content(&self) -> Option<&'f Content> {
        match *self {
            Self::Partition { partition, .. } => Some(&partition.content),
            Self::Logical { volume, .. } => volume.content.as_ref(),
            Self::WholeDisk(disk) => Some(&disk.content),
            Self::Array { array, .. } => Some(&array.content),
        }
    }

    /// Why what it holds is not known: its type, where that is not followed to the disks, or a merge.
    pub fn unopened(&self) -> String {
        match self {
            Self::Logical { volume, .. } if volume.merging => format!("{self} (a snapshot is merged into it)"),
            Self::Logical { volume, .. } => {
                let odd = volume.segments.iter().find(|segment| !matches!(&*segment.kind, "linear" | "striped"));
                odd.map_or(self.to_string(), |segment| format!("{self} (of type {})", segment.kind))
            }
            _ => self.to_string(),
        }
    }

    /// Path of its device, as the kernel and LVM2 name it.
    pub fn device(&self) -> String {
        match self {
            Self::Partition { disk, .. } if !disk.path.starts_with("/dev/") => self.to_string(),
            Self::Partition { disk, partition } => {
                let between = if disk.path.ends_with(|c: char| c.is_ascii_digit()) { "p" } else { "" };
                format!("{}{between}{}", disk.path, partition.number)
            }
            Self::Logical { group, volume } => format!("/dev/{}/{}", group.name, volume.name),
            Self::WholeDisk(disk) => disk.path.clone(),
            Self::Array { member, .. } => array::link(member),
        }
    }

    pub fn bytes(&self) -> u64 {
        match self {
            Self::Partition { partition, .. } => partition.bytes,
            Self::Logical { volume, .. } => volume.bytes,
            Self::WholeDisk(disk) => disk.bytes,
            Self::Array { array, .. } => array.bytes,
        }
    }
}

impl std::fmt::Display for Volume<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Partition { disk, partition } => write!(f, "{} partition {}", disk.path, partition.number),
            Self::Logical { group, volume } => write!(f, "{}/{}", group.name, volume.name),
            Self::WholeDisk(disk) => f.write_str(&disk.path),
            Self::Array { disk, partition: Some(partition), .. } => {
                write!(f, "the md array on {} partition {}", disk.path, partition.number)
            }
            Self::Array { disk, partition: None, .. } => write!(f, "the md array on {}", disk.path),
        }
    }
}

/// What a name leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Located<'f> {
    One(Volume<'f>),
    /// To more than one: which of them the host takes is chance.
    Several(Vec<Volume<'f>>),
    /// It names a volume, and none of the disks has it.
    Nothing,
    /// It names no volume: a file, a network share, `tmpfs`.
    NotAVolume,
    /// It may name a volume, but the node do not suffice to tell, for this reason.
    Unknown(String),
}

/// The volume that `source` means: `UUID=`, `LABEL=`, `PARTUUID=`, `PARTLABEL=`, a path below /dev, or `MAJOR:MINOR`.
pub fn volume<'f>(node: &'f Node, source: &str) -> Located<'f> {
    if let Some((tag, value)) = source.split_once('=')
        && let Some(tag) = Tag::from_fstab(tag)
    {
        return by_tag(node, tag, value);
    }
    if let Some(path) = below_dev(source) {
        return device::by_path(node, &path);
    }
    match mounts::device_number(source.as_bytes()) {
        Some(number) => by_number(node, number),
        None => Located::NotAVolume,
    }
}

/// What follows `/dev/`, without doubled slashes and single dots, which name nothing of their own.
fn below_dev(source: &str) -> Option<String> {
    let mut parts = source.strip_prefix('/')?.split('/').filter(|part| !matches!(*part, "" | "."));
    (parts.next() == Some("dev")).then(|| parts.collect::<Vec<_>>().join("/"))
}

/// The volume of the device with this number.
pub fn by_number(node: &Node, number: DeviceNumber) -> Located<'_> {
    match block(node) {
        Ok(block) => match number.find(block) {
            Some(device) => device::by_kernel_device(node, block, device),
            None => Located::Nothing,
        },
        Err(why) => Located::Unknown(why),
    }
}

/// The whole disks that `volume` lies on, in the order of the disks. The missing parts of a volume group are left out.
pub fn whole_disks_below<'f>(node: &'f Node, volume: Volume<'f>) -> Vec<&'f Disk> {
    let (group, volume) = match volume {
        Volume::Partition { disk, .. } | Volume::WholeDisk(disk) => return vec![disk],
        Volume::Array { .. } => return array::disks(node, volume),
        Volume::Logical { group, volume } => (group, volume),
    };
    // A segment that does not say where its data lies may have it on any physical volume of the group.
    let opaque = volume.segments.iter().any(|segment| segment.stripes.is_empty());
    let is_used = |pv: &Id| opaque || volume.segments.iter().flat_map(|s| &s.stripes).any(|stripe| stripe.pv == *pv);
    let used = || group.physical_volumes.iter().filter(|pv| is_used(&pv.uuid));
    let is_below = |disk: &Disk| used().any(|pv| pv.path.as_deref() == Some(disk.path.as_str()));
    node.disks.iter().filter(|disk| is_below(disk)).collect()
}

/// What a name can go by, other than a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Uuid,
    Label,
    PartUuid,
    PartLabel,
}

impl Tag {
    fn from_fstab(word: &str) -> Option<Self> {
        Some(match word {
            "UUID" => Self::Uuid,
            "LABEL" => Self::Label,
            "PARTUUID" => Self::PartUuid,
            "PARTLABEL" => Self::PartLabel,
            _ => return None,
        })
    }

    fn from_udev(directory: &str) -> Option<Self> {
        Some(match directory {
            "by-uuid" => Self::Uuid,
            "by-label" => Self::Label,
            "by-partuuid" => Self::PartUuid,
            "by-partlabel" => Self::PartLabel,
            _ => return None,
        })
    }

    fn is(self, volume: &Volume<'_>, value: &str) -> bool {
        let of_content = |is: fn(&Content, &str) -> bool| volume.content().is_some_and(|content| is(content, value));
        match (self, volume) {
            (Self::Uuid, _) => of_content(|content, value| content.uuid.is_some_and(|id| is_id(&id, value))),
            (Self::Label, _) => of_content(|content, value| content.label.as_deref() == Some(value)),
            (Self::PartUuid, Volume::Partition { disk, partition }) => is_partuuid(disk, partition, value),
            (Self::PartLabel, Volume::Partition { partition, .. }) => partition.name.as_deref() == Some(value),
            (Self::PartUuid | Self::PartLabel, _) => false,
        }
    }
}

/// Exactly: udev makes a link of the identifier as it is, so another case names nothing.
fn is_id(id: &Id, value: &str) -> bool {
    id.text(&mut [0; 48]) == value
}

/// A GPT partition has its own GUID; an MBR partition goes by the disk's identifier and its number, both in
/// hexadecimal.
fn is_partuuid(disk: &Disk, partition: &Partition, value: &str) -> bool {
    match (partition.uuid, disk.table.uuid) {
        (Some(id), _) => is_id(&id, value),
        (None, Some(Id::MbrDisk(id))) => format!("{id:08x}-{:02x}", partition.number) == value,
        _ => false,
    }
}

fn by_tag<'f>(node: &'f Node, tag: Tag, value: &str) -> Located<'f> {
    one_of(volumes(node).filter(|volume| !value.is_empty() && tag.is(volume, value)).collect())
}

fn one_of(mut found: Vec<Volume<'_>>) -> Located<'_> {
    match (found.pop(), found.is_empty()) {
        (None, _) => Located::Nothing,
        (Some(one), true) => Located::One(one),
        (Some(last), false) => {
            found.push(last);
            Located::Several(found)
        }
    }
}

/// Every volume of the host, a logical volume once although each disk below it tells of it.
pub fn volumes(node: &Node) -> impl Iterator<Item = Volume<'_>> {
    let on_disks = node.disks.iter().flat_map(|disk| {
        let partitions = disk.partitions.iter().map(move |partition| Volume::Partition { disk, partition });
        partitions.chain(std::iter::once(Volume::WholeDisk(disk)))
    });
    on_disks.chain(logical_volumes(node)).chain(array::all(node))
}

fn logical_volumes(node: &Node) -> impl Iterator<Item = Volume<'_>> {
    groups(node).flat_map(|group| group.logical_volumes.iter().map(move |volume| Volume::Logical { group, volume }))
}

/// Every volume group once. Two that are not the same in all things stay two: a copied disk makes its names ambiguous.
pub fn groups(node: &Node) -> impl Iterator<Item = &VolumeGroup> {
    node.disks.iter().enumerate().flat_map(move |(at, disk)| {
        let is_new = move |group: &&VolumeGroup| {
            let mut earlier = node.disks.iter().take(at).flat_map(|disk| &disk.volume_groups);
            !earlier.any(|other| other == *group)
        };
        disk.volume_groups.iter().filter(is_new)
    })
}

/// Logical block size of the disks below a group; the largest, where they differ.
pub fn sector_size(node: &Node, group: &VolumeGroup) -> Option<SectorSize> {
    let holds = |disk: &&Disk| group.physical_volumes.iter().any(|pv| pv.path.as_deref() == Some(disk.path.as_str()));
    node.disks.iter().filter(holds).map(|disk| disk.sector_bytes).max()
}

fn block(node: &Node) -> Result<&[BlockDevice], String> {
    match node.running.as_ref().map(|running| &running.block) {
        Some(Probed::Known(block)) => Ok(block),
        Some(Probed::Unreadable(why)) => Err(why.clone()),
        Some(Probed::Absent) => Err("the kernel's block devices are not known".to_owned()),
        None => Err("a host that does not run has no names of devices".to_owned()),
    }
}

#[cfg(test)]
mod tests;
