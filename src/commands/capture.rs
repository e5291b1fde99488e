//! `okv-host capture`.

mod swap;

use std::io::{self, Write};

use anyhow::{Context, Result, anyhow, bail};

use super::judged::{facts_of, judged, root_at};
use super::planned_changes::JudgedHost;
use super::planned_steps::planned_steps;
use super::surroundings::Surroundings;
use super::target::Target;
use super::usage_error::UsageError;
use super::{defaults, kernel_prune, made, ssh_dsa_retire, stage, swap_extend, upgrade};
use crate::base::cause::cause;
use crate::cli::{Capture, Judge, PlainFormat};
use crate::engine::ExitStatus;
use crate::host::{Root, capture};
use crate::io::replace::create;
use crate::io::{input, sys};
use crate::profile::Profile;
use crate::report::{self, CaptureReport};

pub(super) fn run(args: &Capture, around: Surroundings) -> Result<ExitStatus> {
    let shown = args.file.display();
    if args.list {
        let file = input::open(&args.file).map_err(|e| UsageError(format!("cannot open {shown}: {}", cause(&e))))?;
        let tape = capture::read(file).map_err(|why| anyhow!("{shown}: {why}"))?;
        return show(args, &capture::pieces(&tape), None);
    }
    if args.file.symlink_metadata().is_ok() {
        return Err(UsageError(format!("{shown}: it exists already. Name a file that does not exist")).into());
    }
    let target = Target::asked(args.profile.as_deref())?;
    let root = root_at(args.root.as_deref())?;
    if root.is_capture() {
        return Err(UsageError("--root: it is a capture already. Copy the file".to_owned()).into());
    }
    let (root, tape) = root.kept();
    // A profile of the host that cannot be used ends every other command, which is an answer too.
    let profile = target.on(&root).or_else(|why| Profile::of_release(Profile::DEFAULT).map_err(|_| why))?;
    look(&root, &profile, &Judge { profile: args.profile.clone(), ..Judge::default() }, around)?;
    let bytes = capture::write(&tape).map_err(|why| anyhow!("{shown}: {why}"))?;
    // What cannot be read again is not worth sending.
    capture::read(bytes.as_slice()).map_err(|why| anyhow!("{shown}: {why}"))?;
    let size = bytes.len() as u64;
    let file = args.file.clone();
    let written = sys::outside(move || create(&file, &bytes));
    match written.unwrap_or_else(|| Err(io::Error::other("it was not tried"))) {
        Ok(()) => show(args, &capture::pieces(&tape), Some(size)),
        Err(why) => bail!("cannot write {shown}: {}", cause(&why)),
    }
}

/// Reads what the judging commands read, and what every plan does: the answers are kept on the way. What they come to
/// does not matter here.
fn look(root: &Root, profile: &Profile, judge: &Judge, around: Surroundings) -> Result<()> {
    let facts = facts_of(root, profile, judge)?;
    swap::leave_out(root, &facts.node, profile);
    // Waivers that cannot be used leave no findings.
    let findings = judged(Some(root), &facts, profile, judge).map(|judged| judged.findings).unwrap_or_default();
    let host = JudgedHost { root, facts: &facts, findings: &findings, profile, judge, around };
    planned_steps(&host);
    let _ = swap_extend::planned(root, profile, around);
    let _ = kernel_prune::planned(root, &Default::default(), around);
    let _ = ssh_dsa_retire::planned(root, around);
    let _ = upgrade::planned_once(&host);
    stage::look(root, profile, &facts);
    let _ = (made::of_facts(Some(root), &facts, profile), defaults::used(Some(root), judge));
    let _ = (defaults::profile_text(root), defaults::waivers(root));
    // A capture that was made with a profile is also asked without one.
    let _ = (defaults::profile(root), defaults::used(Some(root), &Judge::default()));
    Ok(())
}

/// `size` is that of the file that was written.
fn show(args: &Capture, pieces: &[capture::Piece], size: Option<u64>) -> Result<ExitStatus> {
    let file = args.file.display().to_string();
    let report = CaptureReport { file: &file, bytes: size, pieces };
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.format {
        PlainFormat::Json => report::capture_json(&mut out, &report),
        PlainFormat::Text if args.list && !args.talk.quiet => out.write_all(report::capture_list(&report).as_bytes()),
        PlainFormat::Text => out.write_all(report::capture_line(&report).as_bytes()),
    }
    .and_then(|()| out.flush())
    .context("stdout")?;
    Ok(ExitStatus::Success)
}
