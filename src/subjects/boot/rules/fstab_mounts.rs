//! `fstab-mounts`: the devices that the next start waits for exist.
//!
//! systemd makes a mount unit of each line of /etc/fstab. Without `noauto` and `nofail`, local-fs.target requires it: a
//! device that does not appear within 90 seconds ends the start in emergency mode (systemd.mount(5),
//! systemd-fstab-generator(8)).

use crate::host::locate::{Existence, existence};
use crate::host::{FstabEntry, Probed};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("fstab-mounts");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the devices of /etc/fstab that the next start waits for exist",
    why: "The upgrade restarts the node. A line without noauto and nofail whose device does not exist ends that start \
        in emergency mode, which only the console shows.",
    required: |_| "each line without noauto and nofail names a device that exists".into(),
    source: |_| "systemd.mount(5): a mount that local-fs.target requires".into(),
    inputs: &["/etc/fstab", "the disks, and /sys/class/block"],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

/// Options with which local-fs.target does not require the mount.
const NOT_REQUIRED: &[&str] = &["noauto", "nofail", "_netdev", "x-systemd.automount"];

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let entries = match inputs.running().map(|running| &running.fstab) {
        Ok(Probed::Known(entries)) => entries,
        Ok(Probed::Absent) => return vec![inputs.finding(Verdict::Pass, "/etc/fstab", "the file does not exist")],
        Ok(Probed::Unreadable(why)) => {
            return vec![inputs.finding(Verdict::Unknown, "/etc/fstab", format!("cannot read it: {why}"))];
        }
        Err(finding) => return vec![*finding],
    };
    let required: Vec<&FstabEntry> = entries.iter().filter(|entry| is_required(entry)).collect();
    let found: Vec<Finding> = required.iter().filter_map(|entry| missing(inputs, entry)).collect();
    if !found.is_empty() {
        return found;
    }
    let points: Vec<&str> = required.iter().map(|entry| entry.point.as_str()).collect();
    let measured = if points.is_empty() { "no line that is waited for".to_owned() } else { points.join(", ") };
    vec![inputs.finding(Verdict::Pass, "/etc/fstab", "each device that is waited for exists").measured(measured)]
}

/// The root is mounted before fstab is read, and `swap-references` judges swap.
fn is_required(entry: &FstabEntry) -> bool {
    let is_mounted_later = entry.kind != "swap" && entry.point != "/" && entry.point.starts_with('/');
    is_mounted_later && !entry.options.iter().any(|option| NOT_REQUIRED.contains(&option.as_str()))
}

fn missing(inputs: &RuleInputs<'_>, entry: &FstabEntry) -> Option<Finding> {
    let subject = format!("/etc/fstab line {}", entry.line);
    let (verdict, message, remedy) = match existence(&inputs.facts.node, &entry.source) {
        Existence::Exists | Existence::NotADevice => return None,
        Existence::Missing => (
            Verdict::Warn,
            format!("the device for {} does not exist: the next start ends in emergency mode", entry.point),
            "correct the line or attach the device; if the node can start without it, add nofail to its options",
        ),
        Existence::Unknown(why) => (
            Verdict::Unknown,
            format!("cannot determine whether the device for {} exists: {why}", entry.point),
            "verify it with: findmnt --verify",
        ),
    };
    Some(inputs.finding(verdict, subject, message).measured(entry.source.as_str()).remedy(remedy))
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    /// A good node on which the line for /var has this device and these options.
    fn with_var(device: &str, options: &str) -> Host {
        let line = "/dev/mapper/vg_root-lv_var                    /var            ext4    defaults ";
        let new = format!("{device} /var ext4 {options} ");
        Host::named("good-uefi").replacing("etc/fstab", line, &new)
    }

    const NOBODY: &str = "UUID=77777777-0000-4000-8000-000000000077";

    #[test]
    fn a_good_node_has_each_device_that_its_next_start_waits_for_and_a_share_is_no_device() {
        for host in [Host::named("good-uefi"), with_var("server:/export", "defaults")] {
            assert_found(
                &RULE,
                &host,
                str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /var, /var/lib/oracle

"#]],
            );
        }
    }

    #[test]
    fn a_device_that_does_not_exist_ends_the_next_start_in_emergency_mode() {
        assert_found(
            &RULE,
            &with_var(NOBODY, "defaults"),
            str![[r#"
warn /etc/fstab line 7
  message: the device for /var does not exist: the next start ends in emergency mode
  measured: UUID=77777777-0000-4000-8000-000000000077
  remedy: correct the line or attach the device; if the node can start without it, add nofail to its options

"#]],
        );
    }

    #[test]
    fn a_line_that_the_start_does_not_require_may_name_anything() {
        for options in ["noauto", "defaults,nofail", "_netdev", "x-systemd.automount"] {
            assert_found(
                &RULE,
                &with_var(NOBODY, options),
                str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /var/lib/oracle

"#]],
            );
        }
    }

    #[test]
    fn a_device_that_may_be_on_an_unreadable_disk_is_unknown() {
        assert_found(
            &RULE,
            &with_var(NOBODY, "defaults").without("dev/sda"),
            str![[r#"
unknown /etc/fstab line 7
  message: cannot determine whether the device for /var exists: /dev/sda: cannot open: No such file or directory (os error 2)
  measured: UUID=77777777-0000-4000-8000-000000000077
  remedy: verify it with: findmnt --verify

"#]],
        );
    }
}
