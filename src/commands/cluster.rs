//! `okv-host cluster`.

use std::io::{self, Read};
use std::path::Path;

use anyhow::Result;

use super::columns::of_stdout;
use super::target;
use super::usage_error::UsageError;
use super::verdict::{exit, write_coloured};
use crate::base::cause::cause;
use crate::cli::{Cluster, PlainFormat};
use crate::cluster::console::Answers;
use crate::cluster::{Cluster as Judged, Request, info, judge, saved};
use crate::engine::ExitStatus;
use crate::io::{input, sys};
use crate::profile::Profile;
use crate::report;
use crate::subjects::console::facts::{info as server_info, status};

/// Longest report or cluster information that is read, in bytes.
const LONGEST: u64 = 8 << 20;
/// Longest answer on one server.
const LONGEST_ANSWER: u64 = 1 << 20;

pub(super) fn run(args: &Cluster) -> Result<ExitStatus> {
    let mut request = Request {
        names: args.node.clone(),
        disabled_since: args.disabled.clone(),
        max_age: args.max_age,
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
    request.warn_days = warn_days(&request.reports)?;
    request.console = answers(args)?;
    let now = request.now;
    let cluster = judge(request);
    for (option, files) in [("--server-info", &args.server_info), ("--server-status", &args.server_status)] {
        each_on_another_node(option, files, &cluster)?;
    }
    match args.format {
        PlainFormat::Json => report::cluster_json(&mut io::BufWriter::new(io::stdout().lock()), &cluster, now)?,
        PlainFormat::Text if args.talk.quiet => write_coloured(&report::cluster_line(&cluster))?,
        PlainFormat::Text => write_coloured(&report::cluster_text(&cluster, of_stdout()))?,
    }
    Ok(exit(cluster.verdict))
}

/// The days of the profile that the nodes were judged by; those of the usual one where that is a file of its own.
fn warn_days(reports: &[saved::Saved]) -> Result<u64> {
    let by_reports = reports.first().and_then(|report| Profile::of_release(&report.profile).ok());
    Ok(by_reports.map_or_else(|| target::named(Profile::DEFAULT), Ok)?.certificate_warn_days)
}

/// The saved answers of the console. One that cannot be opened is a usage error, one that cannot be understood a part of
/// the answer.
fn answers(args: &Cluster) -> Result<Vec<Answers>, UsageError> {
    let read = |option: &str, path: &str| {
        let file = input::open(Path::new(path)).map_err(|e| UsageError(format!("{option} {path}: {}", cause(&e))))?;
        Ok::<_, UsageError>(text_of(file, LONGEST_ANSWER).map_err(|why| format!("{path}: {why}")))
    };
    let in_file = |path: &str, why: String| format!("{path}: {why}");
    let mut all = Vec::new();
    for (node, path) in &args.server_info {
        let text = read("--server-info", path)?;
        let info = text.and_then(|text| server_info::parse(&text).map_err(|why| in_file(path, why)));
        all.push(Answers { node: node.clone(), info: Some(info), status: None });
    }
    for (node, path) in &args.server_status {
        let text = read("--server-status", path)?;
        let status = Some(text.and_then(|text| status::parse(&text).map_err(|why| in_file(path, why))));
        match all.iter_mut().find(|answers| answers.node == *node) {
            Some(answers) => answers.status = status,
            None => all.push(Answers { node: node.clone(), info: None, status }),
        }
    }
    Ok(all)
}

/// Each names a node of the cluster, and no two the same one.
fn each_on_another_node(option: &str, files: &[(String, String)], cluster: &Judged) -> Result<(), UsageError> {
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in files {
        let Some(node) = cluster.nodes.iter().find(|node| node.is_called(name)) else {
            let nodes: Vec<String> = cluster.nodes.iter().map(|node| node.name.escape_debug().to_string()).collect();
            let nodes = nodes.join(", ");
            return Err(UsageError(format!("{option} {name}=...: there is no such node. The nodes are {nodes}")));
        };
        if seen.contains(&node.name.as_str()) {
            return Err(UsageError(format!("{option} {name}=...: there is more than one file on this node")));
        }
        seen.push(&node.name);
    }
    Ok(())
}

fn text(path: &Path) -> Result<String, String> {
    input::open(path).map_err(|e| cause(&e)).and_then(|file| text_of(file, LONGEST))
}

fn text_of(file: impl Read, longest: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    file.take(longest.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| cause(&e))?;
    if bytes.len() as u64 > longest {
        return Err(format!("it is larger than {longest} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())
}
