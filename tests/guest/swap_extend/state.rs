//! What must stay as it was, and what the swap of a node is.

use serde_json::Value;

use crate::guest::Guest;
use crate::{OKV_HOST, json};

pub(super) const GIB: u64 = 1 << 30;
/// 64 GiB as the kernel shows them, in KiB: one page less.
pub(super) const FULL_KIB: &str = "67108860";
/// 4 GiB likewise.
pub(super) const SMALL_KIB: &str = "4194300";

/// Everything that is not to change: data of the other volumes, their place, the partition tables, the swap's name.
pub(super) const KEPT: &str = "
    cksum /var/lib/oracle/keys /images/keys /etc/fstab
    lvs --noheadings --segments --options lv_name,lv_uuid,seg_pe_ranges --select 'lv_name!~swap' | sort
    for d in $(lsblk --noheadings --nodeps --output NAME --include 8,252,254 | sort); do
        [ $d = \"$NEW\" ] || { echo $d; sfdisk --dump /dev/$d 2>&1; head --bytes 1M /dev/$d | cksum; }
    done
    blkid --probe --output value --match-tag UUID --match-tag LABEL /dev/vg_root/lv_swap
    cat /proc/cmdline";

/// What must stay, as text; `new` is the kernel name of the disk that may change.
pub(super) fn kept(guest: &Guest, new: &str) -> String {
    guest.ok(&format!("NEW={new}; {KEPT}"))
}

/// Size in KiB and priority of the swap volume, as the kernel shows them; nothing else is swapped to.
pub(super) fn swap(guest: &Guest) -> Vec<String> {
    let text = guest.ok("tail --lines=+2 /proc/swaps");
    let fields: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    assert_eq!(fields.len(), 5, "one swap area: {text}");
    assert_eq!(guest.ok("readlink -f /dev/vg_root/lv_swap").trim(), fields[0]);
    vec![fields[2].clone(), fields[4].clone()]
}

pub(super) fn extend(guest: &Guest, arguments: &str, status: i64) -> Value {
    json(guest, &format!("{OKV_HOST} swap-extend --format json {arguments}"), status)
}

/// The programs of a plan, by their names; a step that is no program by its kind.
pub(super) fn names(answer: &Value) -> Vec<String> {
    let steps = answer["steps"].as_array().unwrap().iter();
    steps
        .map(|step| {
            let (kind, of) = step["action"].as_object().unwrap().iter().next().unwrap();
            let program = of["argv"][0].as_str().and_then(|path| path.rsplit('/').next());
            program.unwrap_or(kind).to_owned()
        })
        .collect()
}

/// The kernel name of the disk with this serial number.
pub(super) fn disk(guest: &Guest, serial: &str) -> String {
    guest
        .ok(&format!("lsblk --noheadings --nodeps --output NAME,SERIAL | awk '$2 == \"{serial}\" {{ print $1 }}'"))
        .trim()
        .to_owned()
}

/// Refused for this reason, with nothing changed.
pub(super) fn refused(guest: &Guest, arguments: &str, id: &str) -> String {
    let state = "vgs --noheadings --options vg_seqno; awk '{ print $1, $2, $3, $5 }' /proc/swaps";
    let before = guest.ok(state);
    let answer = extend(guest, &format!("--apply --yes {arguments}"), 1);
    assert_eq!(
        (answer["outcome"].as_str(), answer["reasons"][0]["id"].as_str()),
        (Some("refused"), Some(id)),
        "{answer:#}"
    );
    assert!(!answer["reasons"][0]["remedy"].as_str().unwrap().is_empty(), "{answer:#}");
    assert_eq!(guest.ok(state), before);
    answer["reasons"][0]["message"].as_str().unwrap().to_owned()
}

/// Waits until the kernel and udev have seen the disk with this serial number.
pub(super) fn settle(guest: &Guest, serial: &str) {
    guest.ok(&format!("for i in $(seq 100); do lsblk --noheadings --nodeps --output SERIAL | grep -qx '{serial} *' && break; sleep 0.2; done; udevadm settle"));
}
