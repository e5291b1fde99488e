//! A volume group as it is reported: its physical volumes, its logical volumes, and where their data lies.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::format::content::Content;
use super::format::lvm2::volume_group::Allocation;
use crate::base::ids::Id;

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct VolumeGroup {
    pub name: String,
    pub uuid: Option<Id>,
    pub extent_bytes: u64,
    /// Extents of all its physical volumes.
    pub extents: u64,
    /// Extents that no logical volume uses.
    pub free_extents: u64,
    /// Identifiers of the physical volumes that were not found on the disks of the scan.
    pub missing_pvs: Vec<Id>,
    /// Status flags of the group, lower-case as LVM2 writes them: `exported`, `resizeable`, ...
    pub flags: Vec<Cow<'static, str>>,
    /// The host that owns it, where one does: LVM2 of another one leaves it alone (lvmsystemid(7)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_id: Option<String>,
    /// Sequence number of the metadata that was used.
    pub seqno: u64,
    /// Its physical volumes, in the metadata's order.
    pub physical_volumes: Vec<PhysicalVolume>,
    /// Its logical volumes that are visible.
    pub logical_volumes: Vec<LogicalVolume>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PhysicalVolume {
    pub uuid: Id,
    /// The disk it is on, by the path of the scan; `None` where it was not found.
    pub path: Option<String>,
    /// The partition it is on; `None` for a whole disk.
    pub partition: Option<u32>,
    /// Offset of its first extent from its own start, in bytes.
    pub first_extent_bytes: u64,
    pub extents: u64,
    /// Its extents that no segment uses.
    pub free_extents: u64,
    /// Whether LVM2 may give them to a logical volume.
    pub allocatable: bool,
}

impl VolumeGroup {
    /// Extents that LVM2 can give to a logical volume: those of physical volumes that are here and allocatable.
    pub fn usable_extents(&self) -> u64 {
        let usable = self.physical_volumes.iter().filter(|pv| pv.allocatable && pv.path.is_some());
        usable.map(|pv| pv.free_extents).fold(0, u64::saturating_add)
    }

    /// Why free extents of the group, or a disk that is added to it, are of no use to a volume.
    pub fn cannot_grow(&self, volume: &LogicalVolume, extents: u64) -> Option<&'static str> {
        let lies_on = |pv: &&PhysicalVolume| {
            volume.segments.iter().flat_map(|segment| &segment.stripes).any(|stripe| stripe.pv == pv.uuid)
        };
        match volume.allocation {
            Allocation::Normal | Allocation::Anywhere => None,
            Allocation::Contiguous => {
                Some("the volume has the allocation policy contiguous: it grows only into extents right behind it")
            }
            Allocation::Cling => {
                let own = self.physical_volumes.iter().filter(|pv| pv.allocatable && pv.path.is_some());
                let own = own.filter(lies_on).map(|pv| pv.free_extents).fold(0, u64::saturating_add);
                (own < extents).then_some(
                    "the volume has the allocation policy cling: it grows only on the physical volumes that it lies on",
                )
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogicalVolume {
    pub name: String,
    pub uuid: Option<Id>,
    pub bytes: u64,
    /// From where it can grow.
    #[serde(skip_serializing_if = "is_normal")]
    pub allocation: Allocation,
    pub segments: Vec<Segment>,
    /// Whether a snapshot is merged into it, so that its extents alone are not what it holds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub merging: bool,
    /// What it holds; `None` where that was not looked at, because its type is not followed to the disks, a part is
    /// missing, or a snapshot is merged into it.
    pub content: Option<Content>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for it
fn is_normal(allocation: &Allocation) -> bool {
    *allocation == Allocation::Normal
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Segment {
    /// Its type as LVM2 calls it: `linear`, `striped`, `thin`, `raid1`, ...
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    pub start_extent: u64,
    pub extents: u64,
    /// Stripe size in bytes; 0 where there is one stripe or none.
    pub stripe_bytes: u64,
    /// Where its data lies; one entry for a linear segment, empty where the type is something else.
    pub stripes: Vec<Stripe>,
}

/// One stripe of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stripe {
    pub pv: Id,
    pub start_extent: u64,
}
