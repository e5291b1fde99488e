//! Which mount options the kernels of these releases know: UEK 4.14 (el7) and 5.4 (el8). Pure.
//!
//! mount(8) and systemd take some options for themselves; the rest goes to the file system, which refuses the mount for
//! one that it does not know. Only ext4 and xfs are judged: `fs/ext4/super.c` and `fs/xfs/xfs_super.c`.

use crate::host::FstabEntry;

/// What mount(8), systemd and the kernel's VFS and security modules take, for any type.
const ANY: &[&str] = &[
    "defaults",
    "auto",
    "noauto",
    "user",
    "users",
    "nouser",
    "owner",
    "group",
    "nofail",
    "fail",
    "_netdev",
    "comment",
    "loop",
    "offset",
    "sizelimit",
    "helper",
    "uhelper",
    "ro",
    "rw",
    "suid",
    "nosuid",
    "dev",
    "nodev",
    "exec",
    "noexec",
    "sync",
    "async",
    "dirsync",
    "remount",
    "mand",
    "nomand",
    "atime",
    "noatime",
    "diratime",
    "nodiratime",
    "relatime",
    "norelatime",
    "strictatime",
    "nostrictatime",
    "lazytime",
    "nolazytime",
    "iversion",
    "noiversion",
    "silent",
    "loud",
    "bind",
    "rbind",
    "move",
    "private",
    "rprivate",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "unbindable",
    "runbindable",
    "context",
    "fscontext",
    "defcontext",
    "rootcontext",
    "seclabel",
    "encryption",
    "pri",
];

const EXT4: &[&str] = &[
    "bsddf",
    "minixdf",
    "grpid",
    "bsdgroups",
    "nogrpid",
    "sysvgroups",
    "resgid",
    "resuid",
    "sb",
    "errors",
    "nouid32",
    "debug",
    "oldalloc",
    "orlov",
    "user_xattr",
    "nouser_xattr",
    "acl",
    "noacl",
    "noload",
    "norecovery",
    "bh",
    "nobh",
    "commit",
    "min_batch_time",
    "max_batch_time",
    "journal_dev",
    "journal_path",
    "journal_checksum",
    "nojournal_checksum",
    "journal_async_commit",
    "abort",
    "data",
    "data_err",
    "offusrjquota",
    "usrjquota",
    "offgrpjquota",
    "grpjquota",
    "jqfmt",
    "grpquota",
    "noquota",
    "quota",
    "usrquota",
    "prjquota",
    "barrier",
    "nobarrier",
    "i_version",
    "dax",
    "stripe",
    "delalloc",
    "nodelalloc",
    "warn_on_error",
    "nowarn_on_error",
    "mblk_io_submit",
    "nomblk_io_submit",
    "block_validity",
    "noblock_validity",
    "inode_readahead_blks",
    "journal_ioprio",
    "auto_da_alloc",
    "noauto_da_alloc",
    "dioread_nolock",
    "dioread_lock",
    "discard",
    "nodiscard",
    "init_itable",
    "noinit_itable",
    "max_dir_size_kb",
    "test_dummy_encryption",
    "nombcache",
    "no_mbcache",
    "check",
];

const XFS: &[&str] = &[
    "logbufs",
    "logbsize",
    "logdev",
    "rtdev",
    "wsync",
    "noalign",
    "swalloc",
    "sunit",
    "swidth",
    "nouuid",
    "grpid",
    "nogrpid",
    "bsdgroups",
    "sysvgroups",
    "allocsize",
    "norecovery",
    "inode64",
    "inode32",
    "ikeep",
    "noikeep",
    "largeio",
    "nolargeio",
    "attr2",
    "noattr2",
    "filestreams",
    "quota",
    "noquota",
    "usrquota",
    "grpquota",
    "prjquota",
    "uquota",
    "gquota",
    "pquota",
    "uqnoenforce",
    "gqnoenforce",
    "pqnoenforce",
    "qnoenforce",
    "discard",
    "nodiscard",
    "dax",
];

/// Options of xfs that 4.14 takes and 5.4 refuses (removed in Linux 4.19).
const XFS_UNTIL_4_14: &[&str] = &["barrier", "nobarrier"];

/// The first option that the type of the line does not know, and which kernel refuses it.
pub(super) fn refused(entry: &FstabEntry) -> Option<(&str, &'static str)> {
    let own = match entry.kind.as_str() {
        "ext4" => EXT4,
        "xfs" => XFS,
        _ => return None,
    };
    entry.options.iter().find_map(|option| {
        let name = option.split_once('=').map_or(option.as_str(), |(name, _)| name);
        let is_anothers = name.starts_with("x-") || name.starts_with("X-") || ANY.contains(&name);
        match name {
            _ if is_anothers || own.contains(&name) => None,
            _ if entry.kind == "xfs" && XFS_UNTIL_4_14.contains(&name) => Some((name, "kernel 5.4")),
            _ => Some((name, "kernels 4.14 and 5.4")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fstab::parse;

    fn of(kind: &str, options: &str) -> Option<(String, &'static str)> {
        let entries = parse(format!("/dev/a /a {kind} {options}").as_bytes()).unwrap();
        refused(&entries[0]).map(|(name, kernel)| (name.to_owned(), kernel))
    }

    #[test]
    fn an_option_that_the_type_or_mount_knows_is_taken() {
        for (kind, options) in [
            ("ext4", "defaults,x-systemd.device-timeout=10,nofail,discard,data=ordered,commit=30"),
            ("ext4", "errors=remount-ro,context=\"system_u:object_r:x:s0:c1,c2\",x-initrd.mount"),
            ("xfs", "rw,seclabel,attr2,inode64,logbufs=8,noquota,comment=x"),
            ("nfs", "vers=4,whatever"),
            ("auto", "whatever"),
        ] {
            assert_eq!(of(kind, options), None, "{kind} {options}");
        }
    }

    #[test]
    fn an_option_that_the_type_does_not_know_is_named_with_the_kernel_that_refuses_it() {
        assert_eq!(of("xfs", "defaults,nobarrier"), Some(("nobarrier".into(), "kernel 5.4")));
        assert_eq!(of("ext4", "nobarrier,inode64"), Some(("inode64".into(), "kernels 4.14 and 5.4")));
        assert_eq!(of("xfs", "data=ordered"), Some(("data".into(), "kernels 4.14 and 5.4")));
    }
}
