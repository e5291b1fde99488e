//! The reports of `cluster`.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::findings::verdict;
use super::text::{Columns, Page, cut, padded, wrap};
use crate::base::dates::format_minute;
use crate::base::units::count;
use crate::cluster::{Cluster, Console, Disabled, Node, Step};
use crate::subjects::rule::Outcome;

/// Widths of the columns of nodes: name, mode, version, status.
const WIDTHS: [usize; 4] = [22, 12, 16, 14];

/// The report on a cluster, with colours that a terminal understands (the writer strips them elsewhere).
pub fn cluster_text(cluster: &Cluster, columns: Columns) -> String {
    let release = cluster.profile.as_deref().unwrap_or("more than one");
    let mut out = Page::new(columns);
    wrap(&mut out, &format!("{}, against release {release}", count(cluster.nodes.len(), "node")), 0, 4);
    out.push('\n');
    row(&mut out, ["node", "mode", "version", "status"].map(str::to_owned));
    out.push_str("verdict\n");
    cluster.nodes.iter().for_each(|node| line_of(&mut out, node));
    let version = cluster.version.as_deref().unwrap_or("not known: that of a node is missing");
    out.push('\n');
    wrap(&mut out, &format!("cluster version: {version}"), 0, 4);
    order(&mut out, cluster.order.as_deref());
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
    if !cluster.problems.is_empty() {
        out.push_str("\nproblems\n");
        for problem in &cluster.problems {
            let word = if problem.verdict == Outcome::Ready { "warn" } else { problem.verdict.word() };
            item(&mut out, &format!("{word}: {}: {}", problem.id, problem.message));
        }
    }
    if !cluster.not_found.is_empty() {
        out.push_str("\nnot found, or assumed\n");
        cluster.not_found.iter().for_each(|what| item(&mut out, what));
    }
    let (word, style) = verdict(cluster.verdict);
    let _ = writeln!(out, "\nverdict: {style}{word}{style:#}");
    out.into_text()
}

/// Writes the report on a cluster as JSON.
///
/// # Errors
/// What the writer says.
pub fn cluster_json(out: &mut impl Write, cluster: &Cluster) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, cluster)?;
    out.write_all(b"\n")
}

fn item(out: &mut Page, text: &str) {
    out.push_str("  ");
    wrap(out, text, 2, 6);
}

fn row(out: &mut Page, columns: [String; 4]) {
    for (text, width) in columns.iter().zip(WIDTHS) {
        out.push_str(&padded(&cut(text, width.saturating_sub(1)), width));
    }
}

fn line_of(out: &mut Page, node: &Node) {
    let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let mode = node.mode.map(|mode| mode.word());
    row(out, [node.name.clone(), or_dash(mode), or_dash(node.version.as_deref()), or_dash(node.status.as_deref())]);
    match node.verdict {
        Some(outcome) => {
            let (word, style) = verdict(outcome);
            let _ = writeln!(out, "{style}{word}{style:#}");
        }
        None => out.push_str("no report\n"),
    }
    if !node.blocked_by.is_empty() {
        out.push_str("    ");
        wrap(out, &format!("blocked by {}", node.blocked_by.join(", ")), 4, 8);
    }
}

fn order(out: &mut Page, order: Option<&[Step]>) {
    out.push_str("\norder of the upgrade, one node at a time\n");
    match order {
        None => item(out, "unknown: read-only nodes come first, then read-write pairs"),
        Some([]) => item(out, "every node has the release already"),
        Some(steps) => {
            for (step, number) in steps.iter().zip(1_u32..) {
                let pair = step.pair.as_ref().map_or_else(String::new, |pair| format!(", paired with {pair}"));
                let wait = match step.verdict {
                    Outcome::Ready => String::new(),
                    other => format!("; it is {}", other.word()),
                };
                item(out, &format!("{number}. {} ({}{pair}){wait}", step.node, step.mode.word()));
            }
        }
    }
}

fn shown(console: &Console) -> String {
    let dates = [
        ("CA", &console.ca_expires),
        ("platform certificates", &console.platform_expires),
        ("server certificate", &console.server_expires),
    ];
    let dates = dates.into_iter().filter_map(|(what, until)| Some(format!("{what} until {}", until.as_ref()?)));
    let all: Vec<String> = dates.chain(console.shown.iter().cloned()).collect();
    format!("{}: {}", console.node, all.join("; "))
}

fn time_left(disabled: &Disabled) -> String {
    let node = &disabled.node;
    match (disabled.until_seconds, disabled.left_seconds) {
        (Some(until), Some(0)) => format!("{node}: its time ended at {}", format_minute(until)),
        (Some(until), Some(left)) => {
            let (hours, minutes) = (left / 3600, left % 3600 / 60);
            format!("{node}: {hours} h {minutes} min left, until {}", format_minute(until))
        }
        _ => format!("{node}: how long it may stay so is unknown"),
    }
}
