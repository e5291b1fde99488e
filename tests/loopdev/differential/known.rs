//! Where a peer is known to be wrong, or answers another question.

/// A field of a case in which a peer's answer is not ours.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) peer: &'static str,
    /// The case's name, or the start of it before a `*`.
    pub(crate) case: &'static str,
    /// The field's name, or the start of it before a `*`.
    pub(crate) field: &'static str,
    pub(crate) why: &'static str,
}

impl Known {
    pub(crate) fn covers(&self, peer: &str, case: &str, field: &str) -> bool {
        self.peer == peer && matches(self.case, case) && matches(self.field, field)
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == text, |start| text.starts_with(start))
}

/// Our own scan of the block device, when that of the image file is compared with it.
pub(crate) const DEVICE: &str = "the scan of the device";

const BOOT_SECTOR: &str =
    "a FAT, NTFS or exFAT boot sector ends like an MBR, and the peer takes its boot code for a table";

const NO_SECTOR_SIZE: &str =
    "primary partitions alone do not tell the sector size; the scan of the file says that it is assumed";
const EXPORTED: &str = "lvs leaves out the logical volumes of an exported group";

/// Every known difference. An entry that explains nothing any more makes the test fail.
pub(crate) const KNOWN: &[Known] = &[
    Known { peer: "sfdisk", case: "whole-vfat*", field: "table.*", why: BOOT_SECTOR },
    Known { peer: "sfdisk", case: "whole-ntfs-512", field: "table.*", why: BOOT_SECTOR },
    Known { peer: "sfdisk", case: "whole-exfat-512", field: "table.*", why: BOOT_SECTOR },
    Known { peer: "blkid", case: "whole-exfat-512", field: "table.*", why: BOOT_SECTOR },
    Known { peer: DEVICE, case: "mbr-node-4096", field: "*", why: NO_SECTOR_SIZE },
    Known { peer: DEVICE, case: "mbr-one-4096", field: "*", why: NO_SECTOR_SIZE },
    Known { peer: "lvm", case: "vg_exported-*", field: "lvs", why: EXPORTED },
];
