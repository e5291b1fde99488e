//! A node that is played: its state in memory, and what is read and written past its programs as files below a folder.

mod files;
mod programs;

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use crate::engine::apply::{Interrupts, News, TargetHost, carry_out, journal_path};
use crate::engine::{Ending, Entry, Plan, RecordedRun, Refusal, last_run};
use crate::io::journal::Journal;
use crate::io::tool::ToolError;
use crate::subjects::swap::plan::tests::node::Node;
use crate::subjects::swap::plan::{COMMAND, Remembered, Request, plan};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It does nothing and ends with status 1.
    Status,
    /// It does nothing and is ended at its limit.
    Hangs,
    /// It does its work and is ended at its limit.
    HangsAfterwards,
    Missing,
    /// It does nothing, prints garbage, and ends with status 0.
    Garbage,
    /// It changes LVM2's metadata and not the kernel, and ends with status 0.
    MetadataOnly,
    /// The same, and it is ended between suspend and resume.
    Suspends,
    /// It does nothing yet, and still runs at its limit.
    StillRuns,
    /// It did its work, and still runs at its limit.
    StillRunsAfterwards,
}

impl Way {
    /// Those after which no program runs.
    pub(super) const ENDED: [Self; 7] = [
        Self::Status,
        Self::Hangs,
        Self::HangsAfterwards,
        Self::Missing,
        Self::Garbage,
        Self::MetadataOnly,
        Self::Suspends,
    ];
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
    /// The program that was left running.
    left: Option<ToolError>,
    /// The call, from 0, before which the service manager turns the swap volume on.
    activates_at: Option<usize>,
    /// The call, from 0, at which the journal's disk is full.
    full_at: Option<usize>,
}

impl Machine {
    pub(super) fn new(node: Node) -> Self {
        // In memory, where that can be had: each record of a journal is flushed.
        let base = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let machine = Self {
            base,
            state: Mutex::new(State {
                node,
                calls: vec![],
                fault: None,
                broken: None,
                left: None,
                activates_at: None,
                full_at: None,
            }),
        };
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
                if let Some(text) = text {
                    fs::write(sys.join(file), format!("{text}\n")).unwrap();
                }
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
        (state.fault, state.broken, state.left) = (fault, None, None);
        state.calls.clear();
    }

    /// Before this call the service manager turns the swap volume on, if it is off: its device appeared.
    pub(super) fn activates_at(&self, call: usize) {
        self.state().activates_at = Some(call);
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

    pub(super) fn host(&self) -> TargetHost<'_> {
        TargetHost {
            base: self.base.path().to_owned(),
            runner: self,
            user: "ann".into(),
            subjects: &crate::subjects::Steps,
            flush: &crate::io::sys::flush,
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
        let remembered = run
            .and_then(|run| Remembered::of(run.earlier.iter().map(|earlier| &earlier.step).chain(&run.steps), request));
        plan(&self.node().growth(), &Request { remembered, ..request.clone() })
    }

    pub(super) fn run(&self, plan: &Plan) -> Ending {
        self.run_watched(plan, &Interrupts::default(), &mut |_| {})
    }

    pub(super) fn run_watched(&self, plan: &Plan, interrupts: &Interrupts, before: &mut dyn FnMut(usize)) -> Ending {
        let mut report = |news: News<'_>| {
            if let News::Step { number, .. } = news {
                before(number);
            }
        };
        carry_out(plan, &self.host(), &mut self.journal(), interrupts, &mut report).unwrap()
    }

    /// Makes the journal one that cannot be written on: nothing fits behind its end. Gives back its length.
    pub(super) fn fills_up(&self) -> u64 {
        let path = journal_path(self.base.path());
        let len = fs::metadata(&path).unwrap().len();
        let journal = fs::OpenOptions::new().write(true).open(path).unwrap();
        journal.set_len(i64::MAX as u64).or_else(|_| journal.set_len((16 << 40) - 4096)).unwrap();
        len
    }

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
