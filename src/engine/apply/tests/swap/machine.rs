//! A node that is played: its state in memory, and what is read and written past its programs as files below a folder.

use std::fs;
use std::os::unix::fs::{FileExt, symlink};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use crate::engine::apply::{Interrupts, News, TargetHost, carry_out, journal_path};
use crate::engine::{Ending, Entry, Plan, RecordedRun, Refusal, last_run};
use crate::io::journal::Journal;
use crate::io::tool::{Cmd, Output, Runner, ToolError};
use crate::subjects::swap::plan::tests::node::{GROUP, Node, SWAP, TEMPORARY};
use crate::subjects::swap::plan::{COMMAND, Remembered, Request, plan};

/// How a program fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It does nothing and ends with status 1.
    Status,
    /// It does nothing and is ended at its limit.
    Hangs,
    /// It does its work and is ended at its limit.
    HangsAfterwards,
    /// It is not there.
    Missing,
    /// It does nothing, prints garbage, and ends with status 0.
    Garbage,
}

impl Way {
    pub(super) const ALL: [Self; 5] = [Self::Status, Self::Hangs, Self::HangsAfterwards, Self::Missing, Self::Garbage];
}

/// Which call fails.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    /// The number of the call, from 0, over all programs.
    pub(super) call: usize,
    pub(super) way: Way,
    /// Whether that program fails from then on, and not only once.
    pub(super) lasting: bool,
}

pub(super) struct Machine {
    base: tempfile::TempDir,
    state: Mutex<State>,
}

struct State {
    node: Node,
    calls: Vec<String>,
    fault: Option<Fault>,
    /// The program that fails for good, since its call came.
    broken: Option<String>,
    /// The call, from 0, at which the journal's disk is full.
    full_at: Option<usize>,
}

/// Where a test finds bytes on a disk: its first sector, and the beginning of its partition.
const LOOKED_AT: [(u64, usize); 2] = [(0, 4096), (1 << 20, 16 << 10)];

impl Machine {
    pub(super) fn new(node: Node) -> Self {
        // In memory, where that can be had: each record of a journal is flushed.
        let base = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let machine =
            Self { base, state: Mutex::new(State { node, calls: vec![], fault: None, broken: None, full_at: None }) };
        let node = machine.state().node.clone();
        for folder in ["dev/vg_root", "proc/sys/vm", "sys/class/block", "var/lib/okv-host"] {
            fs::create_dir_all(machine.at(folder)).unwrap();
        }
        let strict = if node.memory.is_strict { "2\n" } else { "0\n" };
        fs::write(machine.at("proc/sys/vm/overcommit_memory"), strict).unwrap();
        for disk in &node.disks {
            fs::File::create(machine.at(&disk.path())).unwrap().set_len(disk.bytes).unwrap();
            let sys = machine.at(&format!("sys/class/block/{}", disk.name));
            fs::create_dir_all(sys.join("device")).unwrap();
            let id = &disk.identity;
            for (file, text) in [
                ("dev", Some("8:16")),
                ("device/model", id.model.as_deref()),
                ("device/serial", id.serial.as_deref()),
                ("device/wwid", id.wwn.as_deref()),
            ] {
                fs::write(sys.join(file), format!("{}\n", text.unwrap())).unwrap();
            }
        }
        machine.show(&node);
        machine
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.base.path().join(path.trim_start_matches('/'))
    }

    /// From now on, this fails.
    pub(super) fn breaks(&self, fault: Option<Fault>) {
        let mut state = self.state();
        (state.fault, state.broken) = (fault, None);
        state.calls.clear();
    }

    /// The journal's disk is full from this call on.
    pub(super) fn is_full_at(&self, call: usize) {
        self.state().full_at = Some(call);
    }

    /// Every call that came, as it is shown.
    pub(super) fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// The node as it is now, with what was changed past its programs.
    pub(super) fn node(&self) -> Node {
        let mut node = self.state().node.clone();
        self.look(&mut node);
        node
    }

    /// As [`Machine::node`], without what is counted up and what is kept aside.
    pub(super) fn bare(&self) -> Node {
        let mut node = Node { seqno: 0, backups: vec![], ..self.node() };
        // Pages that came back to memory stay there.
        node.areas.iter_mut().for_each(|area| area.used_kib = 0);
        node
    }

    /// Changes the node, as a start of the machine would.
    pub(super) fn becomes(&self, change: impl FnOnce(&mut Node)) {
        let mut node = self.node();
        change(&mut node);
        self.show(&node);
        self.state().node = node;
    }

    /// Takes over what was written to the files.
    fn look(&self, node: &mut Node) {
        for disk in &mut node.disks {
            let file = fs::File::open(self.at(&disk.path())).unwrap();
            for (at, len) in LOOKED_AT {
                let mut bytes = vec![0; len];
                file.read_exact_at(&mut bytes, at).unwrap();
                disk.put(at, &bytes);
            }
            disk.partition = self.at(&format!("sys/class/block/{0}/{0}1", disk.name)).exists();
        }
        for (name, volume) in &mut node.volumes {
            if let Ok(file) = fs::File::open(self.at(Node::device(name))) {
                file.read_exact_at(&mut volume.page, 0).unwrap();
            }
        }
    }

    /// Writes the files that the node would show.
    fn show(&self, node: &Node) {
        for disk in &node.disks {
            let file = fs::OpenOptions::new().write(true).open(self.at(&disk.path())).unwrap();
            for (at, len) in LOOKED_AT {
                let mut bytes = vec![0; len];
                crate::io::image::Image::read_at(disk, &mut bytes, at).unwrap();
                file.write_all_at(&bytes, at).unwrap();
            }
        }
        for name in [SWAP, TEMPORARY] {
            let (device, link) = (self.at(Node::device(name)), self.at(&format!("dev/{GROUP}/{name}")));
            let Some(volume) = node.volumes.get(name) else {
                let _ = (fs::remove_file(device), fs::remove_file(link));
                continue;
            };
            let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&device).unwrap();
            file.set_len(volume.extents * crate::subjects::swap::plan::tests::node::EXTENT).unwrap();
            file.write_all_at(&volume.page, 0).unwrap();
            let _ = symlink(format!("..{}", Node::device(name).trim_start_matches("/dev")), link);
        }
        for backup in &node.backups {
            fs::write(self.at(backup), "vg_root { }\n").unwrap();
        }
        let mut swaps = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n".to_owned();
        for area in &node.areas {
            swaps += &format!("{} partition\t{}\t{}\t{}\n", area.path, area.kib, area.used_kib, area.priority);
        }
        fs::write(self.at("proc/swaps"), swaps).unwrap();
        fs::write(self.at("proc/meminfo"), meminfo(node)).unwrap();
    }

    pub(super) fn host(&self) -> TargetHost<'_> {
        TargetHost {
            base: self.base.path().to_owned(),
            runner: self,
            user: "ann".into(),
            subjects: &crate::subjects::Steps,
        }
    }

    pub(super) fn journal(&self) -> Journal<Entry> {
        self.host().journal().unwrap()
    }

    pub(super) fn last(&self) -> RecordedRun {
        last_run(&Journal::read(&journal_path(self.base.path())).unwrap()).unwrap()
    }

    /// The plan from what is true now, as the command makes it.
    pub(super) fn plans(&self, request: &Request) -> Result<Plan, Refusal> {
        let last = last_run(&Journal::read(&journal_path(self.base.path())).unwrap());
        let run = last.filter(|run| run.command == COMMAND && run.is_unfinished());
        let remembered = run.and_then(|run| Remembered::of(run.earlier.iter().chain(&run.steps), request));
        plan(&self.node().growth(), &Request { remembered, ..request.clone() })
    }

    pub(super) fn run(&self, plan: &Plan) -> Ending {
        self.run_told(plan, &Interrupts::default(), &mut |_| {})
    }

    pub(super) fn run_told(&self, plan: &Plan, interrupts: &Interrupts, before: &mut dyn FnMut(usize)) -> Ending {
        let mut tell = |news: News<'_>| {
            if let News::Step { number, .. } = news {
                before(number);
            }
        };
        carry_out(plan, &self.host(), &mut self.journal(), interrupts, &mut tell).unwrap()
    }

    /// Makes the journal one that cannot be written on: nothing fits behind its end. Gives back its length.
    pub(super) fn fills_up(&self) -> u64 {
        let path = journal_path(self.base.path());
        let len = fs::metadata(&path).unwrap().len();
        let journal = fs::OpenOptions::new().write(true).open(path).unwrap();
        journal.set_len(i64::MAX as u64).or_else(|_| journal.set_len((16 << 40) - 4096)).unwrap();
        len
    }

    /// There is room again.
    pub(super) fn has_room_again(&self) {
        let path = journal_path(self.base.path());
        let file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
        // The lines end where the zeros begin.
        let mut head = vec![0; 1 << 20];
        let read = file.read_at(&mut head, 0).unwrap();
        let len = head[..read].iter().position(|byte| *byte == 0).unwrap_or(read);
        file.set_len(len as u64).unwrap();
    }
}

impl Runner for Machine {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        let mut state = self.state();
        let command = cmd.to_string();
        let call = state.calls.len();
        state.calls.push(command.clone());
        if state.full_at == Some(call) {
            self.fills_up();
        }
        let program = cmd.program.path().to_owned();
        let fault = state.fault.clone();
        let way = fault.filter(|fault| fault.call == call || state.broken.as_ref() == Some(&program)).map(|fault| {
            if fault.lasting {
                state.broken = Some(program.clone());
            }
            fault.way
        });
        let ended = |status: i32, out: &str, err: &str| {
            Ok(Output { status: Some(status), stdout: out.as_bytes().to_vec(), stderr: err.as_bytes().to_vec() })
        };
        match way {
            Some(Way::Status) => return ended(1, "", "it does not work"),
            Some(Way::Hangs) => return Err(ToolError::TimedOut { command, limit: cmd.limit }),
            Some(Way::Missing) => return Err(ToolError::Missing { command }),
            Some(Way::Garbage) => return ended(0, "\u{1b}[2J{\"report\": [garbage", ""),
            Some(Way::HangsAfterwards) | None => {}
        }
        let mut node = state.node.clone();
        self.look(&mut node);
        let argv: Vec<&str> = std::iter::once(program.as_str()).chain(cmd.args.iter().map(String::as_str)).collect();
        let answer = node.program(&argv);
        if answer.is_ok() {
            self.show(&node);
            state.node = node;
        }
        if way.is_some() {
            return Err(ToolError::TimedOut { command, limit: cmd.limit });
        }
        match answer {
            Ok(out) => ended(0, &out, ""),
            Err(why) => ended(5, "", &why),
        }
    }
}

/// Every field that a kernel of el7 has and the reader asks for.
fn meminfo(node: &Node) -> String {
    let swap: u64 = node.areas.iter().map(|area| area.kib).sum();
    let mut text = String::new();
    for (name, kib) in [
        ("MemTotal", node.memory.total_kib),
        ("MemFree", 9_137_984),
        ("MemAvailable", node.memory.available_kib.unwrap()),
        ("Buffers", 2104),
        ("Cached", 4_003_252),
        ("SwapCached", 0),
        ("Active", 3_905_204),
        ("Inactive", 2_671_668),
        ("SwapTotal", swap),
        ("SwapFree", swap),
        ("Dirty", 20),
        ("Writeback", 0),
        ("AnonPages", 2_571_516),
        ("Mapped", 120_004),
        ("Slab", 311_716),
        ("CommitLimit", node.memory.commit_limit_kib.unwrap()),
        ("Committed_AS", node.memory.committed_kib),
        ("VmallocTotal", 34_359_738_367),
        ("VmallocUsed", 192_556),
        ("VmallocChunk", 0),
    ] {
        text += &format!("{name}: {kib} kB\n");
    }
    text
}
