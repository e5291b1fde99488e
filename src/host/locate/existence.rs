//! Whether the device that a name means exists. Pure.
//!
//! [`volume`] finds what lies on the disks that were read. A name may also mean what was not read: a file system on an
//! md array, in an encrypted container, or in a logical volume of a type that is not looked into. Such a name is
//! [`Existence::Unknown`], never missing.

use super::encrypted::{crypttab_unread, is_made_anew, mapping};
use super::{Located, Volume, block, groups, volume, volumes};
use crate::disk::format::content::Kind;
use crate::host::block::BlockDevice;
use crate::host::crypttab::CryptEntry;
use crate::host::node::Node;

/// Whether a device exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existence {
    /// A volume that was read has the name, or the kernel has a device of that name.
    Exists,
    /// Everything was read, and nothing has the name.
    Missing,
    /// The name means no block device: `tmpfs`, a network share, a file.
    NotADevice,
    /// Not found, but this was not read, and may have it.
    Unknown(String),
}

/// Whether what `source` means exists: the first field of an fstab line.
///
/// A mapping of /etc/crypttab that is not open exists where what it lies on does.
pub fn existence(node: &Node, source: &str) -> Existence {
    of_layer(node, source, MOST_LAYERS)
}

fn of_layer(node: &Node, source: &str, layers: u32) -> Existence {
    let unread = match volume(node, source) {
        Located::One(_) | Located::Several(_) => return Existence::Exists,
        Located::NotAVolume => return Existence::NotADevice,
        Located::Unknown(why) => Some(why),
        Located::Nothing if cannot_be_hidden(node, source) => None,
        Located::Nothing => what_was_not_read(node).or_else(|| of_crypttab(node, source)),
    };
    match unread {
        _ if source.strip_prefix("/dev/").is_some_and(|path| kernel_has(node, path)) => Existence::Exists,
        other if let Some(entry) = mapping(node, source) => match layers.checked_sub(1) {
            Some(layers) => below(of_layer(node, &entry.source, layers), entry),
            None => Existence::Unknown(other.unwrap_or_else(|| "mappings in a circle".to_owned())),
        },
        Some(why) => Existence::Unknown(why),
        None => Existence::Missing,
    }
}

/// Most mappings over one another that are followed.
const MOST_LAYERS: u32 = 4;

fn below(existence: Existence, entry: &CryptEntry) -> Existence {
    match existence {
        Existence::NotADevice => Existence::Unknown(format!("{} is not looked into", entry.source)),
        other => other,
    }
}

/// A mapping that the next start makes may have the name.
fn of_crypttab(node: &Node, source: &str) -> Option<String> {
    crypttab_unread(node).filter(|_| source.starts_with("/dev/mapper/"))
}

/// Whether nothing that was not read can have the name, because the kernel or a volume group gives it and was read.
fn cannot_be_hidden(node: &Node, source: &str) -> bool {
    let Some(path) = source.strip_prefix("/dev/") else { return false };
    let is_kernels = ["sd", "vd", "xvd", "hd", "nvme", "dm-"].iter().any(|prefix| path.starts_with(prefix));
    if is_kernels && !path.contains('/') {
        return block(node).is_ok();
    }
    let Some((name, _)) = logical_name(source) else { return false };
    let mut named = groups(node).filter(|group| group.name == name).peekable();
    named.peek().is_some() && named.all(|group| group.missing_pvs.is_empty())
}

/// Group and volume of `/dev/VG/LV` and of `/dev/mapper/VG-LV`, in which their own hyphens are doubled.
pub fn logical_name(source: &str) -> Option<(String, String)> {
    let path = source.strip_prefix("/dev/")?;
    let Some(mapped) = path.strip_prefix("mapper/") else {
        let (group, name) = path.split_once('/')?;
        let is_one = !name.is_empty() && !name.contains('/') && !matches!(group, "disk" | "block" | "md");
        return is_one.then(|| (group.to_owned(), name.to_owned()));
    };
    let whole = mapped.replace("--", "\u{0}");
    let (group, name) = whole.split_once('-')?;
    let plain = |part: &str| part.replace('\u{0}', "-");
    (!name.contains('-')).then(|| (plain(group), plain(name)))
}

/// Whether the kernel has a device of that path below /dev.
fn kernel_has(node: &Node, path: &str) -> bool {
    let mangled = |part: &str| part.replace('-', "--");
    let mapped = match path.split_once('/') {
        Some(("mapper", name)) => Some(name.to_owned()),
        Some((group, volume)) => Some(format!("{}-{}", mangled(group), mangled(volume))),
        None => None,
    };
    let has_name = |device: &BlockDevice| {
        device.name == path || device.mapped.as_ref().is_some_and(|(name, _)| Some(name) == mapped.as_ref())
    };
    block(node).is_ok_and(|block| block.iter().any(has_name))
}

/// The first thing on the node that was not read: any volume and any group may lie within it.
pub fn what_was_not_read(node: &Node) -> Option<String> {
    let unread = |volume: Volume<'_>| match volume.content().map(|content| content.kind) {
        None | Some(Kind::Unreadable) => Some(format!("the content of {} was not read", volume.unopened())),
        Some(_) => None,
    };
    node.why_incomplete()
        .or_else(|| volumes(node).find_map(unread))
        .or_else(|| closed_container(node))
        .or_else(|| node.running.as_ref().and_then(|_| block(node).err()))
        .or_else(|| disk_not_given(node))
}

/// Why a volume group that was not found may yet be there, or a physical volume of one.
pub fn what_may_hide_a_group(node: &Node) -> Option<String> {
    node.why_incomplete().or_else(|| closed_container(node)).or_else(|| disk_not_given(node))
}

/// Of a powered-off node only those disks are known that were given.
fn disk_not_given(node: &Node) -> Option<String> {
    node.running.is_none().then(|| "none of the disks given has it, and the node may have others".to_owned())
}

/// The first container on the node that was not opened: an array, an encrypted volume, a device that is built on
/// others.
pub fn closed_container(node: &Node) -> Option<String> {
    let of_volume = |volume: Volume<'_>| {
        let kind = volume.content()?.kind;
        let closed = is_closed(kind) && !is_followed(&volume);
        closed.then(|| format!("what is within {volume} ({}) was not read", kind.word()))
    };
    let of_device = |device: &BlockDevice| format!("the content of /dev/{} was not read", device.name);
    let of_kernel = || {
        let block = block(node).ok()?;
        let is_lasting =
            |device: &BlockDevice| !device.mapped.as_ref().is_some_and(|(name, _)| is_made_anew(node, name));
        let is_unread = |device: &&BlockDevice| is_container(device) && is_lasting(device) && !is_opened(node, device);
        block.iter().find(is_unread).map(of_device)
    };
    volumes(node).find_map(of_volume).or_else(of_kernel)
}

/// Whether a member of an array was read as what the array holds.
fn is_followed(volume: &Volume<'_>) -> bool {
    volume.content().is_some_and(|content| content.array.is_some())
}

/// Whether a device of the kernel's is an array that was followed.
fn is_opened(node: &Node, device: &BlockDevice) -> bool {
    matches!(volume(node, &format!("/dev/{}", device.name)), Located::One(Volume::Array { .. }))
}

/// Whether volumes may lie within what has this content, which is not opened.
fn is_closed(kind: Kind) -> bool {
    matches!(kind, Kind::Luks | Kind::Md | Kind::Bcache | Kind::Ddf | Kind::Imsm | Kind::Lvm1)
}

/// Whether a device has a content of its own that is not read by way of the disks below it: md, and device-mapper but
/// for LVM2 and multipath. What the kernel makes anew at each start (loop, RAM) has no name that lasts.
fn is_container(device: &BlockDevice) -> bool {
    match &device.mapped {
        Some((_, uuid)) => !(uuid.starts_with("LVM-") || uuid.contains("mpath-")),
        None => device.name.starts_with("md") && device.partition_of.is_none() && device.bytes > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Probed;
    use crate::host::sample;

    const NOBODY: &str = "UUID=deadbeef-0000-4000-8000-00000000dead";

    /// A node of which everything was read.
    fn read_node() -> Node {
        let mut node = sample::node();
        for volume in
            node.disks.iter_mut().flat_map(|disk| &mut disk.volume_groups).flat_map(|g| &mut g.logical_volumes)
        {
            volume.content.get_or_insert_with(|| crate::disk::format::content::Content::new(Kind::Xfs));
        }
        node
    }

    fn with_device(device: BlockDevice) -> Node {
        let mut node = read_node();
        let Probed::Known(block) = &mut node.running.as_mut().unwrap().block else { panic!("no devices") };
        block.push(device);
        node
    }

    #[test]
    fn a_name_that_nothing_has_is_missing_only_where_everything_was_read() {
        let node = read_node();
        assert_eq!(existence(&node, NOBODY), Existence::Missing);
        assert_eq!(existence(&node, "/dev/sdz1"), Existence::Missing);
        assert_eq!(existence(&node, "/dev/vg-root/lv_none"), Existence::Missing);
        let mut hidden = node.clone();
        hidden.disks[0].volume_groups[0].logical_volumes[0].content = None;
        assert!(matches!(existence(&hidden, NOBODY), Existence::Unknown(why) if why.contains("not read")));
        for source in ["/dev/vg-root/lv_none", "/dev/mapper/vg--root-lv_none", "/dev/sdz1"] {
            assert_eq!(existence(&hidden, source), Existence::Missing, "the group and the kernel were read: {source}");
        }
        assert!(matches!(existence(&hidden, "/dev/vg_other/lv_none"), Existence::Unknown(_)));
    }

    #[test]
    fn what_is_on_an_array_or_in_an_encrypted_container_is_unknown() {
        let luks = sample::mapped(9, "luks-data", "CRYPT-LUKS2-0123456789abcdef-luks-data", &["sdb"]);
        let md = BlockDevice { is_physical_disk: false, ..sample::device("md127", 9, 127) };
        for device in [luks, md] {
            let found = existence(&with_device(device), NOBODY);
            assert!(matches!(&found, Existence::Unknown(why) if why.contains("not read")), "{found:?}");
        }
    }

    #[test]
    fn what_is_within_a_closed_partition_is_unknown_on_a_powered_off_node_too() {
        for kind in [Kind::Luks, Kind::Md, Kind::Bcache] {
            let mut node = read_node();
            node.disks[0].partitions[1].content = crate::disk::format::content::Content::new(kind);
            let words = [NOBODY, "/dev/vg_other/lv", "LABEL=data"];
            for source in words {
                let found = existence(&node, source);
                assert!(matches!(&found, Existence::Unknown(why) if why.contains(kind.word())), "{source}: {found:?}");
            }
            node.running = None;
            assert!(matches!(existence(&node, NOBODY), Existence::Unknown(_)));
        }
    }

    #[test]
    fn a_mapped_name_is_group_and_volume_with_their_hyphens_doubled() {
        let pair = |(group, name): (&str, &str)| Some((group.to_owned(), name.to_owned()));
        assert_eq!(logical_name("/dev/mapper/vg--a-lv--b"), pair(("vg-a", "lv-b")));
        assert_eq!(logical_name("/dev/vg-a/lv-b"), pair(("vg-a", "lv-b")));
        for other in ["/dev/mapper/mpatha", "/dev/mapper/a-b-c", "/dev/disk/by-uuid", "/dev/sda", "/dev/a/b/c", "x"] {
            assert_eq!(logical_name(other), None, "{other}");
        }
    }

    #[test]
    fn a_device_that_the_kernel_has_exists_whatever_is_on_it() {
        let luks = sample::mapped(9, "luks-data", "CRYPT-LUKS2-0123456789abcdef-luks-data", &["sdb"]);
        assert_eq!(existence(&with_device(luks), "/dev/mapper/luks-data"), Existence::Exists);
        let disc = BlockDevice { is_physical_disk: false, ..sample::device("sr0", 11, 0) };
        assert_eq!(existence(&with_device(disc), "/dev/sr0"), Existence::Exists);
        let other = sample::mapped(9, "vg_x-lv--y", "LVM-none", &["sdb"]);
        assert_eq!(existence(&with_device(other), "/dev/vg_x/lv-y"), Existence::Exists);
    }

    #[test]
    fn a_share_or_a_file_system_without_a_device_is_no_device() {
        for source in ["tmpfs", "server:/export", "//server/share", "/var/swap"] {
            assert_eq!(existence(&read_node(), source), Existence::NotADevice, "{source}");
        }
    }
}
