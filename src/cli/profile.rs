//! Arguments of `profile`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::PlainFormat;

/// Arguments of `profile`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct ProfileArgs {
    /// What to do.
    #[arg(value_enum)]
    pub action: ProfileAction,

    /// The file to verify. Without it, /etc/okv-host/profile.json.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// Show this release profile: a built-in name (check --profile list), or a JSON file.
    #[arg(long, value_name = "RELEASE")]
    pub profile: Option<String>,

    /// Use the files of the saved host whose etc and var lie under DIR.
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileAction {
    /// Print the profile in effect, its SHA-256, and where it comes from.
    Show,
    /// Verify a file, and name everything that is wrong in it.
    Check,
}

const HELP: &str = "\
Examples:
  okv-host profile show
  okv-host profile check site.json

Exit status: 0 a profile; 2 usage error, or a file that is no profile; 3 the file of the host cannot be read.";
