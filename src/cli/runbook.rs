//! Arguments of `runbook` and `confirm`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::vocabulary::{Word, states_and_steps, steps};
use super::{Images, Judge, Outputs, PlainFormat, Talk};
use crate::subjects::records::facts::confirmations::note;

/// Arguments of `runbook`.
#[derive(Debug, Args)]
#[command(after_help = RUNBOOK_HELP)]
pub struct Runbook {
    /// Show these steps alone: a state (confirm, ready, later), the id of a step, its item (7.2-2), or
    /// a section (7.6).
    #[arg(value_name = "STATE|STEP", value_parser = Word(states_and_steps), hide_possible_values = true)]
    pub only: Vec<String>,

    /// For the host whose proc, sys, etc, dev and var lie under DIR.
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// The disks of a powered-off node.
    #[command(flatten)]
    pub images: Images,

    /// Arguments that every judging command has.
    #[command(flatten)]
    pub judge: Judge,

    /// How much is printed.
    #[command(flatten)]
    pub talk: Talk,

    /// How to print.
    #[arg(long, value_enum, default_value_t = RunbookFormat::Text)]
    pub format: RunbookFormat,

    /// Files that the answer is written to.
    #[command(flatten)]
    pub outputs: Outputs,
}

const RUNBOOK_HELP: &str = "\
A step is done, ready (its command plans it now), confirm (cannot be verified from the node), later (it waits for \
another step), blocked (by a rule, or its command refuses), unknown (could not be read) or not-needed. Without --root \
and --image it shows the steps of this host, as root.

Examples:
  okv-host runbook confirm
  okv-host runbook --format markdown > ticket.md

Exit status: 0 every step is done or not needed; 1 something is left to do; 2 usage error; 3 only unknown steps \
are left; 6 an --output file could not be written.";

/// Formats of `runbook`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RunbookFormat {
    /// For people, in 80 columns.
    Text,
    /// A checklist to paste into a ticket.
    Markdown,
    /// For programs.
    Json,
}

/// Arguments of `confirm`.
#[derive(Debug, Args)]
#[command(after_help = CONFIRM_HELP)]
pub struct Confirm {
    /// The step: its id (back-up), its item of the procedure (7.2-2), or a rule that judges it.
    #[arg(value_name = "STEP", value_parser = Word(steps), hide_possible_values = true)]
    pub step: String,

    /// What was done or seen, in one line of at most 500 characters.
    #[arg(long, value_name = "TEXT", value_parser = note)]
    pub note: String,

    /// Take back what was confirmed.
    #[arg(long)]
    pub withdraw: bool,

    /// Arguments that every judging command has.
    #[command(flatten)]
    pub judge: Judge,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

const CONFIRM_HELP: &str = "\
It is kept on this host with time, user and note, for this upgrade; the last record of a step counts. A \
confirmation does not override a rule that blocks or is unknown, and does not replace a command: both are \
refused.

Examples:
  okv-host confirm back-up --note \"backup 0412, restored on a test system\"
  okv-host confirm 7.2-2 --withdraw --note \"it was that of another node\"

Exit status: 0 recorded; 1 refused; 2 usage error; 3 failed, with nothing recorded; 5 another run holds the \
lock.";
