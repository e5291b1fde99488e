//! Arguments of `cluster`.

use std::path::PathBuf;

use clap::Args;

use super::{Outputs, PlainFormat, Quiet};
use crate::base::dates::{DAY, Moment};

/// Arguments of `cluster`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Cluster {
    /// What check --format json printed on each node.
    #[arg(value_name = "REPORT.json", required = true, num_args = 1..=1024)]
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

    /// Oldest report that counts: 24h, 90m or 7d; an older one is unknown.
    #[arg(long, value_name = "DURATION", value_parser = age)]
    pub max_age: Option<u64>,

    /// How much is printed.
    #[command(flatten)]
    pub talk: Quiet,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,

    /// Files that the answer is written to.
    #[command(flatten)]
    pub outputs: Outputs,
}

const HELP: &str = "\
It reads the files alone, and asks no host.

Examples:
  okv-host cluster okv1.json okv2.json
  okv-host cluster okv*.json --cluster-info info.json --max-age 24h

Exit status: 0 no blocker found; 1 a node is blocked or was disabled for too long; 2 usage error; 3 unknown; \
6 an --output file could not be written.";

/// In seconds.
fn age(text: &str) -> Result<u64, String> {
    let units = [('m', 60), ('h', 3600), ('d', DAY)];
    let read = units.into_iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)));
    let digits = read.filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()));
    let age = digits.and_then(|(number, seconds)| number.parse::<u64>().ok()?.checked_mul(seconds));
    age.filter(|age| *age > 0).ok_or_else(|| "a number of minutes, hours or days is needed: 90m, 24h, 7d".to_owned())
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_of_minutes_hours_or_days() {
        assert_eq!(["90m", "24h", "7d"].map(age), [Ok(5400), Ok(DAY), Ok(7 * DAY)]);
        for bad in [
            "",
            "h",
            "24",
            "0h",
            "-1h",
            "+1h",
            "1.5h",
            "24 h",
            "1w",
            "24H",
            "99999999999999999999d",
            "18446744073709551615d",
        ] {
            assert!(age(bad).is_err(), "{bad}");
        }
    }
}
