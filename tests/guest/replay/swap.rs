//! `swap-extend`: with a new disk, with a large one, in free space, with a temporary volume; and its way back.

use super::runs::{Node, Run, Task};
use crate::guest::Firmware;
use crate::nbd::Server;

const GIB: u64 = 1 << 30;
/// Disks may have other names after a start.
const KEPT: &str = "
    system=$(readlink -f /dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_SYSTEM)
    cksum /var/lib/oracle/keys /images/keys /etc/fstab
    lvs --noheadings --segments --options lv_name,lv_uuid,seg_pe_ranges --select 'lv_name!~swap' | sort |
        sed s,$system,SYSTEM,
    sfdisk --dump $system | sed s,$system,SYSTEM,; head --bytes 1M $system | cksum
    blkid --probe --output value --match-tag UUID --match-tag LABEL /dev/vg_root/lv_swap";
const RESULT: &str = "
    awk 'NR > 1 { print $2, $3 }' /proc/swaps
    lvs --noheadings --options lv_name,lv_size,lv_active,lv_health_status vg_root
    vgs --noheadings --options pv_count,vg_missing_pv_count,vg_free_count vg_root";
/// Records of a run until the new disk is in the group: its beginning, and two a step.
const EXTENDED: usize = 1 + 2 * 7;

fn task(name: &'static str, command: &'static str) -> Task {
    Task { name, command, ready: "true", start: "true", kept: KEPT, result: RESULT }
}

/// The runs on a node with an MBR.
pub(super) fn on_bios(server: &Server) -> Vec<Run> {
    let node = Node::boot(server, "bios", Firmware::Bios, &[("NEW", 50 * GIB + (2 << 20))]);
    node.interrupt("swap-extend --disk NEW", EXTENDED);
    let undo = node.record(task("undo of swap-extend", "undo"));
    vec![undo, node.record(task("swap-extend with a new disk", "swap-extend --disk NEW"))]
}

/// The runs on a node with GPT.
pub(super) fn on_uefi(server: &Server) -> Vec<Run> {
    let node = Node::boot(server, "uefi", Firmware::Uefi, &[("HUGE", 3 << 40)]);
    let tasks = [
        task("swap-extend in free space", "swap-extend --size 5GiB"),
        task("swap-extend with a temporary volume", "swap-extend --size 6GiB --temporary-swap"),
        task("swap-extend with a disk for GPT", "swap-extend --disk HUGE"),
    ];
    tasks.map(|task| node.record(task)).into()
}
