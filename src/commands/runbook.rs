//! `okv-host runbook`.

use std::io::{self, BufWriter, Write};

use anstream::adapter::strip_str;
use anyhow::Result;

use super::columns::of_stdout;
use super::judged::{facts_of, judged, root_at};
use super::node_page::{self, Shown};
use super::planned_changes::JudgedHost;
use super::planned_steps::planned_steps;
use super::root::root_word;
use super::surroundings::Surroundings;
use super::target::Target;
use super::usage_error::UsageError;
use super::verdict::write_coloured;
use super::vocabulary::{Named, named};
use super::{defaults, images, made, outputs};
use crate::cli::{OutputFormat, Runbook, RunbookFormat};
use crate::engine::ExitStatus;
use crate::host::Root;
use crate::procedure::{State, Step, standing, steps};
use crate::report::{self, Columns, Explained, Node, Only, RunbookReport};

/// The formats of its files.
const FORMATS: &[OutputFormat] = &[OutputFormat::Json, OutputFormat::Text, OutputFormat::Markdown, OutputFormat::Html];

pub(super) fn run(args: &Runbook, around: Surroundings) -> Result<ExitStatus> {
    outputs::verify(&args.outputs, FORMATS)?;
    outputs::spare(&args.outputs, &args.images.image)?;
    let only = only(args)?;
    let target = Target::asked(args.judge.profile.as_deref())?;
    let root = if args.images.image.is_empty() { Some(root_at(args.root.as_deref())?) } else { None };
    let root = root.as_ref();
    let profile = match root {
        Some(root) => target.on(root)?,
        None => target.alone()?,
    };
    let facts = match root {
        Some(root) => facts_of(root, &profile, &args.judge)?,
        None => images::facts_of(&args.images, &profile)?,
    };
    let findings = judged(root, &facts, &profile, &args.judge)?.findings;
    let steps = match root {
        Some(root) => planned_steps(&JudgedHost {
            root,
            facts: &facts,
            findings: &findings,
            profile: &profile,
            judge: &args.judge,
            around,
        }),
        None => steps(&facts, &findings, &profile),
    };
    let now = facts.node.running.as_ref().map(|_| facts.node.now);
    let root_word = args.root.as_deref().map(root_word);
    let report = RunbookReport {
        node: Node {
            host: &facts.node.name,
            release: &profile.release,
            now,
            is_here: root.is_some_and(Root::is_live),
            root: root_word.as_deref(),
            defaults: &defaults::used(root, &args.judge),
        },
        standing: &standing(&facts, &findings, &steps, &profile),
        steps: &steps,
        only: &only,
    };
    let json = |out: &mut dyn Write| {
        report::runbook_json(&mut BufWriter::new(out), &report, &made::of_facts(root, &facts, &profile))
    };
    let written = outputs::write(&args.outputs, &|format| match format {
        OutputFormat::Json => {
            let mut bytes = Vec::new();
            json(&mut bytes).map(|()| bytes)
        }
        OutputFormat::Text => Ok(strip_str(&report::runbook_text(&report, Columns::PIPE)).to_string().into_bytes()),
        OutputFormat::Markdown => Ok(report::runbook_markdown(&report).into_bytes()),
        OutputFormat::Html => {
            let RunbookReport { node, standing, .. } = report;
            let (findings, steps) = (findings.as_slice(), steps.as_slice());
            let (facts, profile) = (&facts, &profile);
            Ok(node_page::html(&Shown { root, facts, profile, node, standing, findings, steps }, around))
        }
        _ => Err(io::ErrorKind::Unsupported.into()),
    });
    let shown = match args.format {
        RunbookFormat::Json => json(&mut io::stdout().lock()),
        RunbookFormat::Text | RunbookFormat::Markdown if args.talk.quiet => {
            write_coloured(&report::verdict_line(report.standing))
        }
        RunbookFormat::Text => write_coloured(&report::runbook_text(&report, of_stdout())),
        RunbookFormat::Markdown => write_coloured(&report::runbook_markdown(&report)),
    };
    written.end(shown.map_err(Into::into), exit(&steps))
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
