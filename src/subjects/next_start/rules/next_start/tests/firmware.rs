//! What the firmware starts, broken in each way.

use super::is_found;
use crate::disk::Disk;
use crate::host::{Node, Root};
use crate::overlay::Host;
use crate::subjects::next_start::facts::sample::{Layout, efi_option, efi_program, efi_shim, efi_variable};

const SHIM: &str = "boot/efi/EFI/redhat/shimx64.efi";
const GRUB: &str = "boot/efi/EFI/redhat/grubx64.efi";
const REMOVABLE: &str = "boot/efi/EFI/BOOT/BOOTX64.EFI";
const FALLBACK: &str = "boot/efi/EFI/BOOT/fbx64.efi";
const UEFI: [Layout; 2] = [Layout::El7Uefi, Layout::El8Uefi];

fn cut() -> Vec<u8> {
    let program = efi_program();
    program[..program.len() * 4 / 10].to_vec()
}

/// The GUID of the EFI System Partition of a host, as it lies on the disk.
fn partition(host: &Host) -> [u8; 16] {
    let node = Node::gather(&Root::fixture(host.path()).unwrap());
    let Disk { partitions, boot, .. } = &node.disks[0];
    let uuid = partitions.iter().find(|p| Some(p.number) == boot.esp).unwrap().uuid.unwrap();
    let bytes = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let text = uuid.to_string();
    let parts: Vec<Vec<u8>> = text.split('-').map(bytes).collect();
    let turned = parts[..3].iter().flat_map(|part| part.iter().rev());
    turned.chain(parts[3..].iter().flatten()).copied().collect::<Vec<u8>>().try_into().unwrap()
}

/// A host whose firmware tries these options.
fn with_options(host: Host, options: &[Vec<u8>]) -> Host {
    let numbers: Vec<u8> = (0..options.len() as u16).flat_map(u16::to_le_bytes).collect();
    let (path, bytes) = efi_variable("BootOrder", &numbers);
    options.iter().enumerate().fold(host.with(&path, bytes), |host, (n, option)| {
        let (path, bytes) = efi_variable(&format!("Boot{n:04X}"), option);
        host.with(&path, bytes)
    })
}

fn shim_of(host: &Host) -> Vec<u8> {
    efi_option("Oracle Linux", Some(partition(host)), "\\EFI\\REDHAT\\shimx64.efi")
}

/// A host with nothing but one program, for removable media.
fn with_removable_alone(layout: Layout, program: &[u8]) -> Host {
    layout.host().without(SHIM).without(GRUB).without(FALLBACK).with(REMOVABLE, program)
}

#[test]
fn it_starts_nothing_where_its_program_is_missing_empty_or_cut_off() {
    for layout in UEFI {
        is_found(&with_removable_alone(layout, &efi_program()), "pass", "complete");
        is_found(&with_removable_alone(layout, b""), "block", "BOOTX64.EFI: the file is empty");
        is_found(&with_removable_alone(layout, &cut()), "block", "BOOTX64.EFI: it is cut off");
        is_found(&with_removable_alone(layout, &efi_shim()), "block", "BOOTX64.EFI has no GRUB beside it");
        is_found(&with_removable_alone(layout, b"").without(REMOVABLE), "block", "has no boot program");
    }
    is_found(&Layout::El8Bios.host().with("dev/sda", ""), "unknown", "the firmware");
}

#[test]
fn shim_leads_to_the_grub_beside_it_and_as_removable_to_shim_in_another_folder() {
    let program = efi_program();
    for layout in UEFI {
        is_found(&layout.host(), "pass", "complete");
        is_found(&layout.host().with(GRUB, &program[..1000]), "block", "grubx64.efi: it is cut off");
        is_found(&layout.host().without(GRUB), "block", "shimx64.efi has no GRUB beside it");
        is_found(&layout.host().without(SHIM), "warn", "fbx64.efi finds no shim in another folder");
        is_found(&layout.host().without(SHIM).without(GRUB), "block", "fbx64.efi finds no shim in another folder");
    }
}

#[test]
fn without_boot_options_a_program_that_is_broken_beside_one_that_is_whole_is_doubtful() {
    let program = efi_program();
    for layout in UEFI {
        let host = layout.host().with(REMOVABLE, &program);
        is_found(&host.with(SHIM, &program[..1000]), "warn", "shimx64.efi: it is cut off");
        let host = layout.host().with(REMOVABLE, &program);
        is_found(&host.with(GRUB, &program[..1000]), "warn", "grubx64.efi: it is cut off");
        is_found(&layout.host().with("boot/efi/EFI/redhat/mmx64.efi", "MZ"), "pass", "complete");
    }
}

#[test]
fn the_first_option_that_leads_to_a_whole_program_is_started_whatever_is_not_there_before_it() {
    for layout in UEFI {
        let host = layout.host();
        let options = [
            efi_option("gone", Some([7; 16]), "\\EFI\\redhat\\shimx64.efi"),
            efi_option("renamed", Some(partition(&host)), "\\EFI\\fedora\\shimx64.efi"),
            shim_of(&host),
        ];
        let host = with_options(host, &options);
        is_found(&host, "pass", "complete");
        // Nothing starts it.
        is_found(&host.with(REMOVABLE, cut()), "pass", "complete");
    }
}

#[test]
fn an_option_whose_program_is_broken_is_doubtful_where_another_starts_and_ends_the_start_where_none_does() {
    for layout in UEFI {
        let host = layout.host();
        let only = [shim_of(&host)];
        let host = with_options(host, &only).with(GRUB, cut());
        is_found(&host, "block", "no boot option of the firmware leads to a program that is whole");
        let host = host.with(REMOVABLE, efi_program());
        is_found(&host, "warn", "Boot0000 (Oracle Linux): /boot/efi/EFI/redhat/grubx64.efi: it is cut off");
        let host = layout.host();
        let host = with_options(host, &[efi_option("UEFI disk", None, "")]);
        is_found(&host, "pass", "complete");
        is_found(&host.with(REMOVABLE, cut()), "block", "no boot option of the firmware leads");
    }
}

#[test]
fn a_drive_before_the_option_of_the_disk_does_not_hide_that_its_program_is_broken() {
    for layout in UEFI {
        let host = layout.host();
        let options = [efi_option("UEFI CD", None, ""), shim_of(&host)];
        let host = with_options(host, &options);
        is_found(&host, "pass", "complete");
        let host = host.with(SHIM, cut()).with(REMOVABLE, efi_program());
        is_found(&host, "warn", "Boot0001 (Oracle Linux): /boot/efi/EFI/redhat/shimx64.efi: it is cut off");
    }
}

#[test]
fn a_disk_that_no_option_names_is_started_only_as_removable_media_are() {
    for layout in UEFI {
        let host = with_options(layout.host(), &[efi_option("gone", Some([7; 16]), "\\EFI\\redhat\\shimx64.efi")]);
        is_found(&host, "warn", "no boot option leads to a program of this disk");
        is_found(&host.without(REMOVABLE), "block", "no boot option of the firmware leads");
    }
}

#[test]
fn a_start_of_another_partition_or_of_the_network_alone_is_doubtful() {
    let host = Layout::El8Uefi.host();
    let node = Node::gather(&Root::fixture(host.path()).unwrap());
    assert!(node.disks[0].partitions.len() > 1);
    let mut option = efi_option("PXE", None, "");
    // A node of the network before the end of the path.
    let end = option.len() - 4;
    option.splice(end..end, [3, 11, 4, 0]);
    let length = option.len() - 6 - "PXE\0".len() * 2;
    option[4..6].copy_from_slice(&(length as u16).to_le_bytes());
    let options = [shim_of(&host), option];
    let (path, bytes) = efi_variable("BootNext", &[1, 0]);
    let host = with_options(host, &options).with(&path, bytes);
    is_found(&host, "warn", "the next start alone is of Boot0001 (PXE)");
    let (path, bytes) = efi_variable("BootNext", &[0, 0]);
    is_found(&host.with(&path, bytes), "pass", "complete");
}

#[test]
fn options_that_cannot_be_read_are_unknown_and_those_that_the_kernel_does_not_show_are_not_judged() {
    let host = Layout::El8Uefi.host();
    is_found(&host, "pass", "complete");
    let (path, _) = efi_variable("BootOrder", &[]);
    is_found(&host.with(&path, [7]), "unknown", "its boot options cannot be read");
}
