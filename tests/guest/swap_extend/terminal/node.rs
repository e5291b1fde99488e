//! A node whose commands run at a terminal that goes bad.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::guest::{Disk, Firmware, Guest, Spec};
use crate::swap_extend::state::{FULL_KIB, GIB, disk, extend, kept, names};
use crate::{OKV_HOST, install, json};

pub(super) const RUN: &str = "/root/okv-host swap-extend --disk NEW --apply --yes";
pub(super) const UNDO: &str = "/root/okv-host undo --apply --yes";

/// What one command takes at most; the script itself waits for less, and reports what it waited for.
const LIMIT: Duration = Duration::from_secs(1800);
/// A disk that has just the extents that are missing.
const NEW_DISK: u64 = 50 * GIB + (2 << 20);

pub(super) struct Node {
    pub(super) guest: Guest,
    /// The steps of a run.
    pub(super) steps: Vec<String>,
    /// The index of the one that takes the swap away; from there a run goes on until the node has it again.
    pub(super) swapoff: usize,
    /// The new disk.
    new: String,
    kept: String,
    /// By how many records the journal was past the moment that was meant, and how often.
    late: BTreeMap<i64, u32>,
    outcomes: BTreeMap<String, u32>,
    began: Instant,
}

/// What the node was like when a command had ended.
pub(super) struct Seen {
    /// Whether the command still waits for somebody to read its answer.
    pub(super) waits: bool,
    /// Of the area that is swapped to.
    pub(super) kib: Option<String>,
    /// What `status` answers of the last run.
    pub(super) run: Value,
}

impl Node {
    pub(super) fn boot() -> Self {
        let guest = Spec::new(Firmware::Bios).disk(Disk::virtio("NEW").bytes(NEW_DISK)).boot();
        install(&guest);
        guest.ok(include_str!("../../stage/start-sshd"));
        guest.put("/root/at-a-terminal", include_bytes!("at-a-terminal"), 0o755);
        // Its agreement of keys takes long under emulation by default.
        guest.ok("echo KexAlgorithms curve25519-sha256 > /root/.ssh/config
             vgcfgbackup --quiet --file /root/group vg_root
             blkid --probe --output value --match-tag UUID /dev/vg_root/lv_swap > /root/uuid");
        let new = disk(&guest, "NEW");
        let kept = kept(&guest, &new);
        let steps = names(&extend(&guest, "--disk NEW", 0));
        let swapoff = steps.iter().position(|step| step == "swapoff").unwrap();
        Self {
            guest,
            steps,
            swapoff,
            new,
            kept,
            late: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            began: Instant::now(),
        }
    }

    /// Runs `command`, and has `key` happen when the journal has `records` more lines.
    pub(super) fn at_a_terminal(&mut self, key: &str, records: usize, command: &str) -> Seen {
        let script = format!("exec bash /root/at-a-terminal {key} {records} '{command}'");
        let output = self.guest.run_with(&script, &[], LIMIT);
        assert_eq!(output.status, 0, "{script}\n{output}");
        let text = output.stdout();
        let (figures, rest) = text.split_once('\n').unwrap();
        let (swaps, answer) = rest.split_once('\n').unwrap();
        let figures: Vec<i64> = figures.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
        let [late, waits, exit, status] = figures[..] else { panic!("{text}") };
        let answer: Value = serde_json::from_str(answer).unwrap_or_else(|e| panic!("{e}: {text}"));
        let run = answer["last_run"].clone();
        assert_eq!(status, if run["unfinished"] == true { 4 } else { 0 }, "{run:#}");
        // One that a signal ended while it waited for its terminal has the status of that; a lost shell notes none.
        let is_expected = [status, 128 + 15].contains(&exit) || exit < 0 || key == "kill";
        let screen = || self.guest.ok("tail --bytes=4000 /root/screen");
        assert!(is_expected, "{key}: exit status {exit}: {}", screen());
        self.agrees(&run);
        let kib = swaps.split_whitespace().nth(2).map(str::to_owned);
        let outcome = format!("{key}: {}", run["state"].as_str().unwrap());
        println!("{:>4.0} s {outcome}, past record {records} by {late}", self.began.elapsed().as_secs_f32());
        if key != "kill" {
            *self.late.entry(late).or_default() += 1;
            *self.outcomes.entry(outcome).or_default() += 1;
        }
        Seen { waits: waits > 0, kib, run }
    }

    /// Has `command` killed when step `last` of it is done: the node is without swap.
    pub(super) fn killed_behind(&mut self, last: usize, command: &str) {
        let seen = self.at_a_terminal("kill", 1 + 2 * (last + 1), command);
        assert_eq!(seen.kib, None);
        let standing = seen.run["standing"].as_array().unwrap();
        assert!(standing.len() > last && seen.run["unfinished"] == true, "{:#}", seen.run);
    }

    /// Whether what `status` lists as done is done, and nothing else is. Caches are off for the run alone.
    fn agrees(&self, run: &Value) {
        let names = names(run);
        let standing = |name: &&str| {
            let mut done = run["standing"].as_array().unwrap().iter().filter(|step| step["done"] == true);
            done.any(|step| names[step["step"].as_u64().unwrap() as usize] == *name)
        };
        // That the kernel knows the partition is left out: udev has it read the table of a disk that was written to.
        let disks = self.guest.ok(&format!(
            "cmp --quiet --bytes 512 /dev/{0} /dev/zero || echo write-table
             ! pvs --noheadings --options vg_name /dev/{0}1 > /run/volume 2> /dev/null || echo pvcreate
             ! grep --quiet vg_root /run/volume || echo vgextend
             [ $(blockdev --getsize64 /dev/vg_root/lv_swap) != {1} ] || echo lvresize
             ! grep --quiet {FULL_KIB} /proc/swaps || echo swapon
             ! grep 'write through' /sys/block/vd?/queue/write_cache",
            self.new,
            64 * GIB
        ));
        let listed = ["write-table", "pvcreate", "vgextend", "lvresize", "swapon"].into_iter().filter(standing);
        assert_eq!(disks.lines().collect::<Vec<_>>(), listed.collect::<Vec<_>>(), "{run:#}");
    }

    /// Runs it to its end.
    pub(super) fn finish(&self) {
        let done = extend(&self.guest, "--disk NEW --apply --yes", 0);
        assert_eq!(done["outcome"], "done", "{done:#}");
        assert_eq!(self.guest.run(&format!("{OKV_HOST} status")).status, 0);
    }

    pub(super) fn take_back(&self) {
        let undone = json(&self.guest, &format!("{UNDO} --format json"), 0);
        assert_eq!(undone["outcome"], "undone", "{undone:#}");
    }

    /// Nothing else has changed; then the node as it was, by hand.
    pub(super) fn starts_over(&self) {
        assert_eq!(kept(&self.guest, &self.new), self.kept);
        self.guest.ok(&format!(
            "set -e
             swapoff /dev/vg_root/lv_swap
             dd if=/dev/zero of=/dev/{0} bs=1M count=4 conv=fsync status=none
             vgcfgrestore --yes --force --quiet --file /root/group vg_root > /dev/null
             lvchange --refresh vg_root/lv_swap
             mkswap --quiet --label SWAP --uuid $(cat /root/uuid) /dev/vg_root/lv_swap
             swapon /dev/vg_root/lv_swap
             udevadm settle
             blockdev --rereadpt /dev/{0}
             udevadm settle
             rm --force /var/lib/okv-host/journal",
            self.new
        ));
    }

    pub(super) fn report(&self, what: &str) {
        assert_eq!(kept(&self.guest, &self.new), self.kept);
        let (count, took) = (self.late.values().sum::<u32>(), self.began.elapsed().as_secs_f32());
        println!("{what}: {count} terminals went bad in {took:.0} s; ends, and how often: {:?}", self.outcomes);
        println!("{what}: records past the moment that was meant, and how often: {:?}", self.late);
    }
}
