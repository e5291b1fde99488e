//! `okv-host runbook`.

use std::io;

use anyhow::Result;

use super::columns::of_stdout;
use super::defaults;
use super::judged::{facts_of, judged, root_at};
use super::made;
use super::planned_changes::JudgedHost;
use super::planned_steps::planned_steps;
use super::surroundings::Surroundings;
use super::target::Target;
use super::usage_error::UsageError;
use super::verdict::write_coloured;
use super::vocabulary::{Named, named};
use crate::cli::{Runbook, RunbookFormat};
use crate::engine::ExitStatus;
use crate::procedure::{State, Step, standing};
use crate::report::{self, Explained, Node, Only, RunbookReport};

pub(super) fn run(args: &Runbook, around: Surroundings) -> Result<ExitStatus> {
    let only = only(args)?;
    let target = Target::asked(args.judge.profile.as_deref())?;
    let root = &root_at(args.root.as_deref())?;
    let profile = target.on(root)?;
    let facts = facts_of(root, &profile, &args.judge)?;
    let findings = judged(Some(root), &facts, &profile, &args.judge)?.findings;
    let host = JudgedHost { root, facts: &facts, findings: &findings, profile: &profile, judge: &args.judge, around };
    let steps = planned_steps(&host);
    let now = facts.node.running.as_ref().map(|running| running.now);
    let report = RunbookReport {
        node: Node {
            host: &facts.node.name,
            release: &profile.release,
            now,
            is_here: root.is_live(),
            defaults: &defaults::used(Some(root), &args.judge),
        },
        standing: &standing(&facts, &findings, &steps, &profile),
        steps: &steps,
        only: &only,
    };
    match args.format {
        RunbookFormat::Json => {
            let made = made::of_facts(Some(root), &facts, &profile);
            report::runbook_json(&mut io::BufWriter::new(io::stdout().lock()), &report, &made)?;
        }
        RunbookFormat::Text | RunbookFormat::Markdown if args.talk.quiet => {
            write_coloured(&report::verdict_line(report.standing))?
        }
        RunbookFormat::Text => write_coloured(&report::runbook_text(&report, of_stdout()))?,
        RunbookFormat::Markdown => write_coloured(&report::runbook_markdown(&report))?,
    }
    Ok(exit(&steps))
}

/// The steps that are asked for.
fn only(args: &Runbook) -> Result<Vec<Only>> {
    if !args.only.is_empty() && args.format == RunbookFormat::Json {
        return Err(UsageError("JSON has every step: select from it".to_owned()).into());
    }
    let of = |word: &String| match Step::words().find(|known| known == word) {
        Some(known) => Ok(Only::Word(known)),
        None => match named(word)? {
            Named { what: Explained::Section(section), .. } => Ok(Only::Section(section)),
            step => Ok(Only::Step(step.step()?)),
        },
    };
    args.only.iter().map(of).collect()
}

/// What is surely left to do counts before what could not be told, as in a verdict.
fn exit(steps: &[Step]) -> ExitStatus {
    let mut open = steps.iter().filter(|step| !step.state.is_closed()).peekable();
    if open.peek().is_none() {
        return ExitStatus::Success;
    }
    if open.all(|step| step.state == State::Unknown) { ExitStatus::Undetermined } else { ExitStatus::Blocked }
}
