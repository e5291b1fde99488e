//! What is reported on stderr while something takes long: on a terminal one line that changes, elsewhere a line for
//! each tenth.

use std::io::{self, IsTerminal, Write};

use crate::base::units::Bytes;
use crate::engine::apply::News;

/// Reports the steps of a run, and how far long ones are.
pub(super) struct Steps {
    steps: usize,
    progress: Progress,
}

impl Steps {
    /// For a run of this many steps.
    pub(super) fn of(steps: usize) -> Self {
        Self { steps, progress: Progress::default() }
    }

    /// What a run calls.
    pub(super) fn reporter(mut self) -> impl FnMut(News<'_>) {
        move |news| match news {
            News::Step { number, step } => print(&format!("{number}/{}: {}\n", self.steps, step.purpose)),
            News::Output(bytes) => pass_on(bytes),
            News::Bytes { what, done, of } => self.progress.report(what, done, of),
        }
    }
}

/// How far something has come that moves many bytes.
#[derive(Default)]
pub(super) struct Progress {
    /// What was reported last, and at which hundredth.
    last: Option<(&'static str, u64)>,
}

impl Progress {
    /// Reports it, where it is worth a line.
    pub(super) fn report(&mut self, what: &'static str, done: u64, of: u64) {
        let hundredth = done.saturating_mul(100).checked_div(of).unwrap_or(100);
        let terminal = io::stderr().is_terminal();
        let step = if terminal { 1 } else { 10 };
        let is_new = self.last.is_none_or(|(before, at)| before != what || hundredth / step > at / step);
        if !is_new {
            return;
        }
        self.last = Some((what, hundredth));
        let line = format!("     {hundredth:>3} % of {} {what}", Bytes(of).rounded());
        match terminal {
            true if done < of => print(&format!("\r{line:<60}")),
            true => print(&format!("\r{line:<60}\n")),
            false => print(&format!("{line}\n")),
        }
    }
}

/// What a program printed, without what would move the terminal.
fn pass_on(bytes: &[u8]) {
    let is_plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = String::from_utf8_lossy(bytes).chars().filter(is_plain).collect();
    print(&text);
}

/// Where stderr is gone, nobody reads it.
fn print(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
