//! `okv-host check`.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::columns::of_stdout;
use super::defaults;
use super::judged::{Judged, facts_of, judged, root_at};
use super::planned_changes::JudgedHost;
use super::planned_steps::planned_steps;
use super::progress::Progress;
use super::surroundings::Surroundings;
use super::target::{LIST, Target};
use super::usage_error::UsageError;
use super::verdict::{exit, write_coloured};
use super::vocabulary::named;
use super::{explain, made};
use crate::base::cause::cause;
use crate::cli::{Check, PlainFormat};
use crate::disk::Source;
use crate::engine::ExitStatus;
use crate::host::Root;
use crate::procedure::{standing, steps};
use crate::profile::Profile;
use crate::report::{self, CheckReport, CheckScreen, Node, Shown};
use crate::subjects::rule::RuleId;
use crate::subjects::table::RULES;
use crate::subjects::{Facts, of_disks, rule, waivers};

pub(super) fn run(args: &Check, around: Surroundings) -> Result<ExitStatus> {
    if args.judge.profile.as_deref() == Some(LIST) {
        return profiles(args.format);
    }
    let target = Target::asked(args.judge.profile.as_deref())?;
    if args.list {
        let profile = target.on(&root_at(args.root.as_deref())?)?;
        match args.format {
            PlainFormat::Json => report::list_json(&mut io::stdout().lock(), &profile, RULES)?,
            PlainFormat::Text => io::stdout().lock().write_all(report::list_text(&profile, of_stdout()).as_bytes())?,
        }
        return Ok(ExitStatus::Success);
    }
    if let Some(name) = &args.explain {
        return explain::run(name, &target.on(&root_at(args.root.as_deref())?)?, args.format);
    }
    let only = only(args)?;
    let root = if args.image.is_empty() { Some(root_at(args.root.as_deref())?) } else { None };
    let profile = match &root {
        Some(root) => target.on(root)?,
        None => target.alone()?,
    };
    let facts = match &root {
        Some(root) => gather(args, root, &profile)?,
        None => of_images(&args.image)?,
    };
    let Judged { findings, waivers } = judged(root.as_ref(), &facts, &profile, &args.judge)?;
    let verdict = rule::outcome(&findings);
    let judged_steps = steps(&facts, &findings, &profile);
    let judged_standing = standing(&facts, &findings, &judged_steps, &profile);
    let report = CheckReport {
        profile: &profile.release,
        host: &facts.node.name,
        release: facts.release(),
        machine: facts.subjects.as_ref().and_then(|subjects| subjects.records.machine.known()).map(String::as_str),
        memory_kib: facts.node.running.as_ref().and_then(|running| running.memory_kib.known().copied()),
        verdict,
        headline: judged_standing.headline.word(),
        findings: &findings,
        waivers: &waivers,
    };
    match args.format {
        PlainFormat::Json => {
            let made = made::of_facts(root.as_ref(), &facts, &profile);
            report::check_json(&mut io::BufWriter::new(io::stdout().lock()), &report, &made)?;
        }
        PlainFormat::Text if args.talk.quiet => {
            write_coloured(&report::verdict_line(&judged_standing))?;
        }
        PlainFormat::Text => {
            let steps = match &root {
                Some(root) => {
                    let (facts, findings, profile) = (&facts, findings.as_slice(), &profile);
                    planned_steps(&JudgedHost { root, facts, findings, profile, judge: &args.judge, around })
                }
                None => judged_steps,
            };
            let now = facts.node.running.as_ref().map(|running| running.now);
            let screen = CheckScreen {
                node: Node {
                    host: &facts.node.name,
                    release: &profile.release,
                    now,
                    is_here: root.as_ref().is_some_and(Root::is_live),
                    defaults: &defaults::used(root.as_ref(), &args.judge),
                },
                standing: &standing(&facts, &findings, &steps, &profile),
                findings: &findings,
                steps: &steps,
                shown: match only.as_slice() {
                    [] if args.all => Shown::All,
                    [] => Shown::Screen,
                    rules => Shown::Only(rules),
                },
            };
            write_coloured(&report::check_text(&screen, of_stdout()))?;
        }
    }
    Ok(exit(verdict))
}

/// The rules that are asked for; none where all are.
fn only(args: &Check) -> Result<Vec<RuleId>> {
    if !args.only.is_empty() && args.format == PlainFormat::Json {
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

/// A file that is missing, empty or no disk is a wrong argument; one that cannot be read is a part of the answer.
fn can_be_a_disk(source: &Source) -> Result<()> {
    let how = "Name the disks of the powered-off node, or images of them";
    match source.why_not_open() {
        Some(why) if why.kind() == ErrorKind::PermissionDenied => {
            bail!("cannot open {}: {}. Run as root", source.path(), cause(why))
        }
        Some(why) if why.kind() == ErrorKind::UnexpectedEof => {
            Err(UsageError(format!("--image {}: {}. {how}", source.path(), cause(why))).into())
        }
        Some(why) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => {
            Err(UsageError(format!("--image: cannot open {}: {}. {how}", source.path(), cause(why))).into())
        }
        _ => Ok(()),
    }
}

fn of_images(images: &[PathBuf]) -> Result<Facts> {
    let sources: Vec<Source> = images.iter().map(|path| Source::open(path)).collect();
    sources.iter().try_for_each(can_be_a_disk)?;
    Ok(of_disks(&sources))
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
