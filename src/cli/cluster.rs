//! Arguments of `cluster`.

use std::path::PathBuf;

use clap::Args;

use super::{PlainFormat, Quiet};
use crate::base::dates::Moment;

/// Arguments of `cluster`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Cluster {
    /// What check --format json printed on each node.
    #[arg(value_name = "REPORT.json", required = true, num_args = 1..=64)]
    pub reports: Vec<PathBuf>,

    /// What okv cluster info get printed, as JSON.
    #[arg(long, value_name = "FILE")]
    pub cluster_info: Option<PathBuf>,

    /// The report on HOST is that of the cluster's NODE; needed where the names differ.
    #[arg(long, value_name = "HOST=NODE", value_parser = pair)]
    pub node: Vec<(String, String)>,

    /// What okv server info get printed of NODE, as JSON: its dates and sizes.
    #[arg(long, value_name = "NODE=FILE", value_parser = pair)]
    pub server_info: Vec<(String, String)>,

    /// What okv server status get printed of NODE, as JSON, which is shown and not judged.
    #[arg(long, value_name = "NODE=FILE", value_parser = pair)]
    pub server_status: Vec<(String, String)>,

    /// NODE is disabled since TIME: 2026-11-24T03:00Z, or with another zone.
    #[arg(long, value_name = "NODE=TIME", value_parser = node_and_time)]
    pub disabled: Vec<(String, u64)>,

    /// How much is printed.
    #[command(flatten)]
    pub talk: Quiet,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

const HELP: &str = "\
It reads the files alone, and asks no host.

Examples:
  okv-host cluster okv1.json okv2.json
  okv-host cluster *.json --cluster-info info.json

Exit status: 0 every node is ready; 1 a node is blocked or was disabled for too long; 2 usage error; 3 unknown.";

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((first, second)) if !first.is_empty() && !second.is_empty() => Ok((first.to_owned(), second.to_owned())),
        _ => Err("two names with = between them are needed".into()),
    }
}

fn node_and_time(text: &str) -> Result<(String, u64), String> {
    let (node, time) = pair(text)?;
    match Moment::parse(&time) {
        Some(moment) if moment.has_zone => Ok((node, moment.second)),
        _ => Err(format!("{time} is no time with its zone, like 2026-11-24T03:00Z")),
    }
}
