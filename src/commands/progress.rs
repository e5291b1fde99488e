//! What is reported on stderr while something takes long: on a terminal one line that changes, elsewhere a line for
//! each tenth. Reporting never makes a run wait.

mod writer;

use std::io::{self, IsTerminal};

use crate::base::units::Bytes;
use crate::engine::apply::News;
use writer::Writer;

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

    /// What a run calls. Dropping it waits, for a short time, until all is written.
    pub(super) fn reporter(mut self) -> impl FnMut(News<'_>) {
        move |news| match news {
            News::Step { number, step } => {
                self.progress.writer.write(&format!("{number}/{}: {}\n", self.steps, step.purpose));
            }
            News::Output(bytes) => self.progress.writer.write(&without_control(bytes)),
            News::Bytes { what, done, of } => self.progress.report(what, done, of),
        }
    }
}

/// How far something has come that moves many bytes.
pub(super) struct Progress {
    /// What was reported last, and at which hundredth.
    last: Option<(&'static str, u64)>,
    is_terminal: bool,
    writer: Writer,
}

impl Default for Progress {
    fn default() -> Self {
        Self { last: None, is_terminal: io::stderr().is_terminal(), writer: Writer::to_stderr() }
    }
}

impl Progress {
    /// Reports it, where it is worth a line.
    pub(super) fn report(&mut self, what: &'static str, done: u64, of: u64) {
        let hundredth = done.saturating_mul(100).checked_div(of).unwrap_or(100);
        let step = if self.is_terminal { 1 } else { 10 };
        let is_new = self.last.is_none_or(|(before, at)| before != what || hundredth / step > at / step);
        if !is_new {
            return;
        }
        self.last = Some((what, hundredth));
        let line = format!("     {hundredth:>3} % of {} {what}", Bytes(of).rounded());
        self.writer.write(&match self.is_terminal {
            true if done < of => format!("\r{line:<60}"),
            true => format!("\r{line:<60}\n"),
            false => format!("{line}\n"),
        });
    }
}

/// What a program printed, without what would move the terminal.
fn without_control(bytes: &[u8]) -> String {
    let is_plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    String::from_utf8_lossy(bytes).chars().filter(is_plain).collect()
}

#[cfg(test)]
mod tests;
