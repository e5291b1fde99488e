//! By what a host is judged.

use std::path::PathBuf;

use clap::Args;

use crate::base::digest::Sha256;
use crate::profile::Address;

/// Arguments of every command that judges a host by the rules.
#[derive(Debug, Default, Args)]
pub struct Judge {
    /// Release profile to use: a built-in name (check --profile list), or a JSON file. Without it,
    /// /etc/okv-host/profile.json, or else the release of the ISO in /var/lib/oracle by its name, or else 21.8.
    #[arg(long, value_name = "RELEASE")]
    pub profile: Option<String>,

    /// The server's certificate (PEM or DER).
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,

    /// Read the server's certificate from this TLS port, asked from here.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "certificate")]
    pub certificate_from: Option<Address>,

    /// SHA-256 of the server's certificate, to prove that the port shows that one.
    #[arg(long, value_name = "SHA256", requires = "certificate_from")]
    pub fingerprint: Option<Sha256>,

    /// Authorities (PEM or DER), to prove that one of them issued what the port shows.
    #[arg(long, value_name = "FILE", requires = "certificate_from", conflicts_with = "fingerprint")]
    pub ca: Option<PathBuf>,

    /// The saved JSON of okv server info get: its dates and sizes.
    #[arg(long, value_name = "FILE")]
    pub server_info: Option<PathBuf>,

    /// The saved JSON of okv server status get, which is shown and not judged.
    #[arg(long, value_name = "FILE")]
    pub server_status: Option<PathBuf>,

    /// What check --format json printed on this node before: its memory must not have become less.
    #[arg(long, value_name = "REPORT.json")]
    pub earlier: Option<PathBuf>,

    /// Waive the findings that FILE (JSON) names, each for a reason and until a day. Without it,
    /// /etc/okv-host/waivers.json.
    #[arg(long, value_name = "FILE")]
    pub waivers: Option<PathBuf>,
}
