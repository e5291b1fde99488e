//! An `lvresize` after which LVM has the new size and the kernel does not, or has the volume suspended.

use super::state::{SMALL_KIB, extend, names, swap};
use crate::guest::{Firmware, Guest, Spec};
use crate::{OKV_HOST, install, json};

/// Does what `lvresize` does; then `then`.
fn lvresize(guest: &Guest, then: &str) {
    let script = format!(
        "#!/bin/sh\ntable=$(dmsetup table vg_root-lv_swap)\n/usr/sbin/lvm lvresize \"$@\" || exit\n\
         load() {{ echo \"$table\" | dmsetup load vg_root-lv_swap; }}\n{then}\n"
    );
    guest.ok("rm --force /usr/sbin/lvresize");
    guest.put("/usr/sbin/lvresize", script.as_bytes(), 0o755);
}

fn mend(guest: &Guest) {
    guest.ok("ln --force --symbolic lvm /usr/sbin/lvresize");
}

#[test]
fn swap_extend_finishes_an_lvresize_of_which_the_kernel_has_nothing_or_a_suspended_volume() {
    let guest = Spec::new(Firmware::Bios).boot();
    install(&guest);

    // The kernel has the old size: LVM's metadata is no proof.
    lvresize(&guest, "dmsetup suspend vg_root-lv_swap; load; dmsetup resume vg_root-lv_swap");
    let kept = extend(&guest, "--size 5GiB --apply --yes", 4);
    assert_eq!(kept["outcome"], "kept", "{kept:#}");
    assert!(kept["message"].as_str().unwrap().contains("and the kernel 4294967296 B"), "{kept:#}");
    assert_eq!(swap(&guest)[0], SMALL_KIB);
    mend(&guest);
    let plan = extend(&guest, "--size 5GiB", 0);
    assert_eq!(names(&plan), ["swapoff", "lvchange", "write-swap-header", "swapon"]);
    assert_eq!(extend(&guest, "--size 5GiB --apply --yes", 0)["outcome"], "done");
    assert_eq!(swap(&guest)[0], kib(5));

    // It fails and leaves the volume suspended: it is resumed before the node swaps to it again.
    lvresize(&guest, "dmsetup suspend vg_root-lv_swap; load; exit 5");
    let kept = extend(&guest, "--size 6GiB --apply --yes", 4);
    assert_eq!(kept["outcome"], "kept", "{kept:#}");
    assert_eq!(swap(&guest)[0], kib(5));
    mend(&guest);
    assert_eq!(extend(&guest, "--size 6GiB --apply --yes", 0)["outcome"], "done");
    assert_eq!(swap(&guest)[0], kib(6));

    // The run is killed while the volume is suspended. What it started holds the lock until it ends.
    lvresize(&guest, "dmsetup suspend vg_root-lv_swap; load; kill -9 $PPID; sleep 20");
    guest.ok(&format!("({OKV_HOST} swap-extend --size 7GiB --apply --yes > /root/out 2>&1) || true"));
    assert_eq!(guest.run(&format!("{OKV_HOST} status")).status, 5);
    assert_eq!(guest.run(&format!("{OKV_HOST} undo --apply --yes")).status, 5);
    guest.ok("flock /var/lib/okv-host/lock true");
    mend(&guest);
    assert_eq!(guest.run("grep --quiet ^/dev /proc/swaps").status, 1);
    assert_eq!(json(&guest, &format!("{OKV_HOST} status --format json"), 4)["last_run"]["state"], "cut-off");
    let plan = extend(&guest, "--size 7GiB", 0);
    assert_eq!(names(&plan), ["lvchange", "lvchange", "write-swap-header", "swapon"]);
    assert_eq!(extend(&guest, "--size 7GiB --apply --yes", 0)["outcome"], "done");
    assert_eq!(swap(&guest)[0], kib(7));

    // Somebody else suspended it: nothing reads it, and nothing is changed.
    guest.ok("swapoff /dev/vg_root/lv_swap; dmsetup suspend vg_root-lv_swap");
    let refused = extend(&guest, "--size 8GiB", 1);
    assert_eq!(refused["reasons"][0]["id"], "volume-suspended", "{refused:#}");
    guest.ok(refused["reasons"][0]["remedy"].as_str().unwrap());
    assert_eq!(extend(&guest, "--size 8GiB --apply --yes", 0)["outcome"], "done");
    assert_eq!(swap(&guest)[0], kib(8));
}

/// What the kernel shows of so many GiB.
fn kib(gib: u64) -> String {
    ((gib << 20) - 4).to_string()
}
