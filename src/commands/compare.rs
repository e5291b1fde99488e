//! `okv-host compare`.

use std::io;

use anyhow::{Result, anyhow, bail};

use super::columns::of_stdout;
use super::saved_report::report as read;
use super::verdict::write_coloured;
use crate::cli::{Compare, PlainFormat};
use crate::compare::{Change, NotComparable, compare};
use crate::engine::ExitStatus;
use crate::report;

pub(super) fn run(args: &Compare) -> Result<ExitStatus> {
    let [before, after] = [&args.before, &args.after].map(|path| {
        read(path, 2).map_err(|why| format!("cannot read {}: {why}", path.display().to_string().escape_debug()))
    });
    let (before, after) = match (before, after) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let why: Vec<String> = [before.err(), after.err()].into_iter().flatten().collect();
            let how = "Make a report on the node: okv-host check --format json > REPORT.json";
            bail!("{}. {how}", why.join("; "));
        }
    };
    let found = compare(&before, &after).map_err(|why| {
        let why = match why {
            NotComparable::Hosts { before, after } => {
                format!("hosts: {}, then {}", before.escape_debug(), after.escape_debug())
            }
            NotComparable::Machines { host } => {
                format!("machines with the name {}: product UUID and /etc/machine-id differ", host.escape_debug())
            }
        };
        anyhow!("the reports are of different {why}. Compare two reports of one node.")
    })?;
    match args.format {
        PlainFormat::Json => report::compare_json(&mut io::BufWriter::new(io::stdout().lock()), &found)?,
        PlainFormat::Text if args.talk.quiet => write_coloured(&report::compare_line(&found))?,
        PlainFormat::Text => write_coloured(&report::compare_text(&found, of_stdout()))?,
    }
    Ok(if found.outcome == Change::Worse { ExitStatus::Blocked } else { ExitStatus::Success })
}
