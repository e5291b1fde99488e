//! Real runs, recorded: every write and flush of all disks of a node.

use crate::guest::{Disk, Firmware, Guest, Spec, system_disk};
use crate::nbd::{Content, Disks, Event, Recording, Server};
use crate::{OKV_HOST, install};

const JOURNAL: &str = "/var/lib/okv-host/journal";

/// A run that is recorded.
pub(super) struct Task {
    pub(super) name: &'static str,
    /// Arguments of okv-host, without those that make it change the node.
    pub(super) command: &'static str,
    /// What the node needs before, which its disks do not keep.
    pub(super) ready: &'static str,
    /// What must succeed when a node has started, before anything is run on it.
    pub(super) start: &'static str,
    /// Prints what must be as it was before the run, at any time.
    pub(super) kept: &'static str,
    /// Prints what must be as it is after the run, when a node has recovered.
    pub(super) result: &'static str,
}

/// A recorded run.
pub(super) struct Run {
    pub(super) task: Task,
    pub(super) firmware: Firmware,
    pub(super) serials: Vec<&'static str>,
    pub(super) recording: Recording,
    pub(super) kept: String,
    pub(super) result: String,
}

/// A node whose disks are recorded.
pub(super) struct Node {
    pub(super) guest: Guest,
    disks: Disks,
    firmware: Firmware,
    serials: Vec<&'static str>,
}

impl Node {
    /// Boots a node with blank disks beside its system disk.
    pub(super) fn boot(server: &Server, name: &str, firmware: Firmware, blank: &[(&'static str, u64)]) -> Self {
        let mut contents = vec![Content::of_file(&system_disk(firmware))];
        contents.extend(blank.iter().map(|(_, bytes)| Content::blank(*bytes)));
        let disks = Disks::new(contents);
        let serials: Vec<&'static str> = [("SYSTEM", 0)].iter().chain(blank).map(|(serial, _)| *serial).collect();
        let served = serials.iter().enumerate().map(|(number, serial)| {
            let export = format!("{name}-{serial}");
            server.add(&export, &disks, number);
            Disk::scsi(serial).served(server.socket(), &export)
        });
        let mut served = served.collect::<Vec<_>>().into_iter();
        let spec = Spec::new(firmware).system(served.next().expect("the system disk"));
        let guest = served.fold(spec, Spec::disk).boot();
        install(&guest);
        Self { guest, disks, firmware, serials }
    }

    /// The same disks, with the guest that this makes of it.
    pub(super) fn becomes(self, make: impl FnOnce(Guest) -> Guest) -> Self {
        Self { guest: make(self.guest), ..self }
    }

    /// Runs it to its end, and records what it writes.
    pub(super) fn record(&self, task: Task) -> Run {
        self.guest.ok(task.ready);
        self.guest.ok(task.start);
        let kept = self.guest.run(task.kept).stdout();
        self.guest.ok("sync; for disk in /dev/sd?; do blockdev --flushbufs $disk; done");
        self.disks.start_recording();
        let done = self.guest.run(&format!("{OKV_HOST} {} --apply --yes", task.command));
        let recording = self.disks.stop_recording();
        assert_eq!(done.status, 0, "{}: {done}", task.name);
        assert_eq!(self.guest.run(task.kept).stdout(), kept, "{}", task.name);
        let result = self.guest.run(task.result).stdout();
        let (firmware, serials) = (self.firmware, self.serials.clone());
        let run = Run { task, firmware, serials, recording, kept, result };
        println!("{}: {} writes, {} flushes", run.task.name, run.writes(), run.recording.events.len() - run.writes());
        run
    }

    /// Starts a command, and kills it when its journal has so many more records.
    pub(super) fn interrupt(&self, command: &str, records: usize) {
        self.guest.ok(&format!(
            "touch {JOURNAL}; mapfile -t before < {JOURNAL}
             {OKV_HOST} {command} --apply --yes > /dev/null & run=$!
             while mapfile -t now < {JOURNAL}; ((${{#now[@]}} < ${{#before[@]}} + {records})); do kill -0 $run; done
             kill -KILL $run; wait; sleep 1"
        ));
    }
}

impl Run {
    pub(super) fn writes(&self) -> usize {
        self.recording.events.iter().filter(|event| matches!(event, Event::Write { .. })).count()
    }

    /// The last thing that the journal on the disks said at that moment.
    pub(super) fn step_at(&self, moment: usize) -> String {
        let said = |event: &Event| match event {
            Event::Write { data, .. } => {
                let text = String::from_utf8_lossy(data);
                let (_, last) = text.rsplit_once(r#""entry":{""#)?;
                let end = last.find(|c: char| !(c.is_alphanumeric() || "-\":".contains(c)))?;
                Some(last[..end].replace('"', ""))
            }
            Event::Flush { .. } => None,
        };
        self.recording.events[..moment].iter().rev().find_map(said).unwrap_or_else(|| "before the run".to_owned())
    }
}
