//! What the journal tells: the last run, and its way back.

use std::fmt::Write;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::effect::duration;
use super::made::{self, Made};
use super::plan::{describe_action, way_back};
use super::step;
use super::text::{Columns, Page, clean, wrap};
use super::upgrade_run::{self, Upgrade};
use crate::base::dates::format_second;
use crate::engine::{Ending, RecordedRun, StandingStep, Step};
use crate::host::Probed;
use crate::subjects::upgrade::UpgradeRun;

#[derive(Serialize, JsonSchema)]
struct RunJson<'r> {
    command: &'r str,
    target: &'r str,
    began: u64,
    state: &'static str,
    unfinished: bool,
    #[serde(serialize_with = "step::steps")]
    #[schemars(with = "[step::StepJson<'static>]")]
    steps: &'r [Step],
    standing: &'r [StandingStep],
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "step::steps_of")]
    #[schemars(with = "[step::StepJson<'static>]")]
    earlier: Vec<&'r Step>,
}

impl<'r> RunJson<'r> {
    fn of(run: &'r RecordedRun) -> Self {
        Self {
            command: &run.command,
            target: &run.target,
            began: run.began,
            state: run.state.word(),
            unfinished: run.is_unfinished(),
            earlier: run.earlier.iter().map(|earlier| &earlier.step).collect(),
            steps: &run.steps,
            standing: &run.standing,
        }
    }
}

/// What `status` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct Status<'r> {
    last_run: Option<RunJson<'r>>,
    upgrade: Option<Upgrade<'r>>,
    upgrade_unknown: Option<&'r str>,
}

impl Status<'_> {
    pub(super) const SCHEMA: &'static str = "okv-host.status.v1";
}

/// Writes the last run, and how the vendor's upgrade stands, as JSON.
///
/// # Errors
/// What the writer says.
pub fn status_json(
    out: &mut impl io::Write,
    run: Option<&RecordedRun>,
    upgrade: &Probed<UpgradeRun>,
    made: &Made,
) -> io::Result<()> {
    let status = Status {
        last_run: run.map(RunJson::of),
        upgrade: upgrade.known().map(Upgrade::of),
        upgrade_unknown: match upgrade {
            Probed::Unreadable(why) => Some(why),
            Probed::Known(_) | Probed::Absent => None,
        },
    };
    made::write(out, Status::SCHEMA, made, &status)
}

/// The last run, and how the vendor's upgrade stands, for people.
pub fn status_text(
    run: Option<&RecordedRun>,
    by: Option<&By<'_>>,
    upgrade: &Probed<UpgradeRun>,
    columns: Columns,
) -> String {
    let mut out = Page::new(columns);
    match run {
        Some(run) => last_run(&mut out, run, by),
        None => out.push_str("No run has changed this host.\n"),
    }
    match upgrade {
        Probed::Known(run) => upgrade_run::text(&mut out, run),
        Probed::Absent => {}
        Probed::Unreadable(why) => wrap(&mut out, &format!("upgrade: its state could not be read: {why}"), 0, 2),
    }
    out.into_text()
}

/// The same in one line: the state of both.
pub fn status_line(run: Option<&RecordedRun>, upgrade: &Probed<UpgradeRun>) -> String {
    let last = run.map_or("no run has changed this host".to_owned(), |run| {
        let unfinished = if run.is_unfinished() { ", unfinished" } else { "" };
        format!("last run: {} ({}{unfinished})", clean(&run.command), run.state.word())
    });
    let upgrade = match upgrade {
        Probed::Known(run) => format!("; upgrade: {}", upgrade_run::word(run.state)),
        Probed::Absent => String::new(),
        Probed::Unreadable(why) => format!("; upgrade: its state could not be read: {}", clean(why)),
    };
    format!("{last}{upgrade}\n")
}

/// Who began a run, and with which version.
pub struct By<'r> {
    pub user: Option<&'r str>,
    pub version: Option<&'r str>,
}

fn last_run(out: &mut Page, run: &RecordedRun, by: Option<&By<'_>>) {
    let _ = writeln!(out, "last run: {} ({})", clean(&run.command), run.state.word());
    wrap(out, &format!("  target: {}", run.target), 0, 10);
    let user = by.and_then(|by| by.user).unwrap_or("an unknown user");
    let version = by.and_then(|by| by.version).unwrap_or("0.1.0");
    let began = format_second(run.began);
    wrap(out, &format!("  began {began} by {}, okv-host {}", clean(user), clean(version)), 0, 4);
    if let Some(done) = run.done_at {
        let _ = writeln!(out, "  done {} ({})", format_second(done), duration(done.saturating_sub(run.began)));
    }
    for (index, step) in run.steps.iter().enumerate() {
        let mark = match run.standing.iter().find(|standing| standing.step == index) {
            Some(standing) if standing.done => "x",
            Some(_) => "?",
            None => " ",
        };
        let _ = write!(out, "  [{mark}] ");
        wrap(out, &describe_action(&step.action), 6, 8);
    }
    if !run.earlier.is_empty() {
        out.push_str("done by runs before it, which it went on from:\n");
        for earlier in &run.earlier {
            out.push_str(if earlier.done { "  [x] " } else { "  [?] " });
            wrap(out, &describe_action(&earlier.step.action), 6, 8);
        }
    }
    if run.is_unfinished() {
        let back = if run.keeps_something() { "" } else { ", or okv-host undo to go back" };
        let text = format!("unfinished: run okv-host {} again to finish{back}", run.command);
        wrap(out, &text, 0, 2);
    }
}

/// What `undo` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct Undo<'r> {
    outcome: &'r Ending,
    run: Option<RunJson<'r>>,
    message: Option<&'r str>,
}

impl Undo<'_> {
    pub(super) const SCHEMA: &'static str = "okv-host.undo.v1";
}

/// Writes what became of `undo` as JSON.
///
/// # Errors
/// What the writer says.
pub fn undo_json(
    out: &mut impl io::Write,
    run: Option<&RecordedRun>,
    ending: &Ending,
    message: Option<&str>,
    made: &Made,
) -> io::Result<()> {
    let answer = Undo { outcome: ending, run: run.map(RunJson::of), message };
    made::write(out, Undo::SCHEMA, made, &answer)
}

fn close_end(ending: &Ending) -> &'static str {
    match ending {
        Ending::Planned => "Nothing was changed. To close the run, run the same command with --apply.",
        Ending::Refused { .. } => "Refused: the run stays unfinished. Nothing was changed.",
        Ending::Closed => "Closed.",
        _ => "Nothing to close.",
    }
}

/// What became of `undo`, in one line.
pub fn undo_end(ending: &Ending) -> &'static str {
    match ending {
        Ending::Planned => "Nothing was changed. To do this, run: okv-host undo --apply",
        Ending::Refused { .. } => "Refused: it cannot all be taken back. Nothing was changed.",
        Ending::Undone => "Taken back.",
        Ending::Stuck { .. } => "STUCK: not everything is as it was before.",
        // `undo --close` ends so.
        Ending::Closed => "Closed.",
        // `undo` ends in no other way.
        _ => "Nothing to take back.",
    }
}

/// What became of `undo --close`, for people.
pub fn close_text(run: Option<&RecordedRun>, ending: &Ending, message: Option<&str>, columns: Columns) -> String {
    let end = close_end(ending);
    let mut out = Page::new(columns);
    if let Some(run) = run {
        last_run(&mut out, run, None);
    }
    let _ = writeln!(out, "{end}");
    if let Some(message) = message {
        wrap(&mut out, message, 0, 2);
    }
    out.into_text()
}

/// What became of `undo`, for people.
pub fn undo_text(run: Option<&RecordedRun>, ending: &Ending, message: Option<&str>, columns: Columns) -> String {
    let mut out = Page::new(columns);
    if let Some(run) = run {
        let _ = writeln!(out, "Way back of {}, the last step first:", clean(&run.command));
        for way_back in run.changes().rev().filter_map(|step| way_back(&step.action)) {
            out.push_str("  ");
            wrap(&mut out, &way_back, 2, 4);
        }
    }
    let end = undo_end(ending);
    let _ = writeln!(out, "{end}");
    if let Some(message) = message {
        wrap(&mut out, message, 0, 2);
    }
    out.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Action, Back, ProgramRun, Role, RunState};
    use crate::io::tool::Program;

    fn interrupted(back: Back, role: Role) -> RecordedRun {
        let action = Action::Run(ProgramRun { back, ..ProgramRun::looks(Program::Dnf, ["check"]) });
        RecordedRun {
            began: 0,
            done_at: None,
            command: "kernel-prune".into(),
            target: String::new(),
            steps: vec![Step::new("", action).in_role(role)],
            standing: vec![StandingStep { step: 0, done: true }],
            earlier: vec![],
            undo_failed: false,
            state: RunState::CutOff,
            resumes: false,
        }
    }

    fn last_run_text(run: &RecordedRun) -> String {
        status_text(Some(run), None, &Probed::Absent, Columns::PIPE)
    }

    #[test]
    fn undo_is_offered_only_for_a_run_that_can_be_undone() {
        let text = last_run_text(&interrupted(Back::Stays { why: "gone".into() }, Role::Permanent));
        assert!(text.contains("again to finish\n") && !text.contains("undo"), "{text}");
        let text = last_run_text(&interrupted(Back::by(Program::Rpm, ["--version"]), Role::Plain));
        assert!(text.contains("okv-host undo"), "{text}");
    }
}
