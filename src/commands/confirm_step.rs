//! `okv-host confirm`.

use std::io::{self, Write};

use anyhow::{Context, Result};

use super::change::take_host;
use super::columns::of_stdout;
use super::judged::{facts_of, judged, root_at};
use super::made::of_facts;
use super::surroundings::Surroundings;
use super::target::Target;
use super::vocabulary::named;
use crate::base::cause::cause;
use crate::cli::{Confirm, PlainFormat};
use crate::engine::ExitStatus;
use crate::procedure::{NotConfirmable, Step, is_confirmed, may_confirm, steps};
use crate::report::Made;
use crate::subjects::Facts;
use crate::subjects::records::{Confirmation, record_confirmation};
use crate::{procedure as runbook, report};

pub(super) fn run(args: &Confirm, around: Surroundings) -> Result<ExitStatus> {
    let target = Target::asked(args.judge.profile.as_deref())?;
    let id = named(&args.step)?.step()?;
    // The lock comes first: what another run is doing must not be taken for the state of the host.
    let Some((place, lock)) = take_host(around)? else { return Ok(ExitStatus::Locked) };
    let root = root_at(None)?;
    let profile = target.on(&root)?;
    let seen = || -> Result<(Facts, Step)> {
        let facts = facts_of(&root, &profile, &args.judge)?;
        let findings = judged(Some(&root), &facts, &profile, &args.judge)?.findings;
        let step = steps(&facts, &findings, &profile).into_iter().find(|step| step.id == id);
        Ok((facts, step.with_context(|| format!("no step {id}"))?))
    };
    let (facts, step) = seen()?;
    let made = of_facts(Some(&root), &facts, &profile);
    let allowed = if args.withdraw {
        match is_confirmed(&facts, &profile, step.id) {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotConfirmable(format!("{} is not confirmed: there is nothing to withdraw", step.id))),
            // What a damaged record says does not count from then on either.
            Err(_) => Ok(()),
        }
    } else {
        may_confirm(&step)
    };
    if let Err(NotConfirmable(why)) = allowed {
        drop(lock);
        show(args, &step, Some(&why), &made)?;
        return Ok(ExitStatus::Blocked);
    }
    let confirmation = Confirmation {
        step: step.id.to_owned(),
        release: profile.release.clone(),
        user: place.user.clone(),
        host: facts.node.name,
        node: facts.subjects.as_ref().and_then(|subjects| subjects.records.node.known().cloned()),
        note: args.note.clone(),
        withdrawn: args.withdraw,
    };
    record_confirmation(&place, confirmation).context("it could not be recorded")?;
    // A blocked terminal may make the answer wait.
    drop(lock);
    // Read again from the disk: what is shown is what counts from now on. That it cannot be shown does not unmake the
    // record.
    if let Err(error) = seen().and_then(|(_, step)| show(args, &step, None, &made)) {
        let _ = writeln!(
            io::stderr(),
            "okv-host: recorded; the answer could not be written: {}",
            cause(&format_args!("{error:#}"))
        );
    }
    Ok(ExitStatus::Success)
}

fn show(args: &Confirm, step: &runbook::Step, refused: Option<&str>, made: &Made) -> Result<()> {
    let mut out = io::stdout().lock();
    match args.format {
        PlainFormat::Json => report::confirm_json(&mut out, step, refused, made)?,
        PlainFormat::Text => out.write_all(
            report::confirm_text(made.host.as_deref().unwrap_or_default(), step, refused, of_stdout()).as_bytes(),
        )?,
    }
    Ok(())
}
