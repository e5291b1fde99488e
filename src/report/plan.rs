//! Plans, refusals and what became of them.

use std::fmt::Write;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::effect::{duration, effects, why_it_stays, written_disks};
use super::ending::end;
use super::made::{self, Made};
use super::step;
use super::text::{Columns, Page, clean, sentence, wrap};
use crate::base::units::Bytes;
use crate::disk::new_table::BLOCKS;
use crate::engine::{Action, Back, CacheSwitch, DiskIdentity, Ending, Plan, Reason, Refusal, Step};

/// What a command that changes a host answers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlanReport<'r> {
    pub command: &'r str,
    /// What is or was the matter.
    #[serde(rename = "outcome")]
    pub ending: Ending,
    /// The target, in one sentence.
    pub target: &'r str,
    #[serde(serialize_with = "step::steps")]
    #[schemars(with = "[step::StepJson<'static>]")]
    pub steps: &'r [Step],
    pub notes: &'r [String],
    pub reasons: &'r [Reason],
    /// Of a run that did not reach its end: why, and what to do now.
    pub message: Option<String>,
    /// Of a run that was carried out; for people only.
    #[serde(skip)]
    pub applied: Option<Applied>,
}

/// What became of steps that were carried out.
#[derive(Debug, Clone)]
pub struct Applied {
    pub seconds: u64,
    /// Where it is recorded.
    pub journal: String,
}

impl<'r> PlanReport<'r> {
    pub const SCHEMA: &'static str = "okv-host.plan.v1";

    pub fn of_plan(plan: &'r Plan, ending: Ending, message: Option<String>) -> Self {
        Self {
            command: plan.command,
            ending,
            target: &plan.target,
            steps: &plan.steps,
            notes: &plan.notes,
            reasons: &[],
            message,
            applied: None,
        }
    }

    pub fn of_refusal(command: &'r str, refusal: &'r Refusal) -> Self {
        Self {
            command,
            ending: Ending::Refused { why: None },
            target: "",
            steps: &[],
            notes: &[],
            reasons: &refusal.reasons,
            message: None,
            applied: None,
        }
    }
}

/// Writes the answer as JSON.
///
/// # Errors
/// What the writer says.
pub fn plan_json(out: &mut impl io::Write, report: &PlanReport<'_>, made: &Made) -> io::Result<()> {
    made::write(out, PlanReport::SCHEMA, made, report)
}

pub fn plan_text(report: &PlanReport<'_>, columns: Columns) -> String {
    let mut out = Page::new(columns);
    match &report.applied {
        // It was shown before.
        Some(_) => reasons(&mut out, report),
        None => plan(&mut out, report),
    }
    let end = match &report.ending {
        // Where it is said otherwise, it is said in the message.
        Ending::Planned if report.message.is_some() => "",
        Ending::Done if report.applied.is_some() => "",
        ending => end(ending),
    };
    if !end.is_empty() {
        let _ = writeln!(out, "{end}");
    }
    if let Some(message) = &report.message {
        wrap(&mut out, message, 0, 2);
    }
    if let Some(applied) = &report.applied {
        result(&mut out, report, applied);
    }
    out.into_text()
}

/// What would be done, or what is in the way.
pub fn steps_text(report: &PlanReport<'_>, columns: Columns) -> String {
    let mut out = Page::new(columns);
    plan(&mut out, report);
    out.into_text()
}

fn plan(out: &mut Page, report: &PlanReport<'_>) {
    let effects = effects(report.steps);
    match effects.as_slice() {
        [] if report.target.is_empty() => {}
        [] => wrap(out, &format!("Target: {}", report.target), 0, 8),
        effects => wrap(out, &sentence(&effects.join("; ")), 0, 2),
    }
    written_disks(report.steps).for_each(|disk| disk_block(out, disk));
    if !report.steps.is_empty() {
        out.push_str("\nSteps\n");
    }
    for (i, step) in report.steps.iter().enumerate() {
        let _ = write!(out, "{:>3}. ", i + 1);
        wrap(out, &step.purpose, 5, 5);
        out.push_str("     ");
        wrap(out, &describe_action(&step.action), 5, 7);
    }
    if !report.steps.is_empty() {
        out.push('\n');
    }
    for note in report.notes {
        out.push_str("Note: ");
        wrap(out, note, 6, 6);
    }
    reasons(out, report);
}

/// The disk that will be written, so that who reads it can compare it with the one he added.
fn disk_block(out: &mut Page, disk: &DiskIdentity) {
    out.push_str("\nDisk that will be written\n  ");
    let word = |name: &str, text: &Option<String>| format!("{name} {}", clean(text.as_deref().unwrap_or("not given")));
    let size = Bytes(disk.bytes);
    let size = format!("{} ({} B)", size.rounded(), size.0);
    let all =
        [clean(&disk.path), size, word("model", &disk.model), word("serial", &disk.serial), word("WWN", &disk.wwn)];
    wrap(out, &all.join(", "), 2, 4);
}

/// What changed, how long it took, where it is recorded, and the way back.
fn result(out: &mut Page, report: &PlanReport<'_>, applied: &Applied) {
    let took = duration(applied.seconds);
    if report.ending == Ending::Done {
        let effects = effects(report.steps);
        let what = if effects.is_empty() { report.target.to_owned() } else { effects.join("; ") };
        wrap(out, &format!("Done in {took}: {what}."), 0, 2);
        wrap(out, &format!("Recorded in {}. Run: okv-host status", clean(&applied.journal)), 0, 2);
        match why_it_stays(report.steps) {
            Some(why) => wrap(out, &format!("It cannot be taken back: {why}."), 0, 2),
            None => out.push_str("To take it back, run: okv-host undo\n"),
        }
    } else {
        wrap(out, &format!("After {took}; recorded in {}. Run: okv-host status", clean(&applied.journal)), 0, 2);
    }
}

fn reasons(out: &mut Page, report: &PlanReport<'_>) {
    for reason in report.reasons {
        let _ = write!(out, "refused ({}): ", reason.id);
        wrap(out, &reason.message, 12 + reason.id.len(), 8);
        if !reason.remedy.is_empty() {
            out.push_str("        remedy: ");
            wrap(out, &reason.remedy, 16, 16);
        }
    }
}

/// What a step does, as a command that people know.
pub fn describe_action(action: &Action) -> String {
    match action {
        Action::Rename { from, to, .. } => format!("rename {} to {}", clean(from), clean(to)),
        Action::Run(run) => format!("run {}", clean(&run.command.to_string())),
        Action::WriteTable(table) => {
            let at: Vec<String> = table.sectors.iter().map(|sector| sector.at.to_string()).collect();
            let sector = table.disk.sector_bytes;
            let (kind, path) = (table.kind.word().to_uppercase(), clean(&table.disk.path));
            let sample = format!("{BLOCKS} blocks spread over it are read first, by seed {:016x}", table.seed());
            format!("write a {kind} to {path}: the sectors of {sector} bytes at byte {}; {sample}", at.join(", "))
        }
        Action::SwitchCaches(switches) => {
            let each = |switch: &CacheSwitch| format!("{} to {}", clean(&switch.disk.path), clean(&switch.to));
            format!("switch the write caches: {}", switches.iter().map(each).collect::<Vec<_>>().join(", "))
        }
        Action::ClearHalfMade { device } => format!("write zeros over the half-made physical volume {}", clean(device)),
        Action::ClearSwapHeader { area } => format!("write zeros over the swap header of {}", clean(area)),
        Action::WriteSwapHeader(header) => {
            let label = header.label.as_ref().map_or(String::new(), |label| format!(", label {}", clean(label)));
            let (area, size) = (clean(&header.area), Bytes(header.bytes));
            format!("write a swap header to {area}: {size}, UUID {}{label}", clean(&header.uuid))
        }
        Action::Follow(follow) => format!("follow {}", clean(&follow.log)),
        Action::Copy(copy) => {
            format!("copy {} to {}, {}", clean(&copy.from), clean(&copy.to), Bytes(copy.bytes))
        }
        Action::AddPartition(partition) => format!(
            "notify the kernel of partition {} of {}: {} bytes from byte {}",
            partition.number,
            clean(&partition.disk),
            partition.bytes,
            partition.start_bytes
        ),
    }
}

/// How a step is taken back; `None` where it changed nothing.
pub(super) fn way_back(action: &Action) -> Option<String> {
    match action {
        Action::Rename { from, to, .. } => Some(format!("rename {} to {}", clean(to), clean(from))),
        Action::Run(run) => match &run.back {
            Back::Nothing | Back::Needless => None,
            Back::By { command } => Some(format!("run {}", clean(&command.to_string()))),
            Back::Bytes { path, .. } => Some(format!("put the bytes of {} back", clean(path))),
            Back::Stays { why } => Some(format!("{} stays done: {why}", clean(&run.command.to_string()))),
        },
        Action::WriteSwapHeader(header) => Some(format!("put the bytes of {} back", clean(&header.area))),
        Action::SwitchCaches(switches) => {
            let each = |switch: &CacheSwitch| format!("{} to {}", clean(&switch.disk.path), clean(&switch.from));
            Some(format!("switch the write caches: {}", switches.iter().map(each).collect::<Vec<_>>().join(", ")))
        }
        Action::ClearHalfMade { .. } | Action::ClearSwapHeader { .. } | Action::Follow(_) => None,
        Action::Copy(copy) => Some(format!("remove {}", clean(&copy.to))),
        Action::WriteTable(table) => Some(format!("write zeros over the table of {}", clean(&table.disk.path))),
        Action::AddPartition(partition) => {
            Some(format!("the kernel forgets partition {} of {}", partition.number, clean(&partition.disk)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_had_81_columns() {
        for length in 1..90 {
            let message = format!("{} m m m m", "m".repeat(length));
            let refusal = Refusal { reasons: vec![Reason { id: "iso-name", message, remedy: String::new() }] };
            let text = plan_text(&PlanReport::of_refusal("stage", &refusal), Columns::PIPE);
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        }
    }
}
