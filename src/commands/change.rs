//! What every command that changes a host does around its plan: show it, and with `--apply` take the lock, make the plan under it, ask,
//! make it again and compare, carry it out, and plan once more to prove that nothing is left.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::Exit;
use super::confirm::confirm;
use super::gate::beneath_upgrade;
use super::progress::Teller;
use crate::apply::{
    Ending, Entry, Host, Interrupts, LastRun, Lock, LockError, Outcome, STATE, carry_out, finish, last_run,
};
use crate::cli::{Change, PlainFormat};
use crate::journal::Journal;
use crate::plan::{Action, Plan, Refusal, Step};
use crate::report::{self, PlanOutcome, PlanReport};
use crate::sys;
use crate::tool;

/// Makes the plan from what is true now.
pub(super) type Planner<'p> = dyn Fn() -> Result<Result<Plan, Refusal>> + 'p;

/// Shows the plan of `command`, and carries it out where that is asked for.
pub(super) fn run(command: &'static str, args: &Change, planner: &Planner<'_>) -> Result<Exit> {
    let planner: &Planner<'_> = &|| match beneath_upgrade(command) {
        Some(reason) => Ok(Err(Refusal { reasons: vec![reason] })),
        None => planner(),
    };
    if !args.apply {
        return show_plan(command, args, planner, None);
    }
    // The lock comes first: what another run is doing must not be taken for the state of the host.
    let Some((host, _lock)) = take_host()? else { return Ok(Exit::Held) };
    let plan = match planner()? {
        Ok(plan) => plan,
        Err(refusal) => {
            show(args.format, &PlanReport::of_refusal(command, &refusal))?;
            return Ok(Exit::Blocked);
        }
    };
    let mut journal = host.journal().context("the journal cannot be opened: nothing was changed")?;
    if plan.steps.is_empty() {
        return match last_run(journal.records()).filter(|run| run.command == command && run.only_looks_are_left()) {
            Some(cut_off) => finish_run(args, &plan, &cut_off, &host, &mut journal),
            None => {
                // A run that was cut off after its last change: the host shows that nothing is left of it.
                if last_run(journal.records()).is_some_and(|run| run.command == command && run.is_unfinished()) {
                    journal.append(Entry::Ended(Ending::Done)).context("the journal cannot be written")?;
                }
                show(args.format, &PlanReport::of_plan(&plan, PlanOutcome::NothingToDo, None))?;
                Ok(Exit::Done)
            }
        };
    }
    ask(args, &plan)?;
    // From here to the end of the step that runs, a lost connection ends nothing.
    let interrupts = Interrupts::hold()?;
    match planner()? {
        Ok(again) if again.steps == plan.steps => {}
        _ => bail!("the host changed since the plan was shown: nothing was changed; run it again"),
    }
    let outcome = carry_out(&plan, &host, &mut journal, &interrupts, &mut Teller::of(plan.steps.len()).hears());
    let outcome = outcome
        .with_context(|| format!("the journal {} cannot be begun: nothing was changed", journal.path().display()))?;
    answer(args, &plan, outcome, &mut journal, planner)
}

/// Shows the plan, and changes nothing. `elsewhere` is said instead of how to apply it.
pub(super) fn show_plan(
    command: &'static str,
    args: &Change,
    planner: &Planner<'_>,
    elsewhere: Option<&str>,
) -> Result<Exit> {
    match planner()? {
        Err(refusal) => {
            show(args.format, &PlanReport::of_refusal(command, &refusal))?;
            Ok(Exit::Blocked)
        }
        Ok(plan) => {
            let outcome = if plan.steps.is_empty() { PlanOutcome::NothingToDo } else { PlanOutcome::Planned };
            show(args.format, &PlanReport::of_plan(&plan, outcome, elsewhere.map(str::to_owned)))?;
            Ok(Exit::Done)
        }
    }
}

/// A run was cut off behind its last change: what is left only looks, and must still be done before the change counts.
fn finish_run(
    args: &Change,
    plan: &Plan,
    cut_off: &LastRun,
    host: &Host<'_>,
    journal: &mut Journal<Entry>,
) -> Result<Exit> {
    let interrupts = Interrupts::hold()?;
    let outcome = finish(cut_off, host, journal, &interrupts, &mut Teller::of(cut_off.steps.len()).hears());
    let shown = Plan { steps: cut_off.steps.clone(), ..plan.clone() };
    let (outcome, message, exit) = said(outcome, &cut_off.steps, journal);
    tell_result(args, &PlanReport::of_plan(&shown, outcome, message));
    Ok(exit)
}

fn ask(args: &Change, plan: &Plan) -> Result<()> {
    if !args.yes {
        write_all(&report::steps_text(&PlanReport::of_plan(plan, PlanOutcome::Planned, None)), io::stderr())?;
        if !confirm(&format!("{} on this host.", count(plan.steps.len(), "step")))? {
            bail!("not confirmed: nothing was changed");
        }
    }
    Ok(())
}

/// Proves the result, and says what became of the run.
fn answer(
    args: &Change,
    plan: &Plan,
    outcome: Outcome,
    journal: &mut Journal<Entry>,
    planner: &Planner<'_>,
) -> Result<Exit> {
    let reached = outcome != Outcome::Done || matches!(planner(), Ok(Ok(rest)) if rest.steps.is_empty());
    let (outcome, message, exit) = if reached {
        said(outcome, &plan.steps, journal)
    } else {
        let _ = journal.append(Entry::Ended(Ending::NotReached));
        let message = "something else changed this host in the meantime; look at it, and plan again";
        (PlanOutcome::NotReached, Some(message.to_owned()), Exit::Stuck)
    };
    tell_result(args, &PlanReport::of_plan(plan, outcome, message));
    Ok(exit)
}

fn said(outcome: Outcome, steps: &[Step], journal: &Journal<Entry>) -> (PlanOutcome, Option<String>, Exit) {
    match outcome {
        Outcome::Done => (PlanOutcome::Done, None, Exit::Done),
        Outcome::RolledBack { why } => (PlanOutcome::RolledBack, Some(why), Exit::Unknown),
        Outcome::Stuck { why, undo_why } => {
            let place = journal.path().display();
            let message =
                format!("{why}; on the way back: {undo_why}; the journal is {place}; look at okv-host status");
            (PlanOutcome::Stuck, Some(message), Exit::Stuck)
        }
        Outcome::Kept { why, stays } => {
            let message = format!("{why}; {stays}; run it again to go on, once what failed is mended");
            (PlanOutcome::Kept, Some(message), Exit::Stuck)
        }
        Outcome::Interrupted { steps: done } => {
            let next = steps.get(done).map(|step| &step.action);
            let done = count(done, "step");
            let message = match next {
                Some(Action::Follow(_)) => format!("{done} done; the upgrade goes on; run it again to follow it"),
                _ => format!("{done} done; run it again to finish; okv-host undo says whether it can go back"),
            };
            (PlanOutcome::Interrupted, Some(message), Exit::Stuck)
        }
    }
}

/// `1 step`, `2 steps`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// What holds the lock.
pub(super) const UNDER_WAY: &str =
    "okv-host: another run is under way, or a program that it had started before it was killed";

/// This host with the lock on it; `None`, with a word on stderr, where another run holds it.
pub(super) fn take_host() -> Result<Option<(Host<'static>, Lock)>> {
    if !sys::is_root() {
        bail!("changing this host takes root");
    }
    let host = Host { base: PathBuf::from("/"), runner: &tool::Host };
    let folder =
        host.state_folder().with_context(|| format!("no place for the journal in {STATE}: nothing was changed"))?;
    match Lock::take(&folder) {
        Ok(lock) => {
            lock.outlives_this_process().context("the lock cannot be kept: nothing was changed")?;
            Ok(Some((host, lock)))
        }
        Err(LockError::Held) => {
            let _ = writeln!(io::stderr(), "{UNDER_WAY}; nothing was changed");
            Ok(None)
        }
        Err(LockError::Io(e)) => {
            Err(e).with_context(|| format!("the lock {STATE}/lock cannot be taken: nothing was changed"))
        }
    }
}

/// Prints an answer after which nothing was changed.
pub(super) fn show(format: PlainFormat, report: &PlanReport<'_>) -> Result<()> {
    match format {
        PlainFormat::Json => report::plan_json(&mut io::stdout().lock(), report)?,
        PlainFormat::Text => write_all(&report::plan_text(report), io::stdout())?,
    }
    Ok(())
}

/// Prints what became of a run. That stdout is gone does not change what was done, nor the exit status.
fn tell_result(args: &Change, report: &PlanReport<'_>) {
    if let Err(error) = show(args.format, report) {
        let _ = writeln!(io::stderr(), "okv-host: the answer could not be written: {error:#}");
        let _ = write_all(&report::plan_text(report), io::stderr());
    }
}

fn write_all(text: &str, mut out: impl Write) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Follow, Run};

    #[test]
    fn an_upgrade_that_was_followed_no_more_was_told_as_a_step_that_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal")).unwrap();
        let step = |action| Step { purpose: "x".into(), action };
        let follow = Follow { log: "/l".into(), messages: "/m".into(), limit_seconds: 1 };
        let steps = [step(Action::Run(Run::looks(["/bin/x"]))), step(Action::Follow(follow))];
        let told = |done| said(Outcome::Interrupted { steps: done }, &steps, &journal).1.unwrap();
        assert_eq!(told(1), "1 step done; the upgrade goes on; run it again to follow it");
        assert!(told(0).contains("run it again to finish"));
    }
}
