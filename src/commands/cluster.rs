//! `okv-host cluster`.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anstream::adapter::strip_str;
use anyhow::Result;

use super::columns::of_stdout;
use super::saved_report::{report as read_report, text, text_of};
use super::usage_error::UsageError;
use super::verdict::{exit, write_coloured};
use super::{outputs, target};
use crate::base::cause::cause;
use crate::base::versions::Version;
use crate::cli::{Cluster, OutputFormat, PlainFormat};
use crate::cluster::console::Answers;
use crate::cluster::{Cluster as Judged, Request, info, judge, saved};
use crate::engine::ExitStatus;
use crate::io::{input, sys};
use crate::profile::Profile;
use crate::report::{self, Columns, PluginLine};
use crate::subjects::console::facts::{info as server_info, status};

/// Longest answer of the management console, in bytes. What is read of a cluster as a tree takes thirty times that.
const LONGEST_ANSWER: u64 = 1 << 20;

pub(super) fn run(args: &Cluster) -> Result<ExitStatus> {
    outputs::verify(&args.outputs, &OutputFormat::ALL)?;
    let mut request = Request {
        names: args.node.clone(),
        disabled_since: args.disabled.clone(),
        max_age: args.max_age,
        now: sys::seconds_since_1970(),
        ..Request::default()
    };
    for path in &args.reports {
        match read_report(path, args.reports.len()) {
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
    request.info = args.cluster_info.as_deref().map(|path| {
        text(path, LONGEST_ANSWER)
            .and_then(|text| info::parse(&text))
            .map_err(|why| format!("{}: {why}", path.display()))
    });
    let profile = profile(&request.reports)?;
    request.warn_days = profile.certificate_warn_days;
    request.oldest_release = Version::parse(&profile.oldest_release);
    request.console = answers(args)?;
    let now = request.now;
    let cluster = judge(request);
    for (option, files) in [("--server-info", &args.server_info), ("--server-status", &args.server_status)] {
        each_on_another_node(option, files, &cluster)?;
    }
    let json = |out: &mut dyn Write| report::cluster_json(&mut BufWriter::new(out), &cluster, now);
    let written = outputs::write(&args.outputs, &|format| match format {
        OutputFormat::Json => {
            let mut bytes = Vec::new();
            json(&mut bytes).map(|()| bytes)
        }
        OutputFormat::Text => Ok(strip_str(&report::cluster_text(&cluster, Columns::PIPE)).to_string().into_bytes()),
        OutputFormat::Markdown => Ok(report::cluster_markdown(&cluster, now).into_bytes()),
        OutputFormat::Html => Ok(report::cluster_html(&cluster, now).into_bytes()),
        OutputFormat::Nagios => Ok(PluginLine::of_cluster(&cluster).line().into_bytes()),
        OutputFormat::Prometheus => {
            let made = report::made_of_cluster(&cluster, now);
            Ok(report::cluster_prometheus(&made, &cluster).into_bytes())
        }
    });
    let shown = match args.format {
        PlainFormat::Json => json(&mut io::stdout().lock()),
        PlainFormat::Text if args.talk.quiet => write_coloured(&report::cluster_line(&cluster)),
        PlainFormat::Text => write_coloured(&report::cluster_text(&cluster, of_stdout())),
    };
    written.end(shown.map_err(Into::into), exit(cluster.verdict))
}

/// The profile that the nodes were judged by; the usual one where that is a file of its own.
fn profile(reports: &[saved::Saved]) -> Result<Profile> {
    let by_reports = reports.first().and_then(|report| Profile::of_release(&report.profile).ok());
    by_reports.map_or_else(|| target::named(Profile::DEFAULT), Ok)
}

/// The saved answers of the console. One that cannot be opened is a usage error, one that cannot be understood a part
/// of the answer.
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
