//! What every command that changes a host does around its plan: show it, and with `--apply` take the lock, plan again, ask, carry it
//! out, and plan once more to prove that nothing is left.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};

use super::Exit;
use super::confirm::confirm;
use crate::apply::{Host, Interrupts, Lock, LockError, Outcome, carry_out};
use crate::cli::{Change, PlainFormat};
use crate::plan::{Plan, Refusal};
use crate::report::{self, PlanOutcome, PlanReport};
use crate::sys;
use crate::tool;

/// Makes the plan from what is true now.
pub(super) type Planner<'p> = dyn Fn() -> Result<Result<Plan, Refusal>> + 'p;

/// Shows the plan of `command`, and carries it out where that is asked for.
pub(super) fn run(command: &'static str, args: &Change, planner: &Planner<'_>) -> Result<Exit> {
    let plan = match planner()? {
        Ok(plan) => plan,
        Err(refusal) => {
            show(args, &PlanReport::of_refusal(command, &refusal))?;
            return Ok(Exit::Blocked);
        }
    };
    if plan.steps.is_empty() || !args.apply {
        let outcome = if plan.steps.is_empty() { PlanOutcome::NothingToDo } else { PlanOutcome::Planned };
        show(args, &PlanReport::of_plan(&plan, outcome, None))?;
        return Ok(Exit::Done);
    }
    apply(args, &plan, planner)
}

fn apply(args: &Change, plan: &Plan, planner: &Planner<'_>) -> Result<Exit> {
    let Some((host, _lock)) = take_host()? else { return Ok(Exit::Held) };
    if !args.yes {
        write_all(&report::plan_text(&PlanReport::of_plan(plan, PlanOutcome::Planned, None)), io::stderr())?;
        if !confirm(&format!("{} steps on this host.", plan.steps.len()))? {
            bail!("not confirmed: nothing was changed");
        }
    }
    // From here to the end of the step that runs, a lost connection ends nothing.
    let interrupts = Interrupts::hold()?;
    let again = planner()?.map_err(|_| anyhow!("the plan is refused now: the host changed since it was shown"))?;
    if again.steps != plan.steps {
        bail!("the host changed since the plan was shown: nothing was changed; run it again");
    }
    let mut journal = host.journal().context("the journal cannot be opened: nothing was changed")?;
    let outcome = carry_out(plan, &host, &mut journal, &interrupts, &mut |number, step| {
        let _ = writeln!(io::stderr(), "{number}/{}: {}", plan.steps.len(), step.purpose);
    })?;
    let place = journal.path().display().to_string();
    let (outcome, message, exit) = match outcome {
        Outcome::Done => match planner()? {
            Ok(rest) if rest.steps.is_empty() => (PlanOutcome::Done, None, Exit::Done),
            _ => {
                let message =
                    format!("every step was done, but the host does not show the target; the journal is {place}");
                (PlanOutcome::Stuck, Some(message), Exit::Stuck)
            }
        },
        Outcome::RolledBack { why } => (PlanOutcome::RolledBack, Some(why), Exit::Unknown),
        Outcome::Stuck { why, undo_why } => {
            let message =
                format!("{why}; on the way back: {undo_why}; the journal is {place}; look at okv-host status");
            (PlanOutcome::Stuck, Some(message), Exit::Stuck)
        }
        Outcome::Interrupted { steps } => {
            let message = format!("{steps} steps are done; run it again to finish, or okv-host undo to go back");
            (PlanOutcome::Interrupted, Some(message), Exit::Stuck)
        }
    };
    show(args, &PlanReport::of_plan(plan, outcome, message))?;
    Ok(exit)
}

/// This host with the lock on it; `None`, with a word on stderr, where another run holds it.
pub(super) fn take_host() -> Result<Option<(Host<'static>, Lock)>> {
    if !sys::is_root() {
        bail!("changing this host takes root");
    }
    let host = Host { base: PathBuf::from("/"), runner: &tool::Host };
    let folder = host.state_folder().context("no place for the journal: nothing was changed")?;
    match Lock::take(&folder) {
        Ok(lock) => Ok(Some((host, lock))),
        Err(LockError::Held) => {
            let _ = writeln!(io::stderr(), "okv-host: another run is under way; nothing was changed");
            Ok(None)
        }
        Err(LockError::Io(e)) => Err(e).context("the lock cannot be taken: nothing was changed"),
    }
}

/// Prints the answer.
pub(super) fn show(args: &Change, report: &PlanReport<'_>) -> Result<()> {
    match args.format {
        PlainFormat::Json => report::plan_json(&mut io::stdout().lock(), report)?,
        PlainFormat::Text => write_all(&report::plan_text(report), io::stdout())?,
    }
    Ok(())
}

fn write_all(text: &str, mut out: impl Write) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}
