//! What every command that changes a host does around its plan: show it, and with `--apply` take the lock, make the
//! plan under it, ask, make it again and compare, carry it out, and plan once more to prove that nothing is left.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::answer::{Asked, show, write_all};
use super::columns::of_stderr;
use super::confirm::confirm;
use super::gate::{beneath_upgrade, unfinished_before};
use super::lock_holder::under_way;
use super::progress::Steps;
use super::recorded::records;
use super::root::{Without, need_root};
use super::surroundings::Surroundings;
use crate::base::cause::cause;
use crate::base::units::count;
use crate::engine::apply::{Interrupts, Lock, LockError, TargetHost, carry_out, finish};
use crate::engine::{Action, Ending, Entry, ExitStatus, Plan, Reason, RecordedRun, Refusal, Step, last_run};
use crate::host::state::STATE;
use crate::host::{Root, operator};
use crate::io::journal::Journal;
use crate::io::sys;
use crate::report::{self, Applied, PlanReport};

/// Makes the plan from what is true now.
pub(super) type Planner<'p> = dyn Fn() -> Result<Result<Plan, Refusal>> + 'p;

/// Shows the plan of `command`, and carries it out where that is asked for.
pub(super) fn run(
    command: &'static str,
    asked: Asked<'_>,
    around: Surroundings,
    planner: &Planner<'_>,
) -> Result<ExitStatus> {
    let unfinished = || Ok::<_, anyhow::Error>(unfinished_before(command, last_run(&records()?).as_ref()));
    let planner: &Planner<'_> =
        &|| match beneath_upgrade(&Root::live(), command).map_or_else(unfinished, |why| Ok(Some(why)))? {
            Some(reason) => Ok(Err(Refusal { reasons: vec![reason] })),
            None => planner(),
        };
    if !asked.args.apply {
        if Lock::is_held(Path::new("/")).with_context(|| format!("the lock {STATE}/lock"))? {
            let _ = writeln!(io::stderr(), "{}; what is left to do can be planned when it has ended", under_way());
            return Ok(ExitStatus::Locked);
        }
        return match planner()? {
            Ok(plan) if plan.steps.is_empty() && unfinished_of(command, last_run(&records()?)).is_some() => {
                show(asked, &PlanReport::of_plan(&plan, Ending::Planned, Some(TO_FINISH.to_owned())))?;
                Ok(ExitStatus::Success)
            }
            planned => show_plan(command, asked, planned, None),
        };
    }
    // The lock comes first: what another run is doing must not be taken for the state of the host.
    let Some((host, lock)) = take_host(around)? else { return Ok(ExitStatus::Locked) };
    let plan = match planner()? {
        Ok(plan) => plan,
        Err(refusal) => {
            drop(lock);
            return refuse(command, asked, &refusal);
        }
    };
    let mut journal =
        host.journal().context("the journal cannot be opened: nothing was changed")?.heard_by(around.audit);
    if plan.steps.is_empty() {
        return match unfinished_of(command, last_run(journal.records())) {
            Some(run) => finish_run(asked, &plan, &run, &host, &mut journal, around, lock),
            None => {
                drop(lock);
                show(asked, &PlanReport::of_plan(&plan, Ending::NothingToDo, None))?;
                Ok(ExitStatus::Success)
            }
        };
    }
    if !ask(asked, &plan)? {
        return Ok(ExitStatus::Success);
    }
    if let Err(refusal) = plan_again(&plan, planner)? {
        drop(lock);
        return refuse(command, asked, &refusal);
    }
    // From here to the end of the step that runs, a lost connection ends nothing.
    let interrupts = (around.hold_signals)()?;
    let began = sys::seconds_since_1970();
    let ending = carry_out(
        &plan,
        &host,
        &mut journal,
        &interrupts,
        &mut Steps::of(plan.steps.len(), asked.args.talk).reporter(),
    );
    let ending = ending
        .with_context(|| format!("the journal {} cannot be begun: nothing was changed", journal.path().display()))?;
    Ok(answer(asked, &plan, (ending, began), &mut journal, planner, (lock, interrupts)))
}

/// Shows what is planned, and changes nothing. `elsewhere` is shown instead of how to apply it.
pub(super) fn show_plan(
    command: &'static str,
    asked: Asked<'_>,
    planned: Result<Plan, Refusal>,
    elsewhere: Option<&str>,
) -> Result<ExitStatus> {
    match planned {
        Err(refusal) => refuse(command, asked, &refusal),
        Ok(plan) => {
            let ending = if plan.steps.is_empty() { Ending::NothingToDo } else { Ending::Planned };
            let elsewhere = elsewhere.filter(|_| !plan.steps.is_empty()).map(str::to_owned);
            show(asked, &PlanReport::of_plan(&plan, ending, elsewhere))?;
            Ok(ExitStatus::Success)
        }
    }
}

fn refuse(command: &'static str, asked: Asked<'_>, refusal: &Refusal) -> Result<ExitStatus> {
    show(asked, &PlanReport::of_refusal(command, refusal))?;
    Ok(ExitStatus::Blocked)
}

/// Plans again, after the plan was shown and confirmed: the same steps, or the refusal of now.
///
/// # Errors
/// Where nothing can be planned, or the steps are others.
fn plan_again(plan: &Plan, planner: &Planner<'_>) -> Result<Result<(), Refusal>> {
    match planner().context("the host cannot be planned for again: nothing was changed")? {
        Ok(again) if again.steps == plan.steps => Ok(Ok(())),
        Ok(_) => bail!("the host changed since the plan was shown: nothing was changed; run it again"),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// The `last` run, where it is one of `command` that is unfinished.
fn unfinished_of(command: &str, last: Option<RecordedRun>) -> Option<RecordedRun> {
    last.filter(|run| run.command == command && run.is_unfinished())
}

/// Nothing is left to change of an unfinished run: what it began is proved, and its last looks are done, before it
/// counts as done.
fn finish_run(
    asked: Asked<'_>,
    plan: &Plan,
    cut_off: &RecordedRun,
    host: &TargetHost<'_>,
    journal: &mut Journal<Entry>,
    around: Surroundings,
    lock: Lock,
) -> Result<ExitStatus> {
    let interrupts = (around.hold_signals)()?;
    let ending =
        finish(cut_off, host, journal, &interrupts, &mut Steps::of(cut_off.steps.len(), asked.args.talk).reporter());
    let shown = Plan { steps: cut_off.steps.clone(), ..plan.clone() };
    let message = message(&ending, &cut_off.steps, journal);
    let status = ending.exit_status();
    report_end(asked, &PlanReport::of_plan(&shown, ending, message), (lock, interrupts));
    Ok(status)
}

/// Shows the plan and asks, unless `--yes` was given.
fn ask(asked: Asked<'_>, plan: &Plan) -> Result<bool> {
    if asked.args.yes {
        return Ok(true);
    }
    let report = PlanReport::of_plan(plan, Ending::Planned, None);
    write_all(&report::steps_text(&report, of_stderr()), io::stderr())?;
    confirm(&format!("the {} above on this host", count(plan.steps.len(), "step")))
}

/// Proves the result, and reports how the run ended.
fn answer(
    asked: Asked<'_>,
    plan: &Plan,
    (ending, began): (Ending, u64),
    journal: &mut Journal<Entry>,
    planner: &Planner<'_>,
    held: (Lock, Interrupts),
) -> ExitStatus {
    let (ending, reasons) = match ending {
        Ending::Done => verify_target(planner),
        other => (other, Vec::new()),
    };
    if matches!(ending, Ending::NotReached { .. }) {
        let _ = journal.append(Entry::Ended(ending.clone()));
    }
    let message = message(&ending, &plan.steps, journal);
    let status = ending.exit_status();
    let applied = Some(Applied {
        seconds: sys::seconds_since_1970().saturating_sub(began),
        journal: journal.path().display().to_string(),
    });
    report_end(asked, &PlanReport { reasons: &reasons, applied, ..PlanReport::of_plan(plan, ending, message) }, held);
    status
}

/// Plans once more after every step was done: nothing is left, or the run did not reach its target. With the reasons of
/// a refusal.
fn verify_target(planner: &Planner<'_>) -> (Ending, Vec<Reason>) {
    let (why, reasons) = match planner() {
        Ok(Ok(rest)) if rest.steps.is_empty() => return (Ending::Done, Vec::new()),
        Ok(Ok(_)) => {
            let why = "something else changed this host in the meantime; look at it, and plan again";
            (why.to_owned(), Vec::new())
        }
        Ok(Err(refusal)) => {
            let why = "whether the target is reached cannot be verified: planning again was refused, see the reasons";
            (why.to_owned(), refusal.reasons)
        }
        Err(error) => {
            let why = format!(
                "whether the target is reached cannot be verified: planning again failed: {}",
                cause(&format_args!("{error:#}"))
            );
            (why, Vec::new())
        }
    };
    (Ending::NotReached { why }, reasons)
}

/// Why the run did not reach its end, and what to do now; `None` where it did.
fn message(ending: &Ending, steps: &[Step], journal: &Journal<Entry>) -> Option<String> {
    match ending {
        Ending::RolledBack { why } | Ending::NotReached { why } => Some(why.clone()),
        Ending::Stuck { why, undo_why } => {
            let (why, place) = (why.as_deref().unwrap_or_default(), journal.path().display());
            Some(format!("{why}; on the way back: {undo_why}; the journal is {place}; look at okv-host status"))
        }
        Ending::Kept { why, stays } => Some(format!("{why}; {stays}; fix what failed, then run it again to go on")),
        Ending::Interrupted { steps: done } => {
            let next = steps.get(*done).map(|step| &step.action);
            let done = count(*done, "step");
            Some(match next {
                Some(Action::Follow(_)) => format!("{done} done; the upgrade goes on; run it again to follow it"),
                _ => format!("{done} done; run it again to finish; okv-host undo shows whether it can be taken back"),
            })
        }
        Ending::Refused { why } => why.clone(),
        Ending::Planned | Ending::NothingToDo | Ending::Done | Ending::Undone | Ending::Closed => None,
    }
}

/// What `--apply` does where an unfinished run left nothing to change.
const TO_FINISH: &str =
    "The last run is unfinished, and nothing is left to change: with --apply its changes are verified, and it ends.";

/// The variable in which sudo(8) leaves the user who called it.
const SUDO_USER: &str = "SUDO_USER";

/// This host, changed by whoever runs this.
pub(super) fn this_host(around: Surroundings) -> TargetHost<'static> {
    let sudo_user = std::env::var(SUDO_USER).ok();
    let user = operator::gather(&Root::live()).name(sudo_user.as_deref());
    TargetHost {
        base: PathBuf::from("/"),
        runner: around.runner,
        user,
        subjects: &crate::subjects::Steps,
        flush: &sys::flush,
    }
}

/// This host with the lock on it; `None`, with a word on stderr, where another run holds it.
pub(super) fn take_host(around: Surroundings) -> Result<Option<(TargetHost<'static>, Lock)>> {
    need_root(Without::Changing)?;
    let host = this_host(around);
    let folder =
        host.state_folder().with_context(|| format!("no place for the journal in {STATE}: nothing was changed"))?;
    match Lock::take(&folder) {
        Ok(lock) => {
            let runner = (around.runner_holding)(&lock);
            // For as long as this process lives.
            Ok(Some((TargetHost { runner: Box::leak(runner), ..host }, lock)))
        }
        Err(LockError::Held) => {
            let _ = writeln!(io::stderr(), "{}; nothing was changed", under_way());
            Ok(None)
        }
        Err(LockError::Io(e)) => {
            Err(e).with_context(|| format!("the lock {STATE}/lock cannot be taken: nothing was changed"))
        }
    }
}

/// Prints what became of a run. That stdout is gone does not change what was done, nor the exit status. A terminal may
/// block for hours: nothing is held meanwhile.
fn report_end(asked: Asked<'_>, report: &PlanReport<'_>, (lock, interrupts): (Lock, Interrupts)) {
    drop(lock);
    interrupts.let_go();
    if let Err(error) = show(asked, report) {
        let _ =
            writeln!(io::stderr(), "okv-host: the answer could not be written: {}", cause(&format_args!("{error:#}")));
        let _ = write_all(&report::plan_text(report, of_stderr()), io::stderr());
    }
}

#[cfg(test)]
mod tests;
