//! Arguments of `capture`.

use std::path::PathBuf;

use clap::Args;

use super::{PlainFormat, Quiet};

/// Arguments of `capture`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Capture {
    /// The file to write, which must not exist; with --list, the capture to read.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Show every piece of FILE: path, kind, bytes, and whether something was taken out.
    #[arg(long, conflicts_with_all = ["root", "profile"])]
    pub list: bool,

    /// Capture the saved host whose proc, sys, etc and dev lie under DIR.
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Release profile to read by: a built-in name, or a JSON file. Without it, that which check uses.
    #[arg(long, value_name = "RELEASE")]
    pub profile: Option<String>,

    /// How much is printed.
    #[command(flatten)]
    pub talk: Quiet,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

const HELP: &str = "\
FILE gets what check, runbook and the plans read of this host, usually less than 1 MiB, and is for root alone. Other \
commands take it as --root FILE. Private keys are not in it: SSH key files are reduced to type, bits and fingerprint, \
and keys and passwords in other files are overwritten. Look at it before you send it: capture --list FILE, zcat FILE.

Examples:
  okv-host capture okv1.capture
  okv-host capture --list okv1.capture

Exit status: 0 written or shown; 2 usage error; 3 this host could not be read, or FILE not written.";
