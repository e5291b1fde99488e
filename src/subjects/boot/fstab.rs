//! What systemd makes of a line of /etc/fstab (systemd-fstab-generator(8)). Pure.

use crate::disk::format::content::Kind;
use crate::host::FstabEntry;

/// Types that need no block device.
const WITHOUT_DEVICE: &[&str] = &[
    "tmpfs",
    "ramfs",
    "proc",
    "sysfs",
    "devpts",
    "devtmpfs",
    "debugfs",
    "tracefs",
    "securityfs",
    "hugetlbfs",
    "mqueue",
    "cgroup",
    "cgroup2",
    "configfs",
    "efivarfs",
    "bpf",
    "pstore",
    "autofs",
    "overlay",
    "9p",
    "none",
    "bind",
];

/// Types that remote-fs.target waits for (`fstype_is_network`).
const NETWORK: &[&str] =
    &["nfs", "nfs4", "cifs", "smbfs", "smb3", "sshfs", "ncpfs", "ncp", "gfs", "gfs2", "ocfs2", "glusterfs", "davfs"];

/// Whether local-fs.target requires the mount: without it, the start ends in emergency mode. The root is mounted before
/// /etc/fstab is read.
pub(super) fn is_required(entry: &FstabEntry) -> bool {
    let is_mount = entry.kind != "swap" && entry.point.starts_with('/') && entry.point != "/" && !is_systems(entry);
    let has = |word: &str| entry.options.iter().any(|option| option == word);
    let is_automount = has("x-systemd.automount") || has("comment=systemd.automount");
    is_mount
        && !is_network(entry)
        && !is_automount
        && !last_of(entry, "noauto", "auto")
        && !last_of(entry, "nofail", "fail")
}

/// Whether the device of the line is a block device that the mount needs.
pub(super) fn needs_device(entry: &FstabEntry) -> bool {
    let kind = entry.kind.as_str();
    let is_bind = entry.options.iter().any(|option| option == "bind" || option == "rbind");
    !(is_bind || WITHOUT_DEVICE.contains(&kind) || NETWORK.contains(&kind) || kind.starts_with("fuse."))
}

/// Of two options, the last one counts.
fn last_of(entry: &FstabEntry, yes: &str, no: &str) -> bool {
    entry.options.iter().rev().find(|option| *option == yes || *option == no).is_some_and(|option| option == yes)
}

fn is_network(entry: &FstabEntry) -> bool {
    NETWORK.contains(&entry.kind.as_str()) || entry.options.iter().any(|option| option == "_netdev")
}

/// What systemd mounts itself, whatever /etc/fstab has (`mount_point_is_api`).
fn is_systems(entry: &FstabEntry) -> bool {
    let point = entry.point.trim_end_matches('/');
    entry.kind == "autofs"
        || matches!(point, "/proc" | "/sys" | "/dev" | "/dev/shm" | "/dev/pts" | "/run" | "/run/lock")
        || point.starts_with("/sys/fs/cgroup")
}

/// The earlier line that systemd takes in the place of this one: it makes one unit of a mount point or swap device.
pub(super) fn earlier<'e>(entries: &'e [FstabEntry], entry: &FstabEntry) -> Option<&'e FstabEntry> {
    let key = |entry: &FstabEntry| match entry.kind.as_str() {
        "swap" => (true, entry.source.clone()),
        _ => (false, entry.point.trim_end_matches('/').to_owned()),
    };
    let is_unit = entry.kind == "swap" || entry.point.starts_with('/');
    entries
        .iter()
        .filter(|_| is_unit)
        .take_while(|other| other.line < entry.line)
        .find(|other| key(other) == key(entry))
}

/// Why the content cannot be mounted as the type of the line.
pub(super) fn is_of_other_type(entry: &FstabEntry, kind: Kind) -> bool {
    let family = |word: &str| match word {
        "ext2" | "ext3" | "ext4" => Some("ext"),
        "vfat" | "msdos" => Some("vfat"),
        "xfs" => Some("xfs"),
        "swap" | "lvm2-pv" | "luks" | "btrfs" | "blank" | "iso9660" => Some("another"),
        _ => None,
    };
    match (family(&entry.kind), family(kind.word())) {
        (Some("another") | None, _) | (_, None) => false,
        (Some(wanted), Some(found)) => wanted != found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fstab::parse;

    fn entries(text: &str) -> Vec<FstabEntry> {
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn local_fs_target_requires_what_is_neither_optional_nor_of_the_network_nor_systemds_own() {
        for line in ["/dev/a /a ext4", "/dev/a /a ext4 noauto,auto", "/dev/a /a xfs nofail,fail", "tmpfs /t tmpfs rw"] {
            assert!(is_required(&entries(line)[0]), "{line}");
        }
        for line in [
            "/dev/a / ext4",
            "/dev/a none swap",
            "/dev/a /a ext4 auto,noauto",
            "/dev/a /a ext4 nofail",
            "/dev/a /a ext4 _netdev",
            "/dev/a /a ext4 comment=systemd.automount",
            "s:/e /a nfs",
            "proc /proc proc",
            "/dev/a relative ext4",
        ] {
            assert!(!is_required(&entries(line)[0]), "{line}");
        }
    }

    #[test]
    fn a_bind_mount_and_a_type_without_a_device_need_none() {
        for line in ["/srv /a none bind", "/dev/x /a auto rw,rbind", "/dev/shm /a tmpfs", "s:/e /a nfs4", "x /a fuse.x"]
        {
            assert!(!needs_device(&entries(line)[0]), "{line}");
        }
        assert!(needs_device(&entries("UUID=x /a auto")[0]));
    }

    #[test]
    fn a_second_line_for_a_mount_point_or_swap_device_is_passed_over() {
        let all = entries("/dev/a /a ext4\n/dev/b /a/ ext4\n/dev/s none swap\n/dev/s swap swap\n/dev/c /c ext4\n");
        let seen: Vec<Option<u32>> = all.iter().map(|entry| earlier(&all, entry).map(|other| other.line)).collect();
        assert_eq!(seen, [None, Some(1), None, Some(3), None]);
    }

    #[test]
    fn a_type_that_is_not_that_of_the_content_is_another_unless_it_is_not_known() {
        let of = |kind: &str, found| is_of_other_type(&entries(&format!("/dev/a /a {kind}"))[0], found);
        assert!(of("ext4", Kind::Xfs) && of("xfs", Kind::Ext4) && of("ext4", Kind::Swap) && of("vfat", Kind::Luks));
        assert!(
            !of("ext4", Kind::Ext3) && !of("auto", Kind::Xfs) && !of("ext4", Kind::Unknown) && !of("zfs", Kind::Xfs)
        );
    }
}
