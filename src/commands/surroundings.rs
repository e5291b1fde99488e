//! What a command meets beside the files of its host: what runs programs, and how signals come.

use std::io;

use crate::engine::apply::{Interrupts, Lock};
use crate::engine::{Entry, audit};
use crate::io::journal::Record;
use crate::io::syslog;
use crate::io::tool::{self, Runner};

/// The surroundings of a command. Tests have others than a node.
#[derive(Clone, Copy)]
pub struct Surroundings {
    pub runner: &'static (dyn Runner + Sync),
    /// What runs programs that hold the lock of a run as long as they run: see [`Lock::runner`].
    pub runner_holding: fn(&Lock) -> Box<dyn Runner>,
    /// From the call on, signals end nothing: see [`Interrupts::hold`].
    pub hold_signals: fn() -> io::Result<Interrupts>,
    /// Gets the records of the journal after each new one.
    pub audit: fn(&[Record<Entry>]),
}

impl Surroundings {
    /// Those of the host that this program runs on.
    pub const HOST: Self = Self { runner: &tool::Host, runner_holding, hold_signals: Interrupts::hold, audit };
}

fn audit(records: &[Record<Entry>]) {
    audit::line(records).iter().for_each(|line| syslog::send(line));
}

fn runner_holding(lock: &Lock) -> Box<dyn Runner> {
    Box::new(lock.runner())
}
