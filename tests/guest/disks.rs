//! Disks that this machine's own kernel cannot have: SCSI with 4096-byte sectors, terabytes, plugged in while it runs.

use std::fs;
use std::time::Duration;

use serde_json::Value;

use crate::guest::{Bus, Disk, Firmware, Spec};
use crate::{OKV_HOST, agreement, install, json, node};

const TIB: u64 = 1 << 40;
/// How dm-log-writes marks its log.
const LOG_MAGIC: u64 = 0x006a_7366_7773_6872;

fn disk<'a>(scan: &'a Value, path: &str) -> &'a Value {
    scan.as_array().unwrap().iter().find(|d| d["path"] == path).unwrap_or_else(|| panic!("no {path} in {scan:#}"))
}

#[test]
fn a_scsi_node_on_gpt_and_bios_sees_large_disks_and_4096_byte_sectors_and_a_disk_that_is_plugged_in() {
    let mut guest = Spec::new(Firmware::BiosGpt)
        .system_on(Bus::Scsi)
        .disk(Disk::scsi("LARGE-SECTORS").sector_bytes(4096).bytes(TIB / 16).wwn(0x5000_c500_a0b1_c2d3))
        .disk(Disk::virtio("LARGE").bytes(3 * TIB).log_writes())
        .boot();
    assert_eq!(guest.run("test -e /sys/firmware/efi").status, 1);
    node::is_laid_out_as_the_procedure_implies(&guest);
    install(&guest);

    // Blank disks, told apart by serial and WWN.
    let path = |link: &str| guest.ok(&format!("readlink -f /dev/disk/by-id/{link}")).trim().to_owned();
    let (system, large_sectors, large) =
        (path("scsi-0QEMU_QEMU_HARDDISK_SYSTEM"), path("wwn-0x5000c500a0b1c2d3"), path("virtio-LARGE"));
    let scan = json(&guest, &format!("{OKV_HOST} scan --format json"), 0);
    assert_eq!(disk(&scan, &system)["table"]["kind"], "gpt");
    assert_eq!(disk(&scan, &large_sectors)["sector_bytes"], 4096);
    assert_eq!(disk(&scan, &large)["bytes"], 3 * TIB);
    for blank in [&large_sectors, &large] {
        let disk = disk(&scan, blank);
        assert!(disk["table"]["kind"] == "none" && disk["content"]["kind"] == "blank", "{disk:#}");
    }
    agreement::scan_says_what_the_tools_say(&guest);

    // A table in 4096-byte sectors, a volume group of its own, and swap on it: all by the node's tools.
    guest.ok(&format!(
        "set -e; printf 'label: gpt\\nsize=1GiB, type=linux\\nsize=4GiB, type=lvm\\n' | sfdisk --quiet {large_sectors}
         printf 'label: gpt\\nsize=2500GiB\\ntype=swap\\n' | sfdisk --quiet {large}; udevadm settle
         mkfs.ext4 -q -L sectors {large_sectors}1; pvcreate --quiet {large_sectors}2
         vgcreate --quiet vg_other {large_sectors}2; lvcreate --quiet --size 512M --name lv_more vg_other
         mkswap --quiet /dev/vg_other/lv_more; mkswap --quiet {large}2; swapon /dev/vg_other/lv_more; sync"
    ));
    agreement::scan_says_what_the_tools_say(&guest);
    let scan = json(&guest, &format!("{OKV_HOST} scan --format json"), 0);
    assert_eq!(disk(&scan, &large_sectors)["partitions"][0]["content"]["label"], "sectors");
    assert_eq!(disk(&scan, &large_sectors)["volume_groups"][0]["logical_volumes"][0]["content"]["kind"], "swap");
    assert_eq!(guest.ok("grep -c ^/dev/dm- /proc/swaps").trim(), "2");

    guest.plug(Disk::scsi("PLUGGED").bytes(TIB / 16));
    let link = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_PLUGGED";
    let found = guest.run_with(
        &format!("udevadm wait --timeout=60 {link} && readlink -f {link}"),
        &[],
        Duration::from_secs(90),
    );
    assert_eq!(found.status, 0, "{found}");
    let scan = json(&guest, &format!("{OKV_HOST} scan --format json"), 0);
    assert_eq!(disk(&scan, found.stdout().trim())["bytes"], TIB / 16);

    // The record of what was written to the 3 TiB disk.
    guest.cut_power();
    let log = fs::read(guest.disks()[2].log()).unwrap();
    let number = |at: usize| u64::from_le_bytes(log[at..at + 8].try_into().unwrap());
    assert_eq!(number(0), LOG_MAGIC);
    assert!(number(16) > 10, "{} writes and flushes", number(16));
}
