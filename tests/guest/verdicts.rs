//! Every verdict of `check` against what the node's own tools say.

use serde_json::Value;

use crate::guest::Guest;
use crate::{OKV_HOST, json};

fn finding<'a>(report: &'a Value, id: &str) -> &'a Value {
    let findings = report["findings"].as_array().unwrap();
    let mut found = findings.iter().filter(|f| f["id"] == id);
    let first = found.next().unwrap_or_else(|| panic!("no {id} in {report:#}"));
    assert!(found.next().is_none(), "several {id} in {report:#}");
    first
}

fn says(report: &Value, id: &str, verdict: &str, measured: &str) {
    let finding = finding(report, id);
    assert_eq!(finding["verdict"], verdict, "{finding:#}");
    assert!(finding["measured"].as_str().unwrap().contains(measured), "{measured} in {finding:#}");
}

/// While another run is under way, /boot is not mounted for a look: nobody could mount it to write to it meanwhile.
pub(crate) fn keep_off_boot_during_a_run(guest: &Guest) {
    let held = format!(
        "mkdir -p /var/lib/okv-host; exec 8<>/var/lib/okv-host/lock; flock 8; {OKV_HOST} check --format json 8<&-"
    );
    let next = finding(&json(guest, &held, 1), "next-start").clone();
    assert_eq!(next["verdict"], "unknown", "{next:#}");
    assert!(next["message"].as_str().unwrap().contains("another run of okv-host is under way"), "{next:#}");
}

/// A node as it is built lacks swap, and has no rpm.
pub(crate) fn agree_with_the_tools(guest: &Guest, boot_mode: &str) {
    let report = json(guest, &format!("{OKV_HOST} check --format json"), 1);
    assert_eq!(report["verdict"], "blocked");
    let is_bad = |f: &&Value| ["block", "warn", "unknown"].iter().any(|verdict| f["verdict"] == *verdict);
    let bad = report["findings"].as_array().unwrap().iter().filter(is_bad);
    let bad: Vec<_> = bad.map(|f| (f["id"].as_str().unwrap(), f["verdict"].as_str().unwrap())).collect();
    // The guest has no rpm: what is installed is not known.
    let not_asked = ["kernel-running-newest", "kernel-old", "boot-consistent"].map(|id| (id, "unknown"));
    assert_eq!(
        bad,
        [&[("swap-size", "block"), ("vg-free", "warn")][..], &not_asked, &[("images-mount", "warn")]].concat()
    );

    assert_eq!(finding(&report, "boot-mode")["message"], boot_mode);
    // /boot is not mounted: it is looked into.
    let next = finding(&report, "next-start");
    let loaded = guest.ok("uname -r");
    let part = format!("starts {} from /boot on /dev/", loaded.trim());
    assert_eq!(next["verdict"], "pass", "{next:#}");
    assert!(next["message"].as_str().unwrap().contains(&part), "{next:#}");

    let disk = guest.ok("lsblk --bytes --nodeps --noheadings --output SIZE \"$(ls /dev/vda /dev/sda 2>/dev/null)\"");
    says(&report, "disk-minimum", "pass", &format!("{} B ", disk.trim()));

    // The kernel shows a page less than the area; swapon the same figure in bytes.
    let swap: u64 = guest.ok("swapon --show=SIZE --bytes --noheadings").trim().parse().unwrap();
    assert_eq!(swap + 4096, 4 << 30);
    says(&report, "swap-size", "block", &format!("{} B ", swap + 4096));
    for reference in report["findings"].as_array().unwrap().iter().filter(|f| f["id"] == "swap-references") {
        let named = reference["measured"].as_str().unwrap();
        let device = guest.ok(&format!("readlink -f \"$(findfs {named} || echo {named})\" 2>/dev/null"));
        assert_eq!(device, guest.ok("readlink -f /dev/mapper/vg_root-lv_swap"), "{reference:#}");
    }

    let df = guest.ok(
        "mount --options ro /boot; df --block-size=1 --output=size /boot | tail -1; df -h --output=size /boot | tail -1; \
         umount /boot",
    );
    let df: Vec<_> = df.split_whitespace().collect();
    assert_eq!(df[1], "488M");
    says(&report, "boot-size", "pass", &format!("488 MiB by df -h: {} B ", df[0]));

    let vgs = guest.ok("vgs --noheadings --options vg_extent_count,vg_free_count,vg_missing_pv_count vg_root");
    let vgs: Vec<_> = vgs.split_whitespace().collect();
    let [extents, free, missing] = vgs[..] else { panic!("{vgs:?}") };
    says(&report, "vg-health", "pass", &format!("{missing} missing; {extents} extents of 33554432 bytes, {free} free"));
    says(&report, "vg-free", "warn", &format!("{free} free in vg_root"));
}
