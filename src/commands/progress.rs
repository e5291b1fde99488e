//! What is told on stderr while something takes long: on a terminal one line that changes, elsewhere a line for each tenth.

use std::io::{self, IsTerminal, Write};

use crate::apply::News;
use crate::units::Bytes;

/// Tells the steps of a run, and how far long ones are.
pub(super) struct Teller {
    steps: usize,
    progress: Progress,
}

impl Teller {
    /// For a run of this many steps.
    pub(super) fn of(steps: usize) -> Self {
        Self { steps, progress: Progress::default() }
    }

    /// What a run calls.
    pub(super) fn hears(mut self) -> impl FnMut(News<'_>) {
        move |news| match news {
            News::Step { number, step } => say(&format!("{number}/{}: {}\n", self.steps, step.purpose)),
            News::Output(bytes) => pass_on(bytes),
            News::Bytes { what, done, of } => self.progress.tell(what, done, of),
        }
    }
}

/// How far something has come that moves many bytes.
#[derive(Default)]
pub(super) struct Progress {
    /// What was told last, and at which hundredth.
    told: Option<(&'static str, u64)>,
}

impl Progress {
    /// Tells it, where it is worth a line.
    pub(super) fn tell(&mut self, what: &'static str, done: u64, of: u64) {
        let hundredth = done.saturating_mul(100).checked_div(of).unwrap_or(100);
        let terminal = io::stderr().is_terminal();
        let step = if terminal { 1 } else { 10 };
        let is_new = self.told.is_none_or(|(said, at)| said != what || hundredth / step > at / step);
        if !is_new {
            return;
        }
        self.told = Some((what, hundredth));
        let line = format!("     {hundredth:>3} % of {} {what}", Bytes(of).rounded());
        match terminal {
            true if done < of => say(&format!("\r{line:<60}")),
            true => say(&format!("\r{line:<60}\n")),
            false => say(&format!("{line}\n")),
        }
    }
}

/// What a program printed, without what would move the terminal.
fn pass_on(bytes: &[u8]) {
    let is_plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = String::from_utf8_lossy(bytes).chars().filter(is_plain).collect();
    say(&text);
}

/// Where stderr is gone there is nobody to tell.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
