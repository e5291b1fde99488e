//! What is reported on stderr while something takes long: on a terminal one line that changes, elsewhere a line for
//! each tenth. Reporting never makes a run wait.

mod writer;

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use crate::base::units::Bytes;
use crate::cli::Talk;
use crate::engine::apply::News;
use crate::report::duration;
pub(super) use writer::Writer;

/// Cells of a line that the next one overwrites.
const WIDTH: usize = 72;

/// Reports the steps of a run, and how far long ones are.
pub(super) struct Steps {
    steps: usize,
    progress: Progress,
}

impl Steps {
    /// For a run of this many steps, for whoever wants to hear so much of it.
    pub(super) fn of(steps: usize, talk: Talk) -> Self {
        let progress = if talk.quiet { Progress::to(Writer::to(io::sink()), false) } else { Progress::default() };
        Self { steps, progress }
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
    last: Option<Reported>,
    is_terminal: bool,
    writer: Writer,
}

/// What was reported last.
struct Reported {
    what: &'static str,
    hundredth: u64,
    /// When the first report on it was, and how many bytes were done then: what an earlier run did is not its rate.
    since: Instant,
    first: u64,
}

impl Default for Progress {
    fn default() -> Self {
        Self::to(Writer::to_stderr(), io::stderr().is_terminal())
    }
}

impl Progress {
    fn to(writer: Writer, is_terminal: bool) -> Self {
        Self { last: None, is_terminal, writer }
    }

    /// Reports it, where it is worth a line.
    pub(super) fn report(&mut self, what: &'static str, done: u64, of: u64) {
        let hundredth = done.saturating_mul(100).checked_div(of).unwrap_or(100);
        let step = if self.is_terminal { 1 } else { 10 };
        let before = self.last.as_ref().filter(|before| before.what == what);
        if before.is_some_and(|before| hundredth / step <= before.hundredth / step) {
            return;
        }
        let (since, first) = before.map_or_else(|| (Instant::now(), done), |before| (before.since, before.first));
        self.last = Some(Reported { what, hundredth, since, first });
        let line = format!("     {hundredth:>3} % of {} {what}", Bytes(of).rounded());
        let speed = speed(done.saturating_sub(first), of.saturating_sub(done), since.elapsed());
        self.writer.write(&match self.is_terminal {
            true if done < of => format!("\r{:<WIDTH$}", format!("{line}{speed}")),
            true => format!("\r{line:<WIDTH$}\n"),
            false => format!("{line}\n"),
        });
    }
}

/// The rate of `done` bytes, and how long `left` bytes take by it; nothing as long as that is a guess.
fn speed(done: u64, left: u64, took: Duration) -> String {
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match done.saturating_mul(1000).checked_div(milliseconds) {
        Some(rate) if rate > 0 && milliseconds >= 1000 => {
            format!(", {}/s, {} left", Bytes(rate).rounded(), duration(left / rate))
        }
        _ => String::new(),
    }
}

/// What a program printed, without what would move the terminal.
fn without_control(bytes: &[u8]) -> String {
    let is_plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    String::from_utf8_lossy(bytes).chars().filter(is_plain).collect()
}

#[cfg(test)]
mod tests;
