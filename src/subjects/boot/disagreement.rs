//! Whether the firmware can start from the boot disk, as far as the disk shows. Pure.

use crate::disk::format::content::Kind;
use crate::disk::{Disk, TableKind};
use crate::host::Firmware;

/// Where firmware and boot disk do not fit together.
pub fn firmware_disagreement(firmware: Firmware, disk: &Disk) -> Option<String> {
    let path = &disk.path;
    match (firmware, disk.table.kind) {
        // What was not found may be where the disk could not be read; table-health says so.
        _ if disk.has_unread_parts() => None,
        (Firmware::Uefi { .. }, _) if disk.boot.esp.is_none() => {
            Some(format!("{path} has no EFI System Partition to boot from"))
        }
        (Firmware::Uefi { .. }, _) if esp_content(disk).is_some_and(|kind| kind != Kind::Vfat) => {
            let kind = esp_content(disk).map_or("nothing", Kind::word);
            Some(format!("the EFI System Partition of {path} is {kind}, and firmware reads only vfat"))
        }
        (Firmware::Bios, TableKind::Gpt) if disk.boot.bios_boot_partition.is_none() => {
            Some(format!("{path} has a GPT without a BIOS boot partition"))
        }
        (Firmware::Bios, _) if !disk.boot.boot_code => Some(format!("{path} has no boot code in sector 0")),
        _ => None,
    }
}

fn esp_content(disk: &Disk) -> Option<Kind> {
    disk.partitions.iter().find(|p| Some(p.number) == disk.boot.esp).map(|p| p.content.kind)
}
