//! Every fixture host against the verdicts that it was made for, and its golden reports.

use assert_cmd::Command;
use okv_host::facts::{Root, of_host};
use okv_host::profile::Profile;
use okv_host::rules::{Finding, Outcome, RULES, Verdict, judge, outcome};
use snapbox::{Data, assert_data_eq};

use crate::{host, judged, of};

/// A host, the verdict on it, and every finding that is no pass.
type Case = (&'static str, Outcome, &'static [(&'static str, Verdict, &'static str)]);

const CASES: &[Case] = &[
    ("good-uefi", Outcome::Ready, &[]),
    ("good-bios", Outcome::Ready, &[]),
    ("bios-2tib-exact", Outcome::Ready, &[("disk-bios-limit", Verdict::Note, "/dev/sda")]),
    ("bios-2tib-plus-one-sector", Outcome::Blocked, &[("disk-bios-limit", Verdict::Block, "/dev/sda")]),
    ("bios-3tib-boot-disk", Outcome::Blocked, &[("disk-bios-limit", Verdict::Block, "/dev/sda")]),
    ("bios-retail-2tb", Outcome::Ready, &[("disk-bios-limit", Verdict::Note, "/dev/sda")]),
    ("boot-500m-ext4", Outcome::Blocked, &[("boot-size", Verdict::Block, "/boot on /dev/sda partition 2")]),
    ("boot-512m-ext4", Outcome::Ready, &[]),
    (
        "boot-512m-xfs",
        Outcome::Blocked,
        &[("boot-size", Verdict::Block, "/boot on /dev/sda partition 2"), ("boot-free", Verdict::Note, "/boot")],
    ),
    ("disk-1tb-exact", Outcome::Ready, &[("disk-minimum", Verdict::Note, "/dev/sda")]),
    ("disk-1tb-less-one-sector", Outcome::Blocked, &[("disk-minimum", Verdict::Block, "/dev/sda")]),
    ("swap-64gib-less-one-page", Outcome::Ready, &[]),
    ("swap-64gib-less-two-pages", Outcome::Blocked, &[("swap-size", Verdict::Block, "node")]),
    (
        "swap-4gib",
        Outcome::Blocked,
        &[("swap-size", Verdict::Block, "node"), ("vg-free", Verdict::Warn, "vg_root/lv_swap")],
    ),
    ("vg-free-enough", Outcome::Blocked, &[("swap-size", Verdict::Block, "node")]),
    (
        "vg-free-one-short",
        Outcome::Blocked,
        &[("swap-size", Verdict::Block, "node"), ("vg-free", Verdict::Warn, "vg_root/lv_swap")],
    ),
    (
        "swap-reference-broken",
        Outcome::Blocked,
        &[
            ("swap-references", Verdict::Block, "/etc/fstab line 9"),
            ("swap-references", Verdict::Block, "resume= of the kernel line"),
        ],
    ),
    ("vg-missing-pv", Outcome::Blocked, &[("vg-health", Verdict::Block, "vg_root")]),
    ("gpt-backup-damaged", Outcome::Ready, &[("table-health", Verdict::Warn, "/dev/sda")]),
    (
        "uefi-without-esp",
        Outcome::Ready,
        &[("boot-mode", Verdict::Note, "node"), ("table-health", Verdict::Warn, "/dev/sda")],
    ),
    ("unreadable-swaps", Outcome::Unknown, &[("swap-size", Verdict::Unknown, "node")]),
    ("kernel-old", Outcome::Ready, &[("kernel-old", Verdict::Warn, "4.14.35-2047.504.2.el7uek.x86_64")]),
    (
        "kernel-reboot-first",
        Outcome::Ready,
        &[
            ("kernel-running-newest", Verdict::Warn, "node"),
            ("kernel-old", Verdict::Warn, "5.4.17-2136.304.4.5.el7uek.x86_64"),
        ],
    ),
    (
        "kernel-running-unowned",
        Outcome::Unknown,
        &[("kernel-running-newest", Verdict::Warn, "node"), ("kernel-old", Verdict::Unknown, "node")],
    ),
    (
        "rpm-not-asked",
        Outcome::Unknown,
        &[
            ("kernel-running-newest", Verdict::Unknown, "node"),
            ("kernel-old", Verdict::Unknown, "node"),
            ("boot-consistent", Verdict::Unknown, "node"),
        ],
    ),
    ("boot-shadowed", Outcome::Ready, &[("boot-consistent", Verdict::Warn, "/boot")]),
    ("procedure-staged", Outcome::Ready, &[]),
    (
        "procedure-wrong",
        Outcome::Blocked,
        &[
            ("iso-present", Verdict::Block, "/var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso"),
            ("iso-present", Verdict::Warn, "/root/okv-upgrade-disc-21.8.0.0.0.iso"),
            ("images-mount", Verdict::Block, "/images"),
            ("ssl-jars", Verdict::Note, "/usr/local/okv/ssl"),
            ("release", Verdict::Block, "node"),
            ("audit-vault-agent", Verdict::Warn, "Audit Vault"),
            ("upgrade-log", Verdict::Warn, "/var/log/messages"),
            ("session", Verdict::Warn, "this session"),
        ],
    ),
    (
        "everything-wrong",
        Outcome::Blocked,
        &[
            ("boot-mode", Verdict::Note, "node"),
            ("disk-bios-limit", Verdict::Block, "/dev/sda"),
            ("boot-size", Verdict::Block, "/boot on /dev/sda partition 2"),
            ("swap-size", Verdict::Block, "node"),
            ("swap-references", Verdict::Block, "/etc/fstab line 9"),
            ("swap-references", Verdict::Block, "resume= of the kernel line"),
            ("vg-health", Verdict::Block, "vg_root"),
            ("vg-free", Verdict::Warn, "vg_root/lv_swap"),
            ("table-health", Verdict::Warn, "/dev/sda"),
        ],
    ),
];

/// No host has /boot mounted, as no node has, and each is told so.
fn is_as_on_every_node(finding: &Finding) -> bool {
    finding.id == "boot-consistent" && finding.verdict == Verdict::Note && finding.message.contains("not mounted")
}

#[test]
fn every_host_gets_exactly_the_findings_that_it_was_made_for() {
    let profile = Profile::named(Profile::DEFAULT).unwrap();
    for (name, expected, findings) in CASES {
        let facts = of_host(&Root::fixture(host(name)).unwrap());
        let found = judge(&facts, &profile);
        let bad: Vec<_> = found
            .iter()
            .filter(|f| !matches!(f.verdict, Verdict::Pass | Verdict::NotApplicable | Verdict::Confirm))
            .filter(|f| !is_as_on_every_node(f))
            // No host but those that are for it has anything in /var/lib/oracle.
            .filter(|f| {
                (f.id.as_str(), f.verdict, f.subject.as_str()) != ("iso-present", Verdict::Note, "/var/lib/oracle")
            })
            .map(|f| (f.id.as_str(), f.verdict, f.subject.as_str()))
            .collect();
        assert_eq!(bad, *findings, "{name}");
        assert_eq!(outcome(&found), *expected, "{name}");
        for rule in RULES {
            assert!(found.iter().any(|f| f.id == rule.id), "{name}: {} says nothing", rule.id);
        }
    }
}

#[test]
fn every_host_in_the_folder_is_judged_here() {
    let mut hosts: Vec<String> = std::fs::read_dir(host(""))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    hosts.sort();
    let mut cases: Vec<&str> = CASES.iter().map(|case| case.0).collect();
    cases.sort_unstable();
    assert_eq!(hosts, cases);
}

#[test]
fn the_reports_on_every_host_are_the_golden_ones() {
    for (name, _, _) in CASES {
        for (format, file) in [("text", "check.txt"), ("json", "check.json")] {
            let output = Command::cargo_bin("okv-host")
                .unwrap()
                .env_clear()
                .args(["check", "--format", format, "--root"])
                .arg(host(name))
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let too_long = text.lines().find(|l| format == "text" && l.chars().count() > 80);
            assert_eq!(too_long, None, "{name}");
            assert_data_eq!(text, Data::read_from(&host(name).join(file), None).raw());
        }
    }
}

#[test]
fn the_smallest_disk_to_add_is_named_before_the_node_is_powered_off() {
    let remedy = |name: &str| of(&judged(&host(name)), "vg-free").remedy.clone();
    // One extent of 32 MiB is missing: with the two MiB that table and label take, 34 MiB.
    assert!(remedy("vg-free-one-short").contains(&format!("{} B", 34 << 20)), "{}", remedy("vg-free-one-short"));
    assert_eq!(remedy("vg-free-enough"), "");
}
