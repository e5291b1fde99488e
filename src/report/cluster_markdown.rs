//! The report on a cluster, in Markdown: for a ticket.

use std::fmt::Write;

use super::cluster::{BY_SEVERITY, verdict_words};
use super::cluster_words::{could_not, in_its_way, next_words, place, shown, time_left, verdict_word};
use super::markdown::escaped;
use super::text::sentence;
use crate::base::dates::format_minute;
use crate::cluster::{Cluster, Node, Problem};
use crate::subjects::rule::Outcome;

/// The verdict, what to do next, the order, the nodes, and what is wrong.
pub fn cluster_markdown(cluster: &Cluster, now: u64) -> String {
    let release = cluster.profile.as_deref().unwrap_or("more than one release");
    let mut out = format!("# Cluster: upgrade to {}\n\n", escaped(release));
    let _ = writeln!(out, "**{}**\n", escaped(&verdict_words(cluster)));
    let _ = writeln!(out, "{}, okv-host {}\n", format_minute(now), env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "Next: {}", escaped(&next_words(cluster.next.as_ref())));
    problems(&mut out, cluster);
    out.push_str("\n## Order, one node at a time\n\n");
    match cluster.order.as_deref() {
        None => out.push_str("unknown: read-only nodes come first, then read-write pairs\n"),
        Some([]) => out.push_str("every node has the release already\n"),
        Some(steps) => {
            for (step, number) in steps.iter().zip(1_u32..) {
                let (node, place, state) = (escaped(&step.node), escaped(&place(step)), escaped(&in_its_way(step)));
                let _ = writeln!(out, "{number}. **{node}** ({place}): {state}");
            }
        }
    }
    out.push_str("\n## Nodes\n\n| node | mode | version | status | verdict | blocked by | unknown | waived |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    cluster.nodes.iter().for_each(|node| row(&mut out, node));
    let version = cluster.version.as_deref().unwrap_or("not known: that of a node is missing");
    let _ = writeln!(out, "\nCluster version: {}", escaped(version));
    let differences = cluster.differences.iter().flat_map(|difference| {
        let of = |value: &crate::cluster::Value| {
            format!("{}: {} ({})", difference.what, value.value, value.nodes.join(", "))
        };
        difference.values.iter().map(of)
    });
    list(&mut out, "Disabled", cluster.disabled.iter().map(time_left));
    list(&mut out, "Shown by the management console", cluster.console.iter().map(shown));
    list(&mut out, "What differs between nodes", differences);
    list(&mut out, "Not found, or assumed", cluster.not_found.iter().cloned());
    out
}

fn problems(out: &mut String, cluster: &Cluster) {
    let of_nodes = cluster.nodes.iter().flat_map(|node| {
        node.blockers.iter().map(|found| format!("block: {}: {}: {}", node.name, found.id, found.message))
    });
    let of_cluster = BY_SEVERITY.into_iter().flat_map(|(outcome, like)| {
        let problems = cluster.problems.iter().filter(move |problem| problem.verdict == outcome);
        let word = like.word();
        let problems = problems
            .map(move |Problem { id, message, remedy, .. }| format!("{word}: {id}: {message}. {}", sentence(remedy)));
        let is_unknown = move |node: &&Node| outcome == Outcome::Unknown && !node.unknown_by.is_empty();
        let nodes = cluster.nodes.iter().filter(is_unknown);
        problems.chain(nodes.map(move |node| format!("{word}: {}: {}", node.name, could_not(node))))
    });
    list(out, "What is in the way", of_nodes.chain(of_cluster));
}

fn list(out: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        let _ = writeln!(out, "\n## {title}\n");
        for item in &items {
            let _ = writeln!(out, "- {}", escaped(item));
        }
    }
}

fn row(out: &mut String, node: &Node) {
    let mode = node.mode.map_or("-", |mode| mode.word());
    let [version, status] = [&node.version, &node.status].map(|text| escaped(text.as_deref().unwrap_or("-")));
    let ids = [&node.blocked_by, &node.unknown_by, &node.waived].map(|ids| escaped(&ids.join(", ")));
    let (name, verdict) = (escaped(&node.name), verdict_word(node));
    let _ = writeln!(out, "| {name} | {mode} | {version} | {status} | {verdict} | {} |", ids.join(" | "));
}
