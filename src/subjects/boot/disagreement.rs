//! Whether the firmware can start from the boot disk, as far as the disk shows. Pure.

use crate::disk::format::content::Kind;
use crate::disk::{Disk, TableKind};
use crate::host::{Firmware, Node, Probed};
use crate::subjects::boot::readable_boot_disk;

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

/// How the boot disk of a powered-off node is made to be started: the one way that it does not rule out.
pub fn firmware_of_disks(node: &Node) -> Probed<Firmware> {
    let disk = match readable_boot_disk(node) {
        Ok(disk) if !disk.has_unread_parts() => disk,
        Ok(disk) => return Probed::Unreadable(format!("parts of {} could not be read", disk.path)),
        Err(why) => return Probed::Unreadable(why),
    };
    let uefi = Firmware::Uefi { bits: None };
    match (firmware_disagreement(Firmware::Bios, disk), firmware_disagreement(uefi, disk)) {
        (None, Some(_)) => Probed::Known(Firmware::Bios),
        (Some(_), None) => Probed::Known(uefi),
        (None, None) => Probed::Unreadable(format!("{} can be started by BIOS and by UEFI", disk.path)),
        (Some(bios), Some(uefi)) => Probed::Unreadable(format!("neither BIOS nor UEFI starts it: {bios}; {uefi}")),
    }
}

fn esp_content(disk: &Disk) -> Option<Kind> {
    disk.partitions.iter().find(|p| Some(p.number) == disk.boot.esp).map(|p| p.content.kind)
}
