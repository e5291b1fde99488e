//! What the journal tells: the last run, and its way back.

use std::fmt::Write;
use std::io;

use serde::Serialize;

use super::plan::{action, way_back};
use super::text::{clean, wrap};
use super::upgrade_run::{self, Upgrade};
use crate::apply::{Ending, LastRun, RunState, Standing};
use crate::facts::Probed;
use crate::facts::procedure::upgrade_run::UpgradeRun;
use crate::plan::Step;

/// What became of `undo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UndoOutcome {
    /// The steps would be taken back with `--apply`; nothing was changed.
    Planned,
    /// Nothing stands that could be taken back.
    NothingToDo,
    /// Something is in the way; nothing was changed.
    Refused,
    /// Everything was taken back.
    Undone,
    /// A step could not be taken back.
    Stuck,
}

/// The last run in JSON.
#[derive(Serialize)]
struct Run<'r> {
    command: &'r str,
    target: &'r str,
    began: u64,
    state: &'static str,
    unfinished: bool,
    steps: &'r [Step],
    standing: &'r [Standing],
    #[serde(skip_serializing_if = "<[Step]>::is_empty")]
    earlier: &'r [Step],
}

impl<'r> Run<'r> {
    fn of(run: &'r LastRun) -> Self {
        Self {
            command: &run.command,
            target: &run.target,
            began: run.began,
            state: word(run.state),
            unfinished: run.is_unfinished(),
            earlier: &run.earlier,
            steps: &run.steps,
            standing: &run.standing,
        }
    }
}

fn word(state: RunState) -> &'static str {
    match state {
        RunState::CutOff => "cut-off",
        RunState::Ended(Ending::Done) => "done",
        RunState::Ended(Ending::RolledBack) => "rolled-back",
        RunState::Ended(Ending::Stuck) => "stuck",
        RunState::Ended(Ending::Kept) => "kept",
        RunState::Ended(Ending::Interrupted) => "interrupted",
        RunState::Ended(Ending::Undone) => "undone",
        RunState::Ended(Ending::NotReached) => "not-reached",
    }
}

/// Writes the last run, and how the vendor's upgrade stands, as JSON.
///
/// # Errors
/// What the writer says.
pub fn status_json(out: &mut impl io::Write, run: Option<&LastRun>, upgrade: &Probed<UpgradeRun>) -> io::Result<()> {
    #[derive(Serialize)]
    struct Status<'r> {
        schema: &'static str,
        last_run: Option<Run<'r>>,
        upgrade: Option<Upgrade<'r>>,
        upgrade_unknown: Option<&'r str>,
    }
    let status = Status {
        schema: "okv-host.status.v1",
        last_run: run.map(Run::of),
        upgrade: upgrade.known().map(Upgrade::of),
        upgrade_unknown: match upgrade {
            Probed::Unreadable(why) => Some(why),
            Probed::Known(_) | Probed::Absent => None,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &status)?;
    out.write_all(b"\n")
}

/// The last run, and how the vendor's upgrade stands, for people.
pub fn status_text(run: Option<&LastRun>, upgrade: &Probed<UpgradeRun>) -> String {
    let mut out = run.map_or_else(|| "no run has changed this host\n".to_owned(), last_run_text);
    match upgrade {
        Probed::Known(run) => upgrade_run::text(&mut out, run),
        Probed::Absent => {}
        Probed::Unreadable(why) => wrap(&mut out, &format!("upgrade: how it stands could not be told: {why}"), 0, 2),
    }
    out
}

fn last_run_text(run: &LastRun) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "last run: {} ({})", clean(&run.command), word(run.state));
    wrap(&mut out, &format!("  target: {}", run.target), 0, 10);
    for (index, step) in run.steps.iter().enumerate() {
        let mark = match run.standing.iter().find(|standing| standing.step == index) {
            Some(standing) if standing.done => "x",
            Some(_) => "?",
            None => " ",
        };
        let _ = write!(out, "  [{mark}] ");
        wrap(&mut out, &action(&step.action), 6, 8);
    }
    if !run.earlier.is_empty() {
        out.push_str("done by runs before it, which it went on from:\n");
        for (index, step) in run.earlier.iter().enumerate() {
            out.push_str(if run.unsure.contains(&index) { "  [?] " } else { "  [x] " });
            wrap(&mut out, &action(&step.action), 6, 8);
        }
    }
    if run.is_unfinished() {
        let back =
            if run.changes().any(|step| step.action.stays_done()) { "" } else { ", or okv-host undo to go back" };
        let text = format!("unfinished: run okv-host {} again to finish{back}", run.command);
        wrap(&mut out, &text, 0, 2);
    }
    out
}

/// Writes what became of `undo` as JSON.
///
/// # Errors
/// What the writer says.
pub fn undo_json(
    out: &mut impl io::Write,
    run: Option<&LastRun>,
    outcome: UndoOutcome,
    message: Option<&str>,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Undo<'r> {
        schema: &'static str,
        outcome: UndoOutcome,
        run: Option<Run<'r>>,
        message: Option<&'r str>,
    }
    let answer = Undo { schema: "okv-host.undo.v1", outcome, run: run.map(Run::of), message };
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    out.write_all(b"\n")
}

/// What became of `undo`, for people.
pub fn undo_text(run: Option<&LastRun>, outcome: UndoOutcome, message: Option<&str>) -> String {
    let mut out = String::new();
    if let Some(run) = run {
        let _ = writeln!(out, "of {}, last step first:", clean(&run.command));
        for way_back in run.changes().rev().filter_map(|step| way_back(&step.action)) {
            out.push_str("  ");
            wrap(&mut out, &way_back, 2, 4);
        }
    }
    let end = match outcome {
        UndoOutcome::Planned => "Nothing was changed. To do this: okv-host undo --apply",
        UndoOutcome::NothingToDo => "nothing to take back",
        UndoOutcome::Refused => "refused: it cannot all be taken back. Nothing was changed.",
        UndoOutcome::Undone => "taken back",
        UndoOutcome::Stuck => "STUCK: not everything is as it was before",
    };
    let _ = writeln!(out, "{end}");
    if let Some(message) = message {
        wrap(&mut out, message, 0, 2);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, Back, Run as Program};

    fn interrupted(back: Back) -> LastRun {
        let action = Action::Run(Program { back, ..Program::looks(["/usr/bin/dnf"]) });
        LastRun {
            began: 0,
            command: "kernel-prune".into(),
            target: String::new(),
            steps: vec![Step { purpose: String::new(), action }],
            standing: vec![Standing { step: 0, done: true }],
            earlier: vec![],
            unsure: vec![],
            state: RunState::CutOff,
        }
    }

    #[test]
    fn a_run_that_cannot_be_taken_back_was_said_to_have_a_way_back() {
        let text = last_run_text(&interrupted(Back::Stays { why: "gone".into() }));
        assert!(text.contains("again to finish\n") && !text.contains("undo"), "{text}");
        let text = last_run_text(&interrupted(Back::by(["/usr/bin/true"])));
        assert!(text.contains("okv-host undo"), "{text}");
    }
}
