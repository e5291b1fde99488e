//! The appliance guest: a whole node in QEMU, by software emulation, on disks of its own.
//!
//! ```text
//! let mut guest = Spec::new(Firmware::Uefi).disk(Disk::scsi("NEW1").bytes(64 << 30)).boot();
//! guest.put("/root/okv-host", &binary, 0o755);
//! let report = guest.ok("/root/okv-host check --format json || true");
//! let running = guest.start("/root/okv-host swap-extend --apply --yes");
//! guest.cut_power();                    // the power fails while it runs
//! assert!(running.wait().is_err());
//! guest.boot_again();                   // the same disks
//! ```
//!
//! Every guest has its own overlay over system disks that are built once (`scripts/guest/build`), so each starts fresh.
//! [`Spec::boot`] boots it; [`Spec::start`] goes on from a saved memory, in a second or two where nothing else runs.
//! Dropping it ends QEMU and removes its files; where the test process is killed, QEMU still ends. A guest that cannot
//! be had fails the test.
//!
//! What a power cut loses: all that the guest's kernel had not written, and what the overlay of the system disk had
//! only in QEMU's memory. A write that a test's own disk had completed survives, flushed or not; [`Disk::log_writes`]
//! records the order of writes and flushes for a test that wants to lose those too.
#![allow(dead_code)]

mod agent;
mod base;
mod disk;
mod machine;
mod monitor;
mod snapshot;
mod spec;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

pub(crate) use spec::{Firmware, Spec};
#[allow(unused_imports)]
pub(crate) use {
    agent::{NoAnswer, Output, Running},
    disk::{Bus, Cache, Disk},
};

pub(crate) use base::{kernel_image, rescue_disk, system_disk};

use agent::Agent;
use disk::Attached;
use machine::{Files, Machine};
use monitor::Monitor;
use snapshot::Snapshot;

/// Within this a guest answers, even where other work shares the processors.
const BOOT: Duration = Duration::from_secs(300);
/// What one command takes at most where the test does not say.
const COMMAND: Duration = Duration::from_secs(600);

/// A node. It runs, except between [`Guest::cut_power`] or [`Guest::shutdown`] and [`Guest::boot_again`].
#[derive(Debug)]
pub(crate) struct Guest {
    spec: Spec,
    /// The system disk first.
    disks: Vec<Attached>,
    power: Option<Power>,
    /// Last, so that QEMU has ended when they are removed.
    files: Files,
}

/// What there is only while the power is on.
#[derive(Debug)]
struct Power {
    agent: Agent,
    monitor: Monitor,
    machine: Machine,
}

impl Guest {
    fn new(spec: Spec) -> Self {
        let files = Files::new();
        let mut disks = vec![base::overlay(spec.firmware, spec.system.clone(), &files)];
        for disk in &spec.disks {
            disks.push(disk.clone().attach(disks.len(), &files));
        }
        let mut guest = Self { spec, disks, power: None, files };
        guest.boot_again();
        guest
    }

    /// One that goes on from a saved start of a machine like it.
    fn resumed(spec: Spec) -> Self {
        let snapshot = Snapshot::of(&spec);
        let started = Instant::now();
        let files = Files::new();
        let disks = vec![snapshot.system(&spec, &files)];
        let mut machine = Machine::start(&spec, &disks, &files, Some(&snapshot.memory()));
        let agent = Agent::reconnect(&files.agent(), started + BOOT, &mut machine, snapshot.boot_id());
        let agent = agent.unwrap_or_else(|why| panic!("the guest does not go on: {why}\n{}", files.console_text()));
        let mut monitor = Monitor::connect(&files.monitor());
        snapshot::waits_for(&mut monitor, "query-status", "paused"); // as it was when it was saved
        monitor.command("cont", json!({}));
        let more = spec.disks.clone();
        let mut guest = Self { spec, disks, power: Some(Power { agent, monitor, machine }), files };
        snapshot::wake(&guest);
        let links: Vec<String> = more.iter().map(Disk::link).collect();
        more.into_iter().for_each(|disk| guest.plug(disk));
        if !links.is_empty() {
            guest.ok(&format!("udevadm wait --timeout=60 --settle {}", links.join(" ")));
        }
        println!("the guest goes on after {:.1} s", started.elapsed().as_secs_f32());
        guest
    }

    /// Powers it on, with the disks as they are, and returns when it answers.
    pub(crate) fn boot_again(&mut self) {
        assert!(self.power.is_none(), "the guest is running");
        let started = Instant::now();
        let mut machine = Machine::start(&self.spec, &self.disks, &self.files, None);
        let agent = Agent::connect(&self.files.agent(), started + BOOT, &mut machine, || false);
        let agent = agent.unwrap_or_else(|why| panic!("the guest did not boot: {why}\n{}", self.console()));
        let monitor = Monitor::connect(&self.files.monitor());
        println!("the guest answers after {:.1} s", started.elapsed().as_secs_f32());
        self.power = Some(Power { agent, monitor, machine });
    }

    /// Powers it on, and says whether it comes up within `limit`. It does not where its console has one of `marks`: the
    /// power is off then.
    ///
    /// # Errors
    /// With the mark, or that it says nothing.
    pub(crate) fn comes_up(&mut self, limit: Duration, marks: &[&str]) -> Result<(), String> {
        assert!(self.power.is_none(), "the guest is running");
        let _ = std::fs::remove_file(self.files.path("console")); // of the boot before
        let mut machine = Machine::start(&self.spec, &self.disks, &self.files, None);
        let mark = || {
            let text = self.files.console_text();
            marks.iter().find(|mark| text.contains(**mark)).map(|mark| (*mark).to_owned())
        };
        let connected = Agent::connect(&self.files.agent(), Instant::now() + limit, &mut machine, || mark().is_some());
        match connected {
            Ok(agent) => {
                let monitor = Monitor::connect(&self.files.monitor());
                self.power = Some(Power { agent, monitor, machine });
                Ok(())
            }
            Err(why) => Err(mark().unwrap_or_else(|| why.to_string())),
        }
    }

    /// Cuts the power: QEMU is killed, at once.
    pub(crate) fn cut_power(&mut self) {
        self.power.take().expect("the guest is running").machine.kill();
    }

    /// Shuts it down in good order, and returns when the power is off.
    pub(crate) fn shutdown(&mut self) {
        let power = self.power.take().expect("the guest is running");
        drop(power.agent.start("systemctl poweroff", &[], COMMAND));
        let ended = power.machine.wait(COMMAND);
        assert!(ended, "the guest does not shut down\n{}", self.console());
    }

    /// Whether the machine has ended by itself, as it does where the guest restarts.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.power.as_mut().is_none_or(|power| power.machine.has_ended())
    }

    /// Waits until the machine ends by itself, as it does where the guest restarts, and boots it again.
    pub(crate) fn restarts_by_itself(&mut self) {
        let power = self.power.take().expect("the guest is running");
        assert!(power.machine.wait(COMMAND), "the guest does not restart\n{}", self.console());
        self.boot_again();
    }

    /// Shuts it down in good order and boots it again.
    pub(crate) fn reboot(&mut self) {
        self.shutdown();
        self.boot_again();
    }

    /// Starts a bash script as root, and does not wait for it.
    pub(crate) fn start(&self, script: &str) -> Running {
        self.start_with(script, &[], COMMAND)
    }

    /// Starts a script with a standard input and a time limit, after which the guest kills it.
    pub(crate) fn start_with(&self, script: &str, input: &[u8], limit: Duration) -> Running {
        self.power().agent.start(script, input, limit)
    }

    /// Runs a bash script as root. Any exit status is an answer; a guest that is gone is none.
    pub(crate) fn run(&self, script: &str) -> Output {
        self.run_with(script, &[], COMMAND)
    }

    /// The same, with a standard input and a time limit.
    pub(crate) fn run_with(&self, script: &str, input: &[u8], limit: Duration) -> Output {
        let answer = self.start_with(script, input, limit).wait();
        answer.unwrap_or_else(|why| panic!("{script}: {why}\n{}", self.console()))
    }

    /// Runs a script that must exit 0, and returns its standard output.
    pub(crate) fn ok(&self, script: &str) -> String {
        let output = self.run(script);
        assert!(output.status == 0, "in the guest: {script}\n{output}");
        output.stdout()
    }

    /// Writes a file and flushes it to the disk.
    pub(crate) fn put(&self, path: &str, bytes: &[u8], mode: u32) {
        let script = format!("umask 077; cat >'{path}' && chmod {mode:o} '{path}' && sync '{path}'");
        let output = self.run_with(&script, bytes, COMMAND);
        assert!(output.status == 0, "{path}\n{output}");
    }

    /// The bytes of a file.
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        let output = self.run(&format!("cat '{path}'"));
        assert!(output.status == 0, "{path}\n{output}");
        output.stdout
    }

    /// Plugs in a disk, while the guest runs or while its power is off; it stays for later boots. A guest that runs may
    /// need a moment to see it.
    pub(crate) fn plug(&mut self, disk: Disk) {
        let number = self.disks.last().map_or(0, |last| last.number() + 1);
        let attached = disk.attach(number, &self.files);
        if let Some(power) = &mut self.power {
            power.monitor.command("blockdev-add", attached.blockdev());
            power.monitor.command("device_add", attached.device());
        }
        self.disks.push(attached);
    }

    /// Plugs in a network card until the power is off, by which this port of the host's loopback leads to that one of the
    /// guest. The guest gives itself 10.0.2.15; nothing else is reached from there.
    pub(crate) fn forward(&mut self, from: u16, to: u16) {
        let monitor = &mut self.power.as_mut().expect("the guest is running").monitor;
        let forward = format!("tcp:127.0.0.1:{from}-10.0.2.15:{to}");
        monitor.command(
            "netdev_add",
            json!({"type": "user", "id": "net", "restrict": true, "hostfwd": [{"str": forward}]}),
        );
        monitor.command("device_add", json!({"driver": "virtio-net-pci", "id": "card", "netdev": "net"}));
    }

    /// Takes out a SCSI disk while the guest runs, at once.
    pub(crate) fn unplug(&mut self, serial: &str) {
        let at = self.disks.iter().position(|attached| attached.disk().has_serial(serial)).expect("it is plugged in");
        let attached = self.disks.remove(at);
        let monitor = &mut self.power.as_mut().expect("the guest is running").monitor;
        monitor.command("device_del", json!({"id": attached.device()["id"]}));
        let node = json!({"node-name": attached.blockdev()["node-name"]});
        let started = Instant::now();
        while let Err(error) = monitor.attempt("blockdev-del", &node) {
            assert!(started.elapsed() < COMMAND, "{serial} is still in use: {error}"); // the device goes soon
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The disks: the system disk (a qcow2 overlay) and then the others (raw), in the order in which they were added.
    /// To be looked into while the power is off.
    pub(crate) fn disks(&self) -> &[Attached] {
        &self.disks
    }

    /// What the firmware, GRUB and the kernel wrote to the serial port since the last boot: its last 8 KiB.
    pub(crate) fn console(&self) -> String {
        self.files.console_text()
    }

    /// The kernel's id of this boot: another after each.
    pub(crate) fn boot_id(&self) -> &str {
        self.power().agent.boot_id()
    }

    fn power(&self) -> &Power {
        self.power.as_ref().expect("the guest is running")
    }
}
