//! What is in the way on a real node, each refused with nothing changed; and the way back of a run that was stopped.

use super::state::{GIB, SMALL_KIB, disk, extend, kept, refused, settle, swap};
use crate::guest::{Disk, Firmware, Guest, Spec};
use crate::{OKV_HOST, has_loop_devices, install, json};

#[test]
fn a_bios_node_refuses_what_is_in_the_way_and_goes_back_from_a_run_that_was_stopped() {
    let guest = Spec::new(Firmware::Bios)
        .disk(Disk::scsi("NEW").bytes(64 * GIB))
        .disk(Disk::scsi("PATH-1").bytes(64 * GIB).wwn(0x5000_c500_a0b1_c2d3))
        .disk(Disk::scsi("PATH-2").bytes(64 * GIB).wwn(0x5000_c500_a0b1_c2d3))
        .boot();
    install(&guest);
    settle(&guest, "NEW");
    let new = disk(&guest, "NEW");
    let before = kept(&guest, "");
    the_disk(&guest, &new);
    the_group_and_the_volume(&guest);
    the_host(&guest);
    assert_eq!(kept(&guest, ""), before);
    a_change_while_the_question_waits(&guest);
    a_run_that_was_stopped_goes_back(&guest, &new);
    assert_eq!((swap(&guest)[0].as_str(), kept(&guest, "")), (SMALL_KIB, before));
}

fn the_disk(guest: &Guest, new: &str) {
    let why = refused(guest, "", "disk-not-known-new");
    assert!(why.contains("--prepare"), "{why}");
    refused(guest, "--disk PATH-1", "disk-seen-twice");
    guest.ok(&format!("echo 0 4096 linear /dev/{new} 0 | dmsetup create holder; udevadm settle"));
    let why = refused(guest, "--disk NEW", "disk-in-use");
    assert!(why.contains("dm-"), "{why}");
    guest.ok("dmsetup remove holder; udevadm settle");
    // The kernel tells of no holder here, and both ends are zero.
    has_loop_devices(guest);
    guest.ok(&format!("losetup --offset 1G /dev/loop7 /dev/{new}"));
    let why = refused(guest, "--disk NEW", "disk-in-use");
    assert!(why.contains("loop"), "{why}");
    guest.ok("losetup --detach /dev/loop7; udevadm settle");
    // A byte in the last sector, where nothing is known to lie.
    let last = 64 * GIB - 100;
    guest.ok(&format!("printf x | dd of=/dev/{new} bs=1 seek={last} conv=notrunc,fsync status=none"));
    let why = refused(guest, "--disk NEW", "disk-not-blank");
    assert!(why.contains(&last.to_string()), "{why}");
    guest.ok(&format!("printf '\\0' | dd of=/dev/{new} bs=1 seek={last} conv=notrunc,fsync status=none"));
    guest.ok(&format!("blockdev --setro /dev/{new}"));
    refused(guest, "--disk NEW", "disk-read-only");
    guest.ok(&format!("blockdev --setrw /dev/{new}"));
    guest.ok(&format!("echo label: gpt | sfdisk --quiet /dev/{new}"));
    refused(guest, "--disk NEW", "disk-has-table");
    guest.ok(&format!("wipefs --quiet --all /dev/{new}; dd if=/dev/zero of=/dev/{new} bs=1M count=1 status=none"));
    guest.ok(&format!("dd if=/dev/zero of=/dev/{new} bs=1M seek=65535 status=none; udevadm settle"));
}

fn the_group_and_the_volume(guest: &Guest) {
    guest.ok("echo 'devices { global_filter = [ \"a|^/dev/vd|\", \"r|.*|\" ] }' > /etc/lvm/lvmlocal.conf");
    refused(guest, "--disk NEW", "lvm-filter");
    guest.ok("rm /etc/lvm/lvmlocal.conf; vgs");
    guest.ok("lvcreate --quiet --snapshot --extents 4 --name lv_snapshot vg_root/lv_swap");
    refused(guest, "--size 5GiB", "volume-type");
    guest.ok("lvremove --quiet --yes vg_root/lv_snapshot");
    guest.ok("lvcreate --quiet --extents 1 --name lv_swap_okv_host vg_root");
    refused(guest, "--size 5GiB", "temporary-volume-foreign");
    guest.ok("lvremove --quiet --yes vg_root/lv_swap_okv_host");
    // The signature of a memory image, where the kernel writes it.
    guest.ok("swapoff /dev/vg_root/lv_swap; printf S1SUSPEND | dd of=/dev/vg_root/lv_swap bs=1 seek=4086 conv=notrunc,fsync status=none");
    refused(guest, "--size 5GiB", "hibernation");
    guest.ok("printf SWAPSPACE2 | dd of=/dev/vg_root/lv_swap bs=1 seek=4086 conv=notrunc,fsync status=none; swapon /dev/vg_root/lv_swap");
}

fn the_host(guest: &Guest) {
    let nobody = guest.run(&format!("cp {OKV_HOST} /tmp/okv-host; runuser --user nobody -- /tmp/okv-host swap-extend"));
    assert!(nobody.status == 3 && nobody.stderr().contains("root"), "{nobody}");
    let held = guest.run(&format!("mkdir -p /var/lib/okv-host; exec 8<>/var/lib/okv-host/lock; flock 8; {OKV_HOST} swap-extend --size 5GiB --apply --yes"));
    assert_eq!(held.status, 5, "{held}");
    guest.ok("mount -t tmpfs -o size=64k tmpfs /var/lib/okv-host; dd if=/dev/zero of=/var/lib/okv-host/full status=none || true");
    let full = guest.run(&format!("{OKV_HOST} swap-extend --size 5GiB --apply --yes"));
    assert!(full.status == 3 && full.stderr().contains("nothing was changed"), "{full}");
    guest.ok("umount /var/lib/okv-host");
    for bad in ["--size 64G", "--size 0GiB", "--prepare --apply", "--yes", "--profile 20.1"] {
        let output = guest.run(&format!("{OKV_HOST} swap-extend {bad}"));
        assert_eq!(output.status, 2, "{bad}: {output}");
    }
}

/// Answers the question at a terminal, after the priority of the swap has changed under it.
const ANSWER: &str = r#"
import os, pty, subprocess, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv('/root/okv-host', ['okv-host', 'swap-extend', '--size', '5GiB', '--apply'])
text = b''
while b'Type yes' not in text:
    text += os.read(terminal, 1000)
subprocess.check_call('swapoff /dev/vg_root/lv_swap; swapon --priority 5 /dev/vg_root/lv_swap', shell=True)
os.write(terminal, b'yes\n')
try:
    while True:
        text += os.read(terminal, 1000)
except OSError:
    pass
print(text.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

fn a_change_while_the_question_waits(guest: &Guest) {
    guest.put("/root/answer.py", ANSWER.as_bytes(), 0o755);
    let output = guest.run("python3 /root/answer.py");
    assert!(output.status == 3 && output.stdout().contains("the host changed since the plan"), "{output}");
    assert_eq!(swap(guest), [SMALL_KIB, "5"]);
    guest.ok("swapoff /dev/vg_root/lv_swap; swapon /dev/vg_root/lv_swap");
}

fn a_run_that_was_stopped_goes_back(guest: &Guest, new: &str) {
    // The connection is lost while the disk joins the group: the run ends behind that step.
    guest.ok(&format!(
        "{OKV_HOST} swap-extend --disk NEW --apply --yes > /root/out 2>&1 & run=$!
         until grep --quiet pvcreate /root/out || grep --quiet 'physical volume' /root/out; do kill -0 $run || break; done
         kill -HUP $run; wait $run; echo $? > /root/status"
    ));
    assert_eq!(guest.ok("cat /root/status").trim(), "4", "{}", guest.ok("cat /root/out"));
    assert_eq!(swap(guest)[0], SMALL_KIB);
    let status = json(guest, &format!("{OKV_HOST} status --format json"), 4);
    assert_eq!(
        (&status["last_run"]["state"], &status["last_run"]["unfinished"]),
        (&"interrupted".into(), &true.into())
    );
    // No other command begins, so that the journal keeps what only it knows of this run.
    let refused = json(guest, &format!("{OKV_HOST} kernel-prune --apply --yes --format json"), 1);
    assert_eq!(refused["reasons"][0]["id"], "run-unfinished", "{refused:#}");
    assert_eq!(json(guest, &format!("{OKV_HOST} status --format json"), 4)["last_run"]["state"], "interrupted");
    let undone = json(guest, &format!("{OKV_HOST} undo --apply --yes --format json"), 0);
    assert_eq!(undone["outcome"], "undone", "{undone:#}");
    assert_eq!(guest.run(&format!("test -e /dev/{new}1")).status, 1);
    // The disk is blank again, and can be taken again.
    assert_eq!(extend(guest, "--disk NEW", 0)["steps"][0]["action"]["write-table"]["disk"]["serial"], "NEW");
    assert_eq!(extend(guest, "--size 5GiB", 0)["outcome"], "planned");
}
