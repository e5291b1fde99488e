//! The power is cut before, in and behind each transaction. After each boot the node runs the kernel that stays, from
//! GRUB's own menu, and the next run goes on.

use super::node::Node;
use crate::OKV_HOST;
use crate::guest::Firmware;
use crate::kernel_rpms::{Rpms, UEK5, UEK6, UEK6_OLDER};
use crate::matrix::sample;

const JOURNAL: &str = "/var/lib/okv-host/journal";
const STEPS: [&str; 8] = ["mount", "rpm", "dnf", "grub2-editenv", "rpm", "dnf", "grub2-editenv", "umount"];

/// Runs it, and resets the machine without a flush when `moment` has come.
fn cut(node: &mut Node, moment: &str) {
    let script = format!(
        "echo 1 > /proc/sys/kernel/sysrq
         touch {JOURNAL}
         mapfile -t before < {JOURNAL}
         {OKV_HOST} kernel-prune --apply --yes > /root/out 2>&1 & run=$!
         {moment}
         echo b > /proc/sysrq-trigger"
    );
    let cut = node.guest.start(&script);
    match cut.wait() {
        Ok(ended) => panic!("the run ended before: {ended}\n{}", node.guest.ok("cat /root/out")),
        Err(_) => node.guest.cut_power(),
    }
    node.guest.boot_again();
    node.has_booted(&UEK6);
}

/// When so many records have been written.
fn records(count: usize) -> String {
    format!(
        "while mapfile -t now < {JOURNAL}; ((${{#now[@]}} < ${{#before[@]}} + {count})); do kill -0 $run 2> /dev/null || exit 3; done"
    )
}

/// The next run ends it: the old kernels are gone, with all that is theirs, and the rest is as it was.
fn finish(node: &Node, before: &str) -> String {
    let done = node.prune("--apply --yes", 0);
    let outcome = done["outcome"].as_str().unwrap().to_owned();
    assert!(["done", "nothing-to-do"].contains(&outcome.as_str()), "{done:#}");
    node.is_without(before, &[UEK5, UEK6_OLDER]);
    assert_eq!(node.guest.run(&format!("{OKV_HOST} status")).status, 0);
    outcome
}

fn start_over(node: &Node) {
    node.install_kernels(&[UEK5, UEK6_OLDER]);
    node.in_boot(&format!("/usr/local/lib/guest/kernel-entry default \"{}\"", UEK6.title()));
}

#[test]
fn a_node_boots_the_kernel_that_stays_after_a_power_cut_anywhere_and_the_next_run_finishes() {
    let mut node = Node::boot(Firmware::Bios, Rpms::new().kernel(&UEK5).kernel(&UEK6_OLDER).kernel(&UEK6));
    node.install_kernels(&[UEK6]);
    node.runs(&UEK6);
    start_over(&node);
    let before = node.state();
    assert_eq!(super::node::programs(&node.prune("", 0)), STEPS);

    // A run's records: its beginning, and two a step. `in the scriptlet` and the erased files are told by the files
    // themselves.
    let began = |step: usize| records(2 + 2 * step);
    let gone = |path: String| format!("while [ -e {path} ]; do kill -0 $run 2> /dev/null || exit 3; done");
    let old = UEK5.name();
    let moments = [
        ("before the first transaction", began(1)),
        ("as the first begins", began(2)),
        ("in the scriptlet of the first", gone(format!("/boot/initramfs-{old}.img"))),
        ("while files of the first go", gone(format!("/boot/vmlinuz-{old}"))),
        ("between the two", began(4)),
        ("as the second begins", format!("{}; sleep 0.3", began(5))),
        ("in the scriptlet of the second", gone(format!("/lib/modules/{}/modules.dep", UEK6_OLDER.name()))),
        ("behind both", began(6)),
        ("as /boot is unmounted", began(7)),
    ];
    for (moment, wait) in sample(moments, 3) {
        let mounted = "until findmnt /boot > /dev/null; do kill -0 $run 2> /dev/null || exit 3; done";
        cut(&mut node, &format!("{mounted}; {wait}"));
        let left = node.packages();
        let outcome = finish(&node, &before);
        println!("{moment}: {left:?}; the next run: {outcome}");
        start_over(&node);
    }
    node.guest.reboot();
    node.has_booted(&UEK6);
}
