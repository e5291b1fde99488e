//! The volume group and the swap volume: there once, whole, and seen by LVM2 as the disks tell them.

use super::{Request, refuse};
use crate::base::units::SectorSize;
use crate::disk::{LogicalVolume, VolumeGroup};
use crate::engine::Refusal;
use crate::host::Probed;
use crate::host::locate::{groups, sector_size, what_may_hide_a_group};
use crate::host::lvm::{DevicesFile, Lvm};
use crate::subjects::swap::facts::{Growth, TEMPORARY};
use crate::subjects::swap::owner::{Owner, owner};

/// The tag that tells it from a volume of that name which is somebody else's.
pub(super) const TAG: &str = "okv-host";

/// The group, the swap volume in it, and LVM2's view of them.
pub(crate) struct System<'g> {
    pub(super) group: &'g VolumeGroup,
    pub(super) volume: &'g LogicalVolume,
    pub(super) lvm: &'g Lvm,
    pub(super) is_striped: bool,
    /// Extents of the temporary volume, where one was left by a run that was cut off.
    pub(super) temporary_extents: Option<u64>,
    /// Logical block size of the group's disks.
    pub(super) sector: SectorSize,
}

impl System<'_> {
    /// Extents of the swap volume.
    pub(super) fn extents(&self) -> u64 {
        self.in_extents(self.volume.bytes)
    }

    /// Whole extents in so many bytes. The group was refused if its extents had no size.
    pub(super) fn in_extents(&self, bytes: u64) -> u64 {
        bytes.checked_div(self.group.extent_bytes).unwrap_or_default()
    }

    /// Extents that hold so many bytes.
    pub(super) fn extents_for(&self, bytes: u64) -> u64 {
        bytes.div_ceil(self.group.extent_bytes.max(1))
    }
}

pub(super) fn system<'g>(growth: &'g Growth, request: &Request) -> Result<System<'g>, Refusal> {
    let (name, volume_name) = (&request.group, &request.volume);
    let mut named = groups(&growth.node).filter(|group| group.name == *name);
    let Some(group) = named.next() else {
        return Err(match what_may_hide_a_group(&growth.node) {
            Some(why) => refuse(
                "group-unknown",
                format!("{name} was not found, but it may be there: {why}"),
                "Run: okv-host scan. Nothing is changed before the group is identified.",
            ),
            None => {
                refuse("group-missing", format!("no disk has a volume group {name}"), "attach the disks of the node")
            }
        });
    };
    if named.next().is_some() {
        return Err(refuse(
            "group-twice",
            format!("there is more than one volume group {name}, or more than one copy of it"),
            "detach the disk that does not belong to the node",
        ));
    }
    whole(growth, group)?;
    let lvm = view(growth, group)?;
    let Some(volume) = group.logical_volumes.iter().find(|volume| volume.name == *volume_name) else {
        let remedy = "make sure of the name of the swap volume: okv-host scan shows the volumes";
        return Err(refuse("volume-missing", format!("{name} has no logical volume {volume_name}"), remedy));
    };
    let is_striped = plain(volume, lvm, request)?;
    let sector = sector_size(&growth.node, group).unwrap_or(SectorSize::S512);
    let temporary_extents = temporary(group, lvm)?;
    Ok(System { group, volume, lvm, is_striped, temporary_extents, sector })
}

fn whole(growth: &Growth, group: &VolumeGroup) -> Result<(), Refusal> {
    let name = &group.name;
    if !group.missing_pvs.is_empty() {
        let missing: Vec<String> = group.missing_pvs.iter().map(ToString::to_string).collect();
        return Err(refuse(
            "group-incomplete",
            format!("{name} lacks physical volumes: {}", missing.join(", ")),
            "attach the missing disk; never remove missing volumes from the group",
        ));
    }
    if group.flags.iter().any(|flag| flag == "exported") {
        return Err(refuse("group-exported", format!("{name} is exported"), format!("vgimport {name}")));
    }
    if let Owner::Other(why) | Owner::Unknown(why) = owner(&growth.node, group) {
        let remedy = "set system_id_source in /etc/lvm/lvm.conf as it was, or run vgchange --systemid";
        return Err(refuse("group-foreign", format!("{name}: {why}"), remedy));
    }
    if group.extent_bytes == 0 {
        return Err(refuse("group-unknown", format!("{name} has no extent size"), "look at okv-host scan"));
    }
    Ok(())
}

/// LVM2 must see what the disks say: else it works on something that was not looked at.
fn view<'g>(growth: &'g Growth, group: &VolumeGroup) -> Result<&'g Lvm, Refusal> {
    let name = &group.name;
    let lvm = match &growth.lvm {
        Probed::Known(lvm) => lvm,
        Probed::Absent => return Err(refuse("lvm-unknown", "LVM2 was not asked", "run it on the node itself")),
        Probed::Unreadable(why) => {
            return Err(refuse("lvm-unknown", format!("LVM2 does not answer: {why}"), "mend LVM2 first: try vgs"));
        }
    };
    let otherwise = |what: String| {
        let remedy =
            "look for a filter in /etc/lvm/lvm.conf or a devices file that hides a disk, and for two copies of a disk";
        refuse("lvm-sees-otherwise", what, remedy)
    };
    let Some(seen) = lvm.group(name) else {
        return Err(otherwise(format!("LVM2 does not see {name} exactly once, and the disks have it")));
    };
    if seen.missing != 0 {
        return Err(otherwise(format!("LVM2 misses {} physical volumes of {name}", seen.missing)));
    }
    let (ours, theirs) = (group.physical_volumes.len(), lvm.physical_volumes(name).count());
    if ours != theirs || seen.seqno != group.seqno || seen.free_extents != group.free_extents {
        return Err(otherwise(format!(
            "LVM2 sees {theirs} physical volumes of {name}, version {} and {} free extents; on the disks are {ours}, \
             version {} and {}",
            seen.seqno, seen.free_extents, group.seqno, group.free_extents
        )));
    }
    if lvm.devices_file == DevicesFile::Missing {
        return Err(refuse(
            "devices-file-missing",
            "LVM2 is configured to use a devices file, and there is none: the first pvcreate could make one that hides \
             all other disks",
            "vgimportdevices --all, then look at vgs",
        ));
    }
    Ok(lvm)
}

/// Whether the volume is striped; refused where it is neither that nor linear.
fn plain(volume: &LogicalVolume, lvm: &Lvm, request: &Request) -> Result<bool, Refusal> {
    let name = request.name();
    let Some(seen) = lvm.volume(&request.group, &request.volume) else {
        return Err(refuse("lvm-sees-otherwise", format!("LVM2 does not see {name}"), "look at lvs"));
    };
    if seen.bytes != volume.bytes {
        let message = format!("{name} has {} bytes by LVM2, and {} by the disks", seen.bytes, volume.bytes);
        return Err(refuse("lvm-sees-otherwise", message, "compare with lvs, then run it again"));
    }
    let odd = volume.segments.iter().find(|segment| !matches!(&*segment.kind, "linear" | "striped"));
    if let Some(segment) = odd {
        let message = format!("{name} is of type {}, and only a linear or striped volume is resized", segment.kind);
        return Err(refuse("volume-type", message, "grow this volume by hand, as its type asks"));
    }
    if !matches!(seen.layout.as_str(), "linear" | "striped") || seen.role != "public" {
        let message = format!("LVM2 calls {name} {} and {}: only a plain volume is resized", seen.layout, seen.role);
        return Err(refuse("volume-type", message, "remove its snapshots, or grow it by hand"));
    }
    if seen.active.is_empty() {
        let message = format!("{name} is not active");
        return Err(refuse("volume-inactive", message, format!("lvchange --activate y {name}")));
    }
    // LVM2 shows a linear volume as striped with one stripe to itself.
    Ok(volume.segments.iter().any(|segment| segment.stripes.len() > 1))
}

fn temporary(group: &VolumeGroup, lvm: &Lvm) -> Result<Option<u64>, Refusal> {
    let Some(volume) = lvm.volume(&group.name, TEMPORARY) else { return Ok(None) };
    if !volume.tags.split(',').any(|tag| tag == TAG) {
        return Err(refuse(
            "temporary-volume-foreign",
            format!("{}/{TEMPORARY} is there and does not have the tag {TAG}: somebody else made it", group.name),
            "rename or remove it by hand, if it is not needed",
        ));
    }
    Ok(volume.bytes.checked_div(group.extent_bytes))
}
