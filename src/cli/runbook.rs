//! Arguments of `runbook` and `confirm`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::vocabulary::{Word, steps};
use super::{Judge, PlainFormat};
use crate::subjects::records::facts::confirmations::note;

/// Arguments of `runbook`.
#[derive(Debug, Args)]
#[command(after_help = RUNBOOK_HELP)]
pub struct Runbook {
    /// For the host whose proc, sys, etc, dev and var lie under DIR.
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Arguments that every judging command has.
    #[command(flatten)]
    pub judge: Judge,

    /// How to print.
    #[arg(long, value_enum, default_value_t = RunbookFormat::Text)]
    pub format: RunbookFormat,
}

const RUNBOOK_HELP: &str = "\
A step is done, ready (it can be done now), blocked, confirm (yours to confirm,
by okv-host confirm), unknown (could not be told) or not-needed. Without --root
this host is judged, which takes root.
Exit status: 0 every step is done or not needed, 1 something is left to do,
2 wrong usage, 3 nothing is left but what could not be told.";

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
It is kept on this host with time, user and note, for this upgrade; the last
word on a step counts. What a rule blocks or could not tell no confirmation
lifts, and what a command does and proves is not confirmed: both are refused.
Exit status: 0 recorded, 1 refused, 2 wrong usage, 3 failed with nothing
recorded, 5 another run holds the lock.";
