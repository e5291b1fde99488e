//! `okv-host check`.

use std::io::{self, Write};

use anyhow::Result;

use super::checked::{Asked, Checked, FORMATS};
use super::columns::of_stdout;
use super::judged::{facts_of, judged, root_at};
use super::progress::Progress;
use super::surroundings::Surroundings;
use super::target::{LIST, Target};
use super::usage_error::UsageError;
use super::vocabulary::named;
use super::{explain, images, outputs};
use crate::cli::{Check, CheckFormat, PlainFormat};
use crate::engine::ExitStatus;
use crate::host::Root;
use crate::profile::Profile;
use crate::report;
use crate::subjects::rule::RuleId;
use crate::subjects::table::RULES;
use crate::subjects::{Facts, waivers};

pub(super) fn run(args: &Check, around: Surroundings) -> Result<ExitStatus> {
    if args.judge.profile.as_deref() == Some(LIST) {
        return profiles(plain(args)?);
    }
    let target = Target::asked(args.judge.profile.as_deref())?;
    if args.list {
        let profile = target.on(&root_at(args.root.as_deref())?)?;
        match plain(args)? {
            PlainFormat::Json => report::list_json(&mut io::stdout().lock(), &profile, RULES)?,
            PlainFormat::Text => io::stdout().lock().write_all(report::list_text(&profile, of_stdout()).as_bytes())?,
        }
        return Ok(ExitStatus::Success);
    }
    if let Some(name) = &args.explain {
        return explain::run(name, &target.on(&root_at(args.root.as_deref())?)?, plain(args)?);
    }
    outputs::verify(&args.outputs, FORMATS)?;
    outputs::spare(&args.outputs, &args.images.image)?;
    let only = only(args)?;
    let root = if args.images.image.is_empty() { Some(root_at(args.root.as_deref())?) } else { None };
    let profile = match &root {
        Some(root) => target.on(root)?,
        None => target.alone()?,
    };
    let facts = match &root {
        Some(root) => gather(args, root, &profile)?,
        None => images::facts_of(&args.images, &profile)?,
    };
    let judged = judged(root.as_ref(), &facts, &profile, &args.judge)?;
    let asked = Asked { args, root: root.as_ref(), facts: &facts, profile: &profile, only: &only };
    let checked = Checked::new(asked, judged, around);
    let written = outputs::write(&args.outputs, &|format| checked.document(format));
    let (shown, status) = checked.show(written.failed());
    written.end(shown, status)
}

/// The format of what has no verdict.
fn plain(args: &Check) -> Result<PlainFormat> {
    if !args.outputs.files.is_empty() {
        return Err(UsageError("--output is for a verdict: give --format json, and redirect stdout".to_owned()).into());
    }
    let format = args.format.plain();
    format.ok_or_else(|| UsageError("--format nagios is for a verdict: give --format text or json".to_owned()).into())
}

/// The rules that are asked for; none where all are.
fn only(args: &Check) -> Result<Vec<RuleId>> {
    if !args.only.is_empty() && args.format != CheckFormat::Text {
        return Err(UsageError("--only is for people: JSON has every finding".to_owned()).into());
    }
    let mut rules = Vec::new();
    for word in &args.only {
        if waivers::ID == *word.as_str() {
            rules.push(waivers::ID);
            continue;
        }
        let named = named(word)?.what.rules();
        if named.is_empty() {
            return Err(
                UsageError(format!("no rule judges the step {word}. Run: okv-host check --explain {word}")).into()
            );
        }
        rules.extend(named.iter().map(|rule| rule.id));
    }
    Ok(rules)
}

fn gather(args: &Check, root: &Root, profile: &Profile) -> Result<Facts> {
    let mut facts = facts_of(root, profile, &args.judge)?;
    if let (Some(wanted), Some(subjects)) = (args.sha256, &mut facts.subjects) {
        let mut progress = Progress::default();
        subjects.media.compare(root, wanted, &mut |read, of| progress.report("read for its checksum", read, of));
    }
    Ok(facts)
}

/// The built-in profiles.
fn profiles(format: PlainFormat) -> Result<ExitStatus> {
    let all = Profile::built_in_names().map(Profile::named).collect::<Result<Vec<Profile>, _>>()?;
    let mut out = io::stdout().lock();
    match format {
        PlainFormat::Json => report::profiles_json(&mut out, &all)?,
        PlainFormat::Text => out.write_all(report::profiles_text(&all, of_stdout()).as_bytes())?,
    }
    Ok(ExitStatus::Success)
}
