//! By what a host is judged.

use std::path::PathBuf;

use clap::Args;

use crate::profile::{Address, Profile};

/// Arguments of every command that judges a host by the rules.
#[derive(Debug, Args)]
pub struct Judge {
    /// Release to judge by: a built-in name, or a JSON file.
    #[arg(long, value_name = "RELEASE", default_value = Profile::DEFAULT)]
    pub profile: String,

    /// Judge this certificate (PEM or DER) as the server's.
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,

    /// Judge the certificate that this TLS port shows as the server's; it is asked from here, with --root too.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "certificate")]
    pub certificate_from: Option<Address>,

    /// Accept the findings that FILE (JSON) names, each for its reason and until its day.
    #[arg(long, value_name = "FILE")]
    pub waivers: Option<PathBuf>,
}
