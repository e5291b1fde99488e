//! The reports of `cluster`.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;

use super::cluster_words::{could_not, in_its_way, is_whole, next_words, place, shown, time_left, verdict_word};
use super::findings::{INDENT, style, verdict, word};
use super::made::{self, Made, Read};
use super::text::{Columns, Page, clean, cut, padded, sentence, wrap};
use crate::base::units::count;
use crate::cluster::{Cluster, Next, Node, Step};
use crate::subjects::rule::{Outcome, Verdict};

/// Verdicts on problems in the order in which a reader needs them; one that only warns leaves the cluster ready.
pub(super) const BY_SEVERITY: [(Outcome, Verdict); 3] =
    [(Outcome::Blocked, Verdict::Block), (Outcome::Unknown, Verdict::Unknown), (Outcome::Ready, Verdict::Warn)];
/// Widths of the columns of nodes: name, mode, version, status. What comes last needs ten cells more.
const WIDTHS: [usize; 4] = [22, 12, 16, 14];
/// The same on a narrower page.
const NARROW: [usize; 4] = [16, 11, 12, 10];

/// The report on a cluster, with colours that a terminal understands (the writer strips them elsewhere): the answer,
/// what blocks, the order and what to do next come first, and what shows it below.
pub fn cluster_text(cluster: &Cluster, columns: Columns) -> String {
    let mut out = Page::new(columns);
    let release = cluster.profile.as_deref().unwrap_or("more than one release");
    wrap(&mut out, &format!("{}  upgrade to {release}", count(cluster.nodes.len(), "node")), 0, 2);
    let (words, style, rest) = words(cluster);
    let _ = write!(out, "{style}{words}{style:#}");
    wrap(&mut out, &rest, words.len(), 2);
    out.push('\n');
    entries(&mut out, cluster);
    order(&mut out, cluster.order.as_deref());
    next(&mut out, cluster.next.as_ref());
    out.push('\n');
    row(&mut out, ["node", "mode", "version", "status"].map(str::to_owned));
    out.push_str("verdict\n");
    cluster.nodes.iter().for_each(|node| line_of(&mut out, node));
    for node in cluster.nodes.iter().filter(|node| !node.waived.is_empty()) {
        item(&mut out, &format!("{}: waived: {}", node.name, node.waived.join(", ")));
    }
    let version = cluster.version.as_deref().unwrap_or("not known: that of a node is missing");
    out.push('\n');
    wrap(&mut out, &format!("cluster version: {version}"), 0, 4);
    if !cluster.disabled.is_empty() {
        out.push_str("\ndisabled\n");
        cluster.disabled.iter().for_each(|disabled| item(&mut out, &time_left(disabled)));
    }
    if !cluster.console.is_empty() {
        out.push_str("\nshown by the management console\n");
        cluster.console.iter().for_each(|console| item(&mut out, &shown(console)));
    }
    if !cluster.differences.is_empty() {
        out.push_str("\nwhat differs between nodes\n");
        for difference in &cluster.differences {
            item(&mut out, &difference.what);
            for value in &difference.values {
                out.push_str("      ");
                wrap(&mut out, &format!("{}: {}", value.nodes.join(", "), value.value), 6, 8);
            }
        }
    }
    if !cluster.not_found.is_empty() {
        out.push_str("\nnot found, or assumed\n");
        cluster.not_found.iter().for_each(|what| item(&mut out, what));
    }
    out.into_text()
}

/// The verdict with its counts, in one line of any length.
pub fn cluster_line(cluster: &Cluster) -> String {
    let (words, style, rest) = words(cluster);
    format!("{style}{words}{style:#}{}\n", clean(&rest))
}

/// The same without colours or the end of a line.
pub(super) fn verdict_words(cluster: &Cluster) -> String {
    let (words, _, rest) = words(cluster);
    format!("{words}{rest}")
}

/// The verdict, and the counts.
pub(super) fn verdict_parts(cluster: &Cluster) -> (&'static str, String) {
    let (words, _, rest) = words(cluster);
    (words, rest.trim_start_matches(": ").to_owned())
}

/// The verdict, how it is shown, and the counts.
fn words(cluster: &Cluster) -> (&'static str, Style, String) {
    let is_upgraded = cluster.order.as_ref().is_some_and(Vec::is_empty);
    let words = match cluster.verdict {
        Outcome::Blocked => "CANNOT BE UPGRADED",
        Outcome::Unknown => "CANNOT DETERMINE WHETHER IT CAN BE UPGRADED",
        Outcome::Ready if is_upgraded => "EVERY NODE IS UPGRADED",
        Outcome::Ready => "NO BLOCKER FOUND",
    };
    let all = cluster.nodes.len();
    let left = cluster.order.as_ref();
    let is_blocked = |node: &&Node| {
        let turn = left.and_then(|steps| steps.iter().find(|step| step.node == node.name));
        turn.map(|step| step.verdict).or(node.verdict) == Some(Outcome::Blocked)
    };
    let nodes = |is: &dyn Fn(&&Node) -> bool| cluster.nodes.iter().filter(is).count();
    let blocked = nodes(&is_blocked);
    let unknown = nodes(&|node| node.verdict == Some(Outcome::Unknown) && !is_blocked(node));
    let upgraded = left.map_or(0, |steps| all.saturating_sub(steps.len()));
    let problems = |verdict| cluster.problems.iter().filter(|problem| problem.verdict == verdict).count();
    let parts = [
        (blocked, "blocked"),
        (unknown, "unknown"),
        (nodes(&|node| node.verdict.is_none()), "without a report"),
        (upgraded, "with the release already"),
    ];
    let mut parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if let Some(first) = parts.first_mut() {
        *first = format!("of {}, {first}", count(all, "node"));
    }
    let (unclear, warnings) = (problems(Outcome::Unknown), problems(Outcome::Ready));
    // One that blocks is of a node, which is counted above unless it has the release.
    let blocking = if blocked == 0 { problems(Outcome::Blocked) } else { 0 };
    let of_cluster = [
        (blocking, count(blocking, "blocker")),
        (unclear, count(unclear, "open question")),
        (warnings, count(warnings, "warning")),
    ];
    parts.extend(of_cluster.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words));
    let rest = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    (words, verdict(cluster.verdict).1.bold(), rest)
}

/// What blocks, is unknown, or is not as it should be.
fn entries(out: &mut Page, cluster: &Cluster) {
    let of = |outcome| cluster.problems.iter().filter(move |problem| problem.verdict == outcome);
    for node in &cluster.nodes {
        for found in &node.blockers {
            entry(out, Verdict::Block, &node.name, &format!("{}: {}", found.id, found.message));
        }
    }
    for (outcome, like) in BY_SEVERITY {
        for problem in of(outcome) {
            entry(out, like, problem.id, &problem.message);
            out.blank(INDENT);
            wrap(out, &sentence(&problem.remedy), INDENT, INDENT);
        }
        if outcome == Outcome::Unknown {
            for node in cluster.nodes.iter().filter(|node| !node.unknown_by.is_empty()) {
                entry(out, like, &node.name, &could_not(node));
            }
        }
    }
    if !is_whole(cluster) {
        out.push('\n');
    }
}

fn entry(out: &mut Page, like: Verdict, what: &str, text: &str) {
    let style = style(like);
    let _ = write!(out, "{style}{:<7}{style:#} ", word(like).to_uppercase());
    wrap(out, &format!("{what}: {text}"), INDENT, INDENT);
}

fn next(out: &mut Page, next: Option<&Next>) {
    out.push_str("\nNext    ");
    wrap(out, &next_words(next), INDENT, INDENT);
}

/// Writes the report on a cluster as JSON.
///
/// # Errors
/// What the writer says.
pub fn cluster_json(out: &mut impl Write, cluster: &Cluster, now: u64) -> io::Result<()> {
    made::write(out, Cluster::SCHEMA, &made_of(cluster, now), cluster)
}

/// How a report on a cluster is made.
pub fn made_of(cluster: &Cluster, now: u64) -> Made {
    Made {
        profile: cluster.profile.clone(),
        profile_sha256: cluster.profile_sha256.clone(),
        ..Made::at(Some(now), None, Read::Reports)
    }
}

fn item(out: &mut Page, text: &str) {
    out.push_str("  ");
    wrap(out, text, 2, 6);
}

fn row(out: &mut Page, columns: [String; 4]) {
    let widths = if out.columns.count() < Columns::PIPE.count() { NARROW } else { WIDTHS };
    for (text, width) in columns.iter().zip(widths) {
        out.push_str(&padded(&cut(text, width.saturating_sub(1)), width));
    }
}

fn line_of(out: &mut Page, node: &Node) {
    let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let mode = node.mode.map(|mode| mode.word());
    row(out, [node.name.clone(), or_dash(mode), or_dash(node.version.as_deref()), or_dash(node.status.as_deref())]);
    let style = node.verdict.map_or_else(Style::new, |outcome| verdict(outcome).1);
    let _ = writeln!(out, "{style}{}{style:#}", verdict_word(node));
}

fn order(out: &mut Page, order: Option<&[Step]>) {
    out.push_str("Order, one node at a time\n");
    match order {
        None => item(out, "unknown: read-only nodes come first, then read-write pairs"),
        Some([]) => item(out, "every node has the release already"),
        Some(steps) => {
            for (step, number) in steps.iter().zip(1_u32..) {
                item(out, &format!("{number}. {} ({}): {}", step.node, place(step), in_its_way(step)));
            }
        }
    }
}
