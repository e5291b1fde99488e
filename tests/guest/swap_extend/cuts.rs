//! The power is cut before, in and after every step, and at random moments. After each boot the node has its swap, old
//! or new, under its old name; nothing else has changed; and the next run goes on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::state::{FULL_KIB, GIB, SMALL_KIB, disk, extend, kept, names, swap};
use crate::guest::{Disk, Firmware, Guest, Spec};
use crate::matrix::{is_every, sample};
use crate::{OKV_HOST, install};

const JOURNAL: &str = "/var/lib/okv-host/journal";
/// Random moments of each of the two nodes, in a sample and where every case is tried.
const RANDOM: [(u32, u32); 2] = [(2, 4), (8, 22)];
/// Of a run on the node as it was.
const STEPS: usize = 13;
/// A disk that has just the extents that are missing.
const NEW_DISK: u64 = 50 * GIB + (2 << 20);

struct Node {
    guest: Guest,
    kept: String,
    cuts: u32,
    /// The steps that a run has now.
    plan: Vec<String>,
    /// How often the next run had how many steps left.
    left: BTreeMap<usize, u32>,
    old_swap: u32,
    new_swap: u32,
    /// How often a run had ended before its moment had come.
    too_late: u32,
}

impl Node {
    fn boot(firmware: Firmware) -> Self {
        let guest =
            Spec::new(firmware).disk(Disk::virtio("OTHER").bytes(GIB)).disk(Disk::virtio("NEW").bytes(NEW_DISK)).boot();
        install(&guest);
        let other = disk(&guest, "OTHER");
        guest.ok(&format!("mkfs.ext4 -q /dev/{other}; sync"));
        let kept = kept(&guest, &disk(&guest, "NEW"));
        let plan = names(&extend(&guest, "--disk NEW", 0));
        Self { guest, kept, cuts: 0, plan, left: BTreeMap::new(), old_swap: 0, new_swap: 0, too_late: 0 }
    }

    /// Runs it, and resets the machine without a flush when `moment` has come. Returns whether it had not ended before.
    fn cut(&mut self, moment: &str) -> bool {
        let script = format!(
            "echo 1 > /proc/sys/kernel/sysrq
             mapfile -t before < {JOURNAL}
             {OKV_HOST} swap-extend --disk NEW --apply --yes > /root/out 2>&1 & run=$!
             {moment}
             echo b > /proc/sysrq-trigger"
        );
        let cut = self.guest.start(&script);
        match cut.wait() {
            Ok(ended) => {
                assert_eq!(ended.status, 3, "{ended}\n{}", self.guest.ok("cat /root/out"));
                return false;
            }
            Err(_) => self.guest.cut_power(),
        }
        self.guest.boot_again();
        self.cuts += 1;
        self.stands();
        true
    }

    /// What must hold after every boot.
    fn stands(&mut self) {
        let kib = swap(&self.guest)[0].clone();
        match kib.as_str() {
            SMALL_KIB => self.old_swap += 1,
            FULL_KIB => self.new_swap += 1,
            other => panic!("{other} KiB of swap"),
        }
        assert_eq!(kept(&self.guest, &disk(&self.guest, "NEW")), self.kept);
        self.plan = names(&extend(&self.guest, "--disk NEW", 0));
        *self.left.entry(self.plan.len()).or_default() += 1;
    }

    /// Runs it to its end; how long that took.
    fn finish(&mut self) -> Duration {
        let started = Instant::now();
        let done = extend(&self.guest, "--disk NEW --apply --yes", 0);
        let took = started.elapsed();
        assert!(["done", "nothing-to-do"].contains(&done["outcome"].as_str().unwrap()), "{done:#}");
        assert_eq!(swap(&self.guest)[0], FULL_KIB);
        assert_eq!(kept(&self.guest, &disk(&self.guest, "NEW")), self.kept);
        assert_eq!(self.guest.run(&format!("{OKV_HOST} status")).status, 0);
        took
    }

    /// The node as it was, by hand.
    fn start_over(&mut self) {
        let new = disk(&self.guest, "NEW");
        self.guest.ok(&format!(
            "set -e; uuid=$(blkid --probe --output value --match-tag UUID /dev/vg_root/lv_swap)
             ! grep --quiet ^/dev /proc/swaps || swapoff /dev/vg_root/lv_swap
             lvs --noheadings --options lv_size --units b --nosuffix vg_root/lv_swap | grep --quiet ' 4294967296$' ||
                 lvreduce --quiet --yes --extents 128 vg_root/lv_swap
             mkswap --quiet --label SWAP --uuid $uuid /dev/vg_root/lv_swap; swapon /dev/vg_root/lv_swap
             if [ \"$(pvs --noheadings --options vg_name /dev/{new}1 2> /dev/null | tr --delete ' ')\" = vg_root ]; then vgreduce --quiet vg_root /dev/{new}1; fi
             if pvs /dev/{new}1 > /dev/null 2>&1; then pvremove --quiet /dev/{new}1; fi
             dd if=/dev/zero of=/dev/{new} bs=1M count=4 conv=fsync status=none
             dd if=/dev/zero of=/dev/{new} bs=1M seek=$(($(blockdev --getsize64 /dev/{new}) / 1048576 - 2)) conv=fsync status=none 2> /dev/null || true
             udevadm settle; blockdev --rereadpt /dev/{new}; udevadm settle; rm --force {JOURNAL}; sync"
        ));
        assert_eq!(swap(&self.guest)[0], SMALL_KIB);
        self.plan = names(&extend(&self.guest, "--disk NEW", 0));
    }

    /// Cuts the power within and behind each step that the plan has.
    fn at_every_step(&mut self) {
        let steps = self.plan.clone();
        assert_eq!(steps.len(), STEPS, "{steps:?}");
        for step in &steps {
            // Within: its beginning is recorded. Behind: its end is; the beginning of the next one is not, or just.
            // A sample has those within alone: behind one step is where the next one begins.
            for behind in sample([0, 1], 2) {
                let Some(at) = self.plan.iter().position(|name| name == step) else { continue };
                let records = 2 + 2 * at + behind;
                let moment = format!(
                    "while mapfile -t now < {JOURNAL}; ((${{#now[@]}} < ${{#before[@]}} + {records})); do kill -0 $run 2> /dev/null || exit 3; done"
                );
                assert!(self.cut(&moment), "the run ended before {step}");
            }
        }
        self.finish();
    }

    fn at_random_moments(&mut self, count: u32) {
        // A generator of its own, so that a failure can be had again.
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        self.start_over();
        let mut whole = self.finish().as_millis().max(1000); // of a run with all steps
        self.start_over();
        let before = self.cuts;
        while self.cuts < before + count {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // A run that has fewer steps left ends sooner; the planning before the first takes as long as three steps.
            let share = |whole: u128, of: usize, all: usize| whole * (of as u128 + 3) / (all as u128 + 3);
            let left = self.plan.len();
            let wait = u128::from(random) % share(whole, left, STEPS);
            let moment = format!("sleep {}.{:03}; kill -0 $run 2> /dev/null || exit 3", wait / 1000, wait % 1000);
            let cut = self.cut(&moment);
            if !cut {
                self.too_late += 1;
                if left == STEPS {
                    whole = (whole + wait) / 2; // it had ended before: that is still longer than the run
                }
            }
            if !cut || self.plan.is_empty() {
                self.finish();
                self.start_over();
            }
        }
        self.finish();
    }

    fn report(&self, name: &str) {
        println!(
            "{name}: the power was cut {} times, and {} times too late; the node came up with the old swap {} times and with the new one {} times; steps left afterwards, and how often: {:?}",
            self.cuts, self.too_late, self.old_swap, self.new_swap, self.left
        );
    }
}

#[test]
fn a_bios_node_has_its_swap_after_a_power_cut_at_every_step() {
    let mut node = Node::boot(Firmware::Bios);
    node.at_every_step();
    node.at_random_moments(RANDOM[usize::from(is_every())].0);
    node.guest.reboot();
    node.stands();
    node.report("BIOS");
}

#[test]
fn a_uefi_node_has_its_swap_after_a_power_cut_at_random_moments() {
    let mut node = Node::boot(Firmware::Uefi);
    node.at_random_moments(RANDOM[usize::from(is_every())].1);
    node.guest.reboot();
    node.stands();
    node.report("UEFI");
}
