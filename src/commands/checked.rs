//! What `check` found, in each format that it is asked for.

use std::io::{self, Write};

use anstream::adapter::strip_str;
use anyhow::Result;

use super::columns::of_stdout;
use super::judged::Judged;
use super::planned_changes::JudgedHost;
use super::planned_steps::planned_steps;
use super::root::root_word;
use super::surroundings::Surroundings;
use super::verdict::{exit, write_coloured};
use super::{defaults, made, node_page, outputs};
use crate::cli::{Check, CheckFormat, OutputFormat};
use crate::engine::ExitStatus;
use crate::host::Root;
use crate::procedure::{Standing, Step, standing, steps};
use crate::profile::Profile;
use crate::report::{self, CheckReport, CheckScreen, Columns, Node, PluginLine, Shown};
use crate::subjects::Facts;
use crate::subjects::rule::{RuleId, outcome};

/// The formats of its files.
pub(super) const FORMATS: &[OutputFormat] = &OutputFormat::ALL;

/// The formats of files that show steps.
const WITH_STEPS: &[OutputFormat] = &[OutputFormat::Text, OutputFormat::Markdown, OutputFormat::Html];

/// What it was found on, and how it is to be shown.
#[derive(Clone, Copy)]
pub(super) struct Asked<'c> {
    pub(super) args: &'c Check,
    /// `None` where disks alone were judged.
    pub(super) root: Option<&'c Root>,
    pub(super) facts: &'c Facts,
    pub(super) profile: &'c Profile,
    /// The rules that the screen shows; all where it is empty.
    pub(super) only: &'c [RuleId],
}

pub(super) struct Checked<'c> {
    asked: Asked<'c>,
    judged: Judged,
    /// What the screen opens with, before any command planned its steps.
    standing: Standing,
    /// The steps as their commands plan them, where they are shown.
    planned: Vec<Step>,
    /// Lines on what no option named.
    defaults: Vec<String>,
    /// The folder of a saved host, as a word of the command line.
    root_word: Option<String>,
    around: Surroundings,
}

impl<'c> Checked<'c> {
    pub(super) fn new(asked: Asked<'c>, judged: Judged, around: Surroundings) -> Self {
        let Asked { args, root, facts, profile, .. } = asked;
        let findings = judged.findings.as_slice();
        let judged_steps = steps(facts, findings, profile);
        let standing = standing(facts, findings, &judged_steps, profile);
        let is_screen = args.format == CheckFormat::Text && !args.talk.quiet;
        let planned = match root {
            Some(root) if is_screen || outputs::has(&args.outputs, WITH_STEPS) => {
                planned_steps(&JudgedHost { root, facts, findings, profile, judge: &args.judge, around })
            }
            _ => judged_steps,
        };
        let defaults = defaults::used(root, &args.judge);
        let root_word = args.root.as_deref().map(root_word);
        Self { asked, judged, standing, planned, defaults, root_word, around }
    }

    /// A file of it.
    pub(super) fn document(&self, format: OutputFormat) -> io::Result<Vec<u8>> {
        match format {
            OutputFormat::Json => {
                let mut json = Vec::new();
                self.write_json(&mut json)?;
                Ok(json)
            }
            OutputFormat::Text => Ok(strip_str(&self.text(Columns::PIPE)).to_string().into_bytes()),
            OutputFormat::Markdown => Ok(self.on_screen(report::check_markdown).into_bytes()),
            OutputFormat::Html => Ok(self.on_screen(|screen| self.html(screen))),
            OutputFormat::Nagios => Ok(self.plugin().line().into_bytes()),
            OutputFormat::Prometheus => {
                let Asked { root, facts, profile, .. } = self.asked;
                let made = made::of_facts(root, facts, profile);
                Ok(report::node_prometheus(&made, &self.standing, &self.judged.findings).into_bytes())
            }
        }
    }

    /// The line of a monitoring plugin.
    fn plugin(&self) -> PluginLine {
        PluginLine::of_node(&self.standing, &self.judged.findings)
    }

    /// Prints it, where so many of its files could not be written, and gives the exit status.
    pub(super) fn show(&self, failed: usize) -> (Result<()>, ExitStatus) {
        if self.asked.args.format == CheckFormat::Nagios {
            let plugin = self.plugin().without_files(failed);
            let shown = io::stdout().write_all(plugin.line().as_bytes());
            return (shown.map_err(Into::into), ExitStatus::Plugin(plugin.state));
        }
        (self.on_stdout(), exit(outcome(&self.judged.findings)))
    }

    fn on_stdout(&self) -> Result<()> {
        let args = self.asked.args;
        match args.format {
            CheckFormat::Json => self.write_json(&mut io::BufWriter::new(io::stdout().lock()))?,
            CheckFormat::Text if args.talk.quiet => write_coloured(&report::verdict_line(&self.standing))?,
            CheckFormat::Text => write_coloured(&self.text(of_stdout()))?,
            CheckFormat::Nagios => write_coloured(&self.plugin().line())?,
        }
        Ok(())
    }

    fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let Asked { root, facts, profile, .. } = self.asked;
        let report = CheckReport {
            profile: &profile.release,
            host: &facts.node.name,
            release: facts.release(),
            machine: facts.subjects.as_ref().and_then(|subjects| subjects.records.machine.known()).map(String::as_str),
            memory_kib: facts.node.running.as_ref().and_then(|running| running.memory_kib.known().copied()),
            verdict: outcome(&self.judged.findings),
            headline: self.standing.headline.word(),
            findings: &self.judged.findings,
            waivers: &self.judged.waivers,
        };
        report::check_json(out, &report, &made::of_facts(root, facts, profile))
    }

    fn text(&self, columns: Columns) -> String {
        self.on_screen(|screen| report::check_text(screen, columns))
    }

    fn html(&self, screen: &CheckScreen<'_>) -> Vec<u8> {
        let Asked { root, facts, profile, .. } = self.asked;
        let CheckScreen { node, standing, findings, steps, .. } = *screen;
        node_page::html(&node_page::Shown { root, facts, profile, node, standing, findings, steps }, self.around)
    }

    fn on_screen<T>(&self, show: impl Fn(&CheckScreen<'_>) -> T) -> T {
        let Asked { args, facts, profile, only, .. } = self.asked;
        show(&CheckScreen {
            node: self.node(),
            standing: &standing(facts, &self.judged.findings, &self.planned, profile),
            findings: &self.judged.findings,
            steps: &self.planned,
            shown: match only {
                [] if args.all => Shown::All,
                [] => Shown::Screen,
                rules => Shown::Only(rules),
            },
        })
    }

    fn node(&self) -> Node<'_> {
        let Asked { root, facts, profile, .. } = self.asked;
        Node {
            host: &facts.node.name,
            release: &profile.release,
            now: facts.node.running.as_ref().map(|_| facts.node.now),
            is_here: root.is_some_and(Root::is_live),
            root: self.root_word.as_deref(),
            defaults: &self.defaults,
        }
    }
}
