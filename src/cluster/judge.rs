//! Puts together what the reports and the cluster say.

use super::console::{Answers, Clock, console};
use super::info::{Info, NodeInfo};
use super::order::{NO_REPORT, TOO_LONG};
use super::saved::Saved;
use super::{
    Cluster, Disabled, Node, Problem, differences, disabled, made, next_action, one_at_a_time, order, releases,
};
use crate::base::dates::format_minute;
use crate::base::versions::Version;
use crate::subjects::rule::Outcome;

/// What to do where a report is missing.
const MAKE_IT: &str = "Make it on the node: okv-host check --format json > NODE.json";

#[derive(Debug, Default)]
pub struct Request {
    /// The reports that could be read.
    pub reports: Vec<Saved>,
    /// Reports that could not, and why.
    pub unreadable: Vec<String>,
    /// What the cluster says of itself, where it was given; or why it could not be read.
    pub info: Option<Result<Info, String>>,
    /// Hosts, and the names of their nodes in the cluster where they differ.
    pub names: Vec<(String, String)>,
    /// Nodes, and since when they are disabled, in seconds since 1970-01-01 UTC; counts before what the cluster says.
    pub disabled_since: Vec<(String, u64)>,
    /// Saved answers of the management console, one for each node at most.
    pub console: Vec<Answers>,
    /// From how many days before its end a certificate is close to expiry.
    pub warn_days: u64,
    /// The oldest release that can be upgraded from.
    pub oldest_release: Option<Version>,
    /// The longest age of a report in seconds, where that matters.
    pub max_age: Option<u64>,
    /// Now, in seconds since 1970-01-01 UTC.
    pub now: u64,
}

pub fn judge(mut request: Request) -> Cluster {
    let unreadable = |why: &String| Problem::new("report-unreadable", Outcome::Unknown, why.clone(), MAKE_IT);
    let mut problems: Vec<Problem> = request.unreadable.iter().map(unreadable).collect();
    let (info, is_given) = match request.info.take() {
        Some(Ok(info)) => (info, true),
        Some(Err(why)) => {
            let message = format!("cluster information: {why}");
            let remedy = "Save again what okv cluster info get prints, and name that file with --cluster-info.";
            problems.push(Problem::new("info-unreadable", Outcome::Unknown, message, remedy));
            (Info::default(), false)
        }
        None => (Info::default(), false),
    };
    drop_copies(&mut request.reports, &mut problems);
    let mut nodes = put_together(&request, &info, is_given, &mut problems);
    find_pairs(&mut nodes, &info.nodes);
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    let profile = profile(&request.reports, &mut problems);
    made::mark_old(&request.reports, (request.max_age, request.now), &mut nodes, &mut problems);
    made::compare(&request.reports, &nodes, &mut problems);
    let target = profile.as_deref().and_then(Version::parse);
    let version = lowest(&nodes, &info, &mut problems);
    let disabled = disabled_nodes(&nodes, &info, &request, &mut problems);
    let mut order = order::order(&nodes, target.as_ref(), &disabled).filter(|_| !nodes.is_empty());
    if let Some(order) = &mut order {
        one_at_a_time::wait_for(&nodes, &disabled, target.as_ref(), order, &mut problems);
    }
    releases::judge(&nodes, request.oldest_release.as_ref(), target.as_ref(), &mut problems);
    if order.is_none() && is_given {
        let message = "the mode (read-only or read-write) of some nodes was not found: the order is not known";
        let remedy = "Look up the modes in the management console. Upgrade read-only nodes first, then the pairs.";
        problems.push(Problem::new("mode-not-told", Outcome::Unknown, message, remedy));
    }
    let clock = Clock { now: request.now, warn_days: request.warn_days };
    let console = console(&request.console, &nodes, clock, &mut problems);
    let verdicts = nodes.iter().filter_map(|node| node.verdict).chain(problems.iter().map(|problem| problem.verdict));
    let verdict = worst(verdicts.collect(), nodes.is_empty());
    let mut not_found = info.not_found.clone();
    not_found.extend(disabled.iter().filter_map(|disabled| describe_gap(disabled, &info, &request)));
    if !is_given {
        not_found.push("what the cluster shows of itself: --cluster-info adds the order and the times".into());
    }
    Cluster {
        next: next_action::next(&problems, &nodes, order.as_deref()),
        profile,
        profile_sha256: made::profile_sum(&request.reports),
        verdict,
        version,
        order,
        differences: differences::differences(&request.reports, &nodes),
        disabled,
        console,
        problems,
        not_found,
        nodes,
    }
}

fn worst(verdicts: Vec<Outcome>, nothing: bool) -> Outcome {
    if verdicts.contains(&Outcome::Blocked) {
        Outcome::Blocked
    } else if nothing || verdicts.contains(&Outcome::Unknown) {
        Outcome::Unknown
    } else {
        Outcome::Ready
    }
}

/// Of several reports on one host none can be trusted to be the last one.
fn drop_copies(reports: &mut Vec<Saved>, problems: &mut Vec<Problem>) {
    let mut hosts: Vec<String> = Vec::new();
    reports.retain(|report| {
        let is_new = !hosts.contains(&report.host);
        if is_new {
            hosts.push(report.host.clone());
        } else {
            let message = format!("there is more than one report on {}; the first was taken", report.host);
            let remedy = format!("Name only the last report on {}.", report.host);
            problems.push(Problem::new("report-twice", Outcome::Unknown, message, remedy));
        }
        is_new
    });
}

/// Every node: those of the cluster with their reports, and reports on hosts that the cluster does not name.
fn put_together(request: &Request, info: &Info, is_given: bool, problems: &mut Vec<Problem>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut used = vec![false; request.reports.len()];
    for node in &info.nodes {
        let mut reports = request.reports.iter().zip(used.iter_mut());
        let report = reports.find(|(report, used)| !**used && is_of(&report.host, &node.name, &request.names));
        let report = report.map(|(report, used)| {
            *used = true;
            report
        });
        if report.is_none() {
            let name = &node.name;
            let message =
                format!("there is no report on node {name}; where its host has another name, give --node HOST={name}");
            let remedy = format!("Run on {name}: okv-host check --format json > {name}.json");
            problems.push(Problem::new(NO_REPORT, Outcome::Unknown, message, remedy));
        }
        if let (Some(said), Some(told)) = (report.and_then(|r| r.release.as_ref()), &node.version)
            && Version::parse(said) != Version::parse(told)
        {
            let message =
                format!("node {} has release {said}, and {told} by the cluster: one of the files is older", node.name);
            let remedy = "Make the report and the cluster information again.";
            problems.push(Problem::new("version-differs", Outcome::Ready, message, remedy));
        }
        nodes.push(Node::new(report, Some(node)));
    }
    for (report, _) in request.reports.iter().zip(&used).filter(|(_, used)| !**used) {
        if is_given {
            let message = format!("{} is no node that the cluster names", report.host);
            let remedy = format!("Name its node with --node {}=NODE, or leave its report out.", report.host);
            problems.push(Problem::new("not-in-cluster", Outcome::Unknown, message, remedy));
        }
        nodes.push(Node::new(Some(report), None));
    }
    nodes
}

/// Whether the report on `host` is that of the node: by the names given, or else by name, with or without domain.
fn is_of(host: &str, node: &str, names: &[(String, String)]) -> bool {
    if let Some((_, name)) = names.iter().find(|(of, _)| of == host) {
        return name == node;
    }
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    host.eq_ignore_ascii_case(node) || short(host) == short(node)
}

/// Two nodes are a pair where one names the other, or both name the same. A name that several share is none.
fn find_pairs(nodes: &mut [Node], info: &[NodeInfo]) {
    let told = |name: &str| info.iter().find(|node| node.name == name).and_then(|node| node.pair.as_deref());
    let names: Vec<String> = nodes.iter().map(|node| node.name.clone()).collect();
    for node in nodes.iter_mut() {
        let mine = told(&node.name);
        let partners: Vec<&String> = names
            .iter()
            .filter(|other| **other != node.name)
            .filter(|other| {
                let theirs = told(other);
                mine == Some(other) || theirs == Some(&node.name) || (mine.is_some() && mine == theirs)
            })
            .collect();
        if let [partner] = partners.as_slice() {
            node.pair = Some((*partner).clone());
        }
    }
}

fn profile(reports: &[Saved], problems: &mut Vec<Problem>) -> Option<String> {
    let first = reports.first()?;
    if reports.iter().all(|report| report.profile == first.profile) {
        return Some(first.profile.clone());
    }
    let message = "the nodes were judged by profiles of different releases: check them again by one";
    let remedy = "Run on each node: okv-host check --profile RELEASE --format json > NODE.json";
    problems.push(Problem::new("profiles-differ", Outcome::Unknown, message, remedy));
    None
}

/// The lowest version of the nodes.
fn lowest(nodes: &[Node], info: &Info, problems: &mut Vec<Problem>) -> Option<String> {
    let versions: Option<Vec<(Version, &Node)>> =
        nodes.iter().map(|node| Some((node.parsed_version()?, node))).collect();
    let (lowest, node) = versions?.into_iter().min_by(|(a, _), (b, _)| a.cmp(b))?;
    if let Some(said) = info.version.as_deref().filter(|said| Version::parse(said).is_none_or(|said| said != lowest)) {
        let message = format!("the version of the cluster is {said}, and the lowest of its nodes is {lowest}");
        let remedy = "Compare the versions under Cluster, Management in the management console.";
        problems.push(Problem::new("cluster-version-differs", Outcome::Ready, message, remedy));
    }
    node.version.clone()
}

fn disabled_nodes(nodes: &[Node], info: &Info, request: &Request, problems: &mut Vec<Problem>) -> Vec<Disabled> {
    let given = |name: &str| request.disabled_since.iter().find(|(node, _)| node == name).map(|(_, since)| *since);
    let told = |name: &str| info.nodes.iter().find(|node| node.name == name).and_then(|node| node.disabled_since);
    for (name, _) in request.disabled_since.iter().filter(|(name, _)| !nodes.iter().any(|node| node.name == *name)) {
        let message = format!("--disabled names {name}, and there is no such node");
        problems.push(Problem::new("no-such-node", Outcome::Unknown, message, "Name a node of the cluster."));
    }
    let mut found = Vec::new();
    for node in nodes.iter().filter(|node| node.is_disabled() || given(&node.name).is_some()) {
        let since = given(&node.name).or_else(|| told(&node.name).map(|moment| moment.second));
        let disabled = disabled::disabled(&node.name, since, info.longest_disabled, request.now);
        if let (Some(until), Some(0)) = (disabled.until_seconds, disabled.left_seconds) {
            let name = &node.name;
            let message = format!("{name} was disabled for too long: its time ended at {}", format_minute(until));
            let remedy = format!("Delete {name} from the cluster in the management console, and add a new node.");
            problems.push(Problem::new(TOO_LONG, Outcome::Blocked, message, remedy));
        }
        found.push(disabled);
    }
    if found.len() > 1 {
        let names: Vec<&str> = found.iter().map(|disabled| disabled.node.as_str()).collect();
        let message = format!("more than one node is disabled at a time: {}", names.join(", "));
        let remedy = "Enable all of them but one.";
        problems.push(Problem::new("several-disabled", Outcome::Ready, message, remedy));
    }
    found
}

/// What is missing to tell how long a node may yet be disabled, or was assumed.
fn describe_gap(disabled: &Disabled, info: &Info, request: &Request) -> Option<String> {
    let name = &disabled.node;
    if disabled.since_seconds.is_none() {
        return Some(format!("since when node {name} is disabled: give --disabled {name}=TIME"));
    }
    let is_given = request.disabled_since.iter().any(|(node, _)| node == name);
    let told = info.nodes.iter().find(|node| node.name == *name).and_then(|node| node.disabled_since);
    told.filter(|told| !told.has_zone && !is_given)
        .map(|_| format!("the time zone of the time since when node {name} is disabled: UTC was taken"))
}

#[cfg(test)]
mod tests;
