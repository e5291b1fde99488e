//! `next-start` against real starts: nodes whose chain is broken, which it predicts and which do not come up, and
//! unusual nodes that it lets pass and that come up. GRUB, the kernel and systemd are real; the initramfs is Debian's.
//!
//! A sample of them is tried (see `matrix`).

mod cases;

use std::time::Duration;

use crate::guest::{Firmware, Spec};
use crate::matrix::sample;
use crate::{OKV_HOST, install};
use cases::{BROKEN, Case, UNUSUAL};

/// What GRUB shows where it cannot load an entry: it goes on with its fallback, or waits for somebody.
const NOT_LOADED: &str = "Press any key to continue";

/// What a node that does not come up shows on its console.
const LOST: &[&str] = &[
    "grub>",
    "grub rescue>",
    "Kernel panic",
    "(initramfs)",
    "emergency mode",
    "root account is locked",
    "No bootable option",
    "UEFI Interactive Shell",
    "UEFI Shell",
];

/// A start takes 15 to 30 s, and longer where other work shares the processors.
const LIMIT: Duration = Duration::from_secs(150);

/// Runs a change with all that the boot loader reads mounted, and unmounts it again.
const WITHIN: &str = r##"
set -e
mount /boot
grub=/boot/grub2
if [ -d /sys/firmware/efi ]; then
  mkdir -p /boot/efi
  mount /boot/efi
  grub=/boot/efi/EFI/redhat
fi
release=$(uname -r)
cd /boot
head() { sed '/^menuentry/,$d' "$grub/grub.cfg"; }
entry() { sed -n '/^menuentry/,$p' "$grub/grub.cfg"; }
write() { cat >/run/menu; cat /run/menu >"$grub/grub.cfg"; }
line() { # SED: another kernel line
  new=$(sed -n 's/^set common="\(.*\)"/\1/p' "$grub/grub.cfg" | sed "$1")
  sed -i "s#^set common=.*#set common=\"$new\"#" "$grub/grub.cfg"
}
archive() { (cd "$1"; find "$2" | cpio --create --format newc --quiet); }
early() {
  mkdir -p /run/early/kernel/x86/microcode
  echo x >/run/early/kernel/x86/microcode/none.bin
  archive /run/early kernel
}
cut_off() { truncate --size $(($(stat --format %s "$1") * 4 / 10)) "$1"; }
nobody=77777777-0000-4000-8000-000000000077
"##;

fn try_each(cases: &[Case], starts: bool, every: usize) {
    for case in sample(cases, every) {
        try_one(case, starts);
    }
}

fn try_one(case: &Case, starts: bool) {
    let mut guest = Spec::new(case.firmware).start();
    install(&guest);
    let script = format!(
        "{WITHIN}{}\ncd /\nsync\nif [ -d /sys/firmware/efi ]; then umount /boot/efi; fi\numount /boot",
        case.change
    );
    guest.ok(&script);
    let output = guest.run(&format!("{OKV_HOST} check --format json"));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output}"));
    let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == "next-start").unwrap();
    let predicted = match found["verdict"].as_str().unwrap() {
        "pass" | "warn" => true,
        "block" => false,
        other => panic!("{}: {other}: {found:#}", case.name),
    };
    assert_eq!(predicted, starts, "{}: {found:#}", case.name);
    guest.ok("sync");
    guest.cut_power();
    let not_loaded = (!starts).then_some(&NOT_LOADED);
    let marks: Vec<&str> = LOST.iter().chain(not_loaded).copied().collect();
    let mut seen = guest.comes_up(LIMIT, &marks);
    // An emulated timer that comes too late, where the processors are busy, says nothing of the node.
    while seen.is_err() && guest.console().contains("IO-APIC + timer doesn't work") {
        seen = guest.comes_up(LIMIT, &marks);
    }
    println!("{}: {} -> {seen:?}", case.name, found["message"]);
    assert_eq!(seen.is_ok(), starts, "{}: {seen:?}\n{}", case.name, guest.console());
}

#[test]
fn a_node_that_is_predicted_not_to_start_does_not_come_up() {
    try_each(BROKEN, false, 5);
}

#[test]
fn an_unusual_node_that_is_predicted_to_start_comes_up() {
    try_each(UNUSUAL, true, 5);
}

#[test]
fn there_are_twelve_of_each_and_both_kinds_of_firmware() {
    for cases in [BROKEN, UNUSUAL] {
        assert!(cases.len() >= 12);
        assert!([Firmware::Bios, Firmware::Uefi].iter().all(|firmware| cases.iter().any(|c| c.firmware == *firmware)));
    }
}
