//! `okv-host cluster`.

use std::io::{self, Read};
use std::path::Path;

use anyhow::Result;

use super::columns::of_stdout;
use super::usage_error::UsageError;
use super::verdict::{exit, write_coloured};
use crate::base::cause::cause;
use crate::cli::{Cluster, PlainFormat};
use crate::cluster::{Request, info, judge, saved};
use crate::engine::ExitStatus;
use crate::io::{input, sys};
use crate::report;

/// Longest file that is read, in bytes.
const LONGEST: u64 = 8 << 20;

pub(super) fn run(args: &Cluster) -> Result<ExitStatus> {
    let mut request = Request {
        names: args.node.clone(),
        disabled_since: args.disabled.clone(),
        now: sys::seconds_since_1970(),
        ..Request::default()
    };
    for path in &args.reports {
        match text(path).and_then(|text| saved::parse(&text)) {
            Ok(report) => request.reports.push(report),
            Err(why) => request.unreadable.push(format!("{}: {why}", path.display())),
        }
    }
    if request.reports.is_empty() {
        let why = request.unreadable.join("; ");
        let how = "Make one on each node: okv-host check --format json > NODE.json";
        return Err(UsageError(format!("none of these is a report on a node: {why}. {how}")).into());
    }
    if let Some((host, _)) = args.node.iter().find(|(host, _)| request.reports.iter().all(|r| r.host != *host)) {
        let hosts: Vec<String> = request.reports.iter().map(|r| r.host.escape_debug().to_string()).collect();
        let hosts = hosts.join(", ");
        return Err(
            UsageError(format!("--node {host}=...: none of the reports is on {host}. They are on {hosts}")).into()
        );
    }
    if let Some((node, _)) = args.disabled.iter().find(|(_, since)| *since > request.now) {
        return Err(UsageError(format!("--disabled {node}=...: that time is to come")).into());
    }
    request.info = args
        .cluster_info
        .as_deref()
        .map(|path| text(path).and_then(|text| info::parse(&text)).map_err(|why| format!("{}: {why}", path.display())));
    let cluster = judge(request);
    match args.format {
        PlainFormat::Json => report::cluster_json(&mut io::BufWriter::new(io::stdout().lock()), &cluster)?,
        PlainFormat::Text if args.talk.quiet => write_coloured(&report::cluster_line(&cluster))?,
        PlainFormat::Text => write_coloured(&report::cluster_text(&cluster, of_stdout()))?,
    }
    Ok(exit(cluster.verdict))
}

fn text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = input::open(path).and_then(|file| file.take(LONGEST.saturating_add(1)).read_to_end(&mut bytes));
    read.map_err(|e| cause(&e))?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("it is larger than {LONGEST} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())
}
