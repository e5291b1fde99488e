//! Paths below /dev: udev's links, device-mapper names, kernel names.

use super::{Located, Tag, Volume, array, block, by_number, by_tag, logical_volumes, one_of};
use crate::base::ids::Id;
use crate::disk::Disk;
use crate::host::block::{BlockDevice, is_same_disk, leaves_below};
use crate::host::mounts;
use crate::host::node::Node;

/// The volume that a path means; `path` is what follows `/dev/`.
pub(super) fn by_path<'f>(node: &'f Node, path: &str) -> Located<'f> {
    if let Some(link) = path.strip_prefix("disk/") {
        return by_udev_link(node, link);
    }
    if let Some(name) = path.strip_prefix("mapper/") {
        return by_mapped_name(node, name);
    }
    if let Some(number) = path.strip_prefix("block/").and_then(|n| mounts::device_number(n.as_bytes())) {
        return by_number(node, number);
    }
    let block = block(node);
    if let Ok(block) = &block
        && let Some(device) = block.iter().find(|device| device.name == path)
    {
        return by_kernel_device(node, block, device);
    }
    if let Some(name) = path.strip_prefix("md/") {
        return by_array_name(node, name);
    }
    if let Some((group, volume)) = path.split_once('/') {
        return by_group_and_volume(node, group, volume);
    }
    match block {
        Ok(_) => Located::Nothing,
        Err(why) => Located::Unknown(why),
    }
}

fn by_udev_link<'f>(node: &'f Node, link: &str) -> Located<'f> {
    let (directory, name) = link.split_once('/').unwrap_or((link, ""));
    if let Some(tag) = Tag::from_udev(directory) {
        return by_tag(node, tag, &unescape_udev(name));
    }
    if directory == "by-id" {
        if let Some(name) = name.strip_prefix("dm-name-") {
            return by_mapped_name(node, &unescape_udev(name));
        }
        if let Some(uuid) = name.strip_prefix("dm-uuid-LVM-") {
            return by_lvm_uuid(node, uuid);
        }
        if let Some(volume) = by_array_uuid(node, name) {
            return Located::One(volume);
        }
    }
    by_known_link(node, link)
}

/// Links whose names only udev can make. One that is not there now may be there after the next start.
fn by_known_link<'f>(node: &'f Node, link: &str) -> Located<'f> {
    let links = node.running.as_ref().and_then(|running| running.links.known());
    match links.and_then(|links| links.iter().find(|known| known.name == link)) {
        Some(known) => match block(node) {
            Ok(block) => match block.iter().find(|device| device.name == known.device) {
                Some(device) => by_kernel_device(node, block, device),
                None => Located::Unknown(format!("/dev/disk/{link} leads to /dev/{}, which is gone", known.device)),
            },
            Err(why) => Located::Unknown(why),
        },
        None => Located::Unknown(format!("no link /dev/disk/{link} was read")),
    }
}

/// An array by the link that udev makes of its identifier.
fn by_array_uuid<'f>(node: &'f Node, name: &str) -> Option<Volume<'f>> {
    name.starts_with("md-uuid-").then(|| {
        let path = format!("/dev/disk/by-id/{name}");
        array::all(node).find(|found| found.device() == path)
    })?
}

/// udev writes a byte that may not stand in a name as `\xNN`.
fn unescape_udev(name: &str) -> String {
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = rest.strip_prefix(br"\x").and_then(|hex| hex.split_first_chunk::<2>());
        let byte = digits.and_then(|(hex, after)| {
            let hex = hex.iter().all(u8::is_ascii_hexdigit).then(|| str::from_utf8(hex).ok())??;
            Some((u8::from_str_radix(hex, 16).ok()?, after))
        });
        let (byte, after) = byte.unwrap_or((*first, after));
        out.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn by_group_and_volume<'f>(node: &'f Node, group: &str, volume: &str) -> Located<'f> {
    let is_it = |found: &Volume<'_>| match found {
        Volume::Logical { group: g, volume: v } => g.name == group && v.name == volume,
        _ => false,
    };
    one_of(logical_volumes(node).filter(is_it).collect())
}

/// A device-mapper name that LVM made: group and volume with a hyphen between, and their own hyphens doubled.
fn by_mapped_name<'f>(node: &'f Node, name: &str) -> Located<'f> {
    let is_it = |found: &Volume<'_>| match found {
        Volume::Logical { group, volume } => is_mapped_name(name, &group.name, &volume.name),
        _ => false,
    };
    let found = one_of(logical_volumes(node).filter(is_it).collect());
    if found != Located::Nothing {
        return found;
    }
    let mapped = |device: &&BlockDevice| device.mapped.as_ref().is_some_and(|(mapped, _)| mapped == name);
    match block(node) {
        Ok(block) => match block.iter().find(mapped) {
            Some(device) => by_kernel_device(node, block, device),
            None => Located::Nothing,
        },
        // Without sysfs, a name that LVM did not make may still be another's.
        Err(_) => Located::Nothing,
    }
}

fn is_mapped_name(name: &str, group: &str, volume: &str) -> bool {
    let mangled = |part: &str| part.replace('-', "--");
    name == format!("{}-{}", mangled(group), mangled(volume))
}

/// A device-mapper UUID that LVM made, without its prefix: the identifiers of group and volume in 32 characters each.
/// An LV that is hidden or has layers carries a suffix, and is none that can be named.
fn by_lvm_uuid<'f>(node: &'f Node, uuid: &str) -> Located<'f> {
    let Some((group, volume)) = uuid.split_at_checked(32) else { return Located::Nothing };
    let is = |id: Option<Id>, text: &str| matches!(id, Some(Id::Lvm(chars)) if chars == text.as_bytes());
    let is_it = |found: &Volume<'_>| match found {
        Volume::Logical { group: g, volume: v } => is(g.uuid, group) && is(v.uuid, volume),
        _ => false,
    };
    one_of(logical_volumes(node).filter(is_it).collect())
}

/// The volume of a device of the kernel's.
pub(super) fn by_kernel_device<'f>(node: &'f Node, block: &[BlockDevice], device: &BlockDevice) -> Located<'f> {
    if let Some((name, uuid)) = &device.mapped {
        return match uuid.strip_prefix("LVM-") {
            Some(uuid) => by_lvm_uuid(node, uuid),
            None => by_mapped_device(node, block, device, name, uuid),
        };
    }
    let (whole, number) = match &device.partition_of {
        Some((whole, number)) => (whole.as_str(), Some(*number)),
        None => (device.name.as_str(), None),
    };
    if device.partition_of.is_none() && device.name.starts_with("md") {
        return by_array(node, block, device);
    }
    on_disk(node, block, whole, number)
}

/// The volume of an md array, by its members: those of a mirror were followed.
fn by_array<'f>(node: &'f Node, block: &[BlockDevice], device: &BlockDevice) -> Located<'f> {
    let members = device.slaves.iter().filter_map(|name| block.iter().find(|member| member.name == *name));
    let mut found = members.filter_map(|member| match by_kernel_device(node, block, member) {
        Located::One(member) => array::all(node).find(|found| found.is_array_of(&member)),
        _ => None,
    });
    match found.next() {
        Some(found) => Located::One(found),
        None => Located::Unknown(format!("the md array /dev/{} was not opened", device.name)),
    }
}

/// An array by the name that mdadm gave it a link for: with or without the name of its host.
fn by_array_name<'f>(node: &'f Node, name: &str) -> Located<'f> {
    let is_it = |array: &Volume<'_>| {
        let label = array.member_label();
        label.is_some_and(|label| label == name || label.split_once(':').is_some_and(|(_, short)| short == name))
    };
    match one_of(array::all(node).filter(is_it).collect()) {
        Located::Nothing => Located::Unknown(format!("no md array that was opened is called {name}")),
        found => found,
    }
}

fn on_disk<'f>(node: &'f Node, block: &[BlockDevice], whole: &str, number: Option<u32>) -> Located<'f> {
    let is_it = |disk: &&Disk| disk.path.strip_prefix("/dev/").is_some_and(|name| is_same_disk(block, name, whole));
    let Some(disk) = node.disks.iter().find(is_it) else {
        return Located::Unknown(format!("/dev/{whole} is none of the disks that were read"));
    };
    match number {
        None => Located::One(Volume::WholeDisk(disk)),
        Some(number) => match disk.partitions.iter().find(|partition| partition.number == number) {
            Some(partition) => Located::One(Volume::Partition { disk, partition }),
            // The kernel has it and the table has not: the kernel was not told of a change, or the table is damaged.
            None => Located::Unknown(format!("the table of /dev/{whole} has no partition {number}, the kernel has")),
        },
    }
}

/// A multipath device (`mpath-...`) or a partition of one (`partN-mpath-...`): the same bytes by the disks below.
fn by_mapped_device<'f>(
    node: &'f Node,
    block: &[BlockDevice],
    device: &BlockDevice,
    name: &str,
    uuid: &str,
) -> Located<'f> {
    let (number, below) = match uuid.strip_prefix("part").and_then(|rest| rest.split_once('-')) {
        Some((number, below)) => (number.parse::<u32>().ok(), below),
        None => (None, uuid),
    };
    if !below.starts_with("mpath-") {
        return Located::Unknown(format!("/dev/mapper/{name} is neither of LVM nor of multipath"));
    }
    let mut found = Vec::new();
    for disk in leaves_below(block, &device.name) {
        match on_disk(node, block, disk, number) {
            Located::One(volume) if found.contains(&volume) => {}
            Located::One(volume) => found.push(volume),
            other => return other,
        }
    }
    one_of(found)
}
