//! Words on a cluster that every format has.

use super::text::sentence;
use crate::base::dates::format_minute;
use crate::cluster::{Cluster, Console, Disabled, Next, Node, Step};
use crate::subjects::rule::Outcome;

/// What to do next, and what it is for.
pub(super) fn next_words(next: Option<&Next>) -> String {
    let Some(next) = next else { return "nothing: every node has the release".to_owned() };
    let what_for = match (&next.node, next.what_for.join(", ")) {
        (_, ids) if ids.is_empty() => String::new(),
        (Some(node), ids) => format!("{node}, {ids}: "),
        (None, ids) => format!("{ids}: "),
    };
    let what = match &next.node {
        Some(node) => format!("On {node}, run: {}", next.what),
        None => sentence(&next.what),
    };
    format!("{what_for}{what}")
}

/// Why a node has its place in the order.
pub(super) fn place(step: &Step) -> String {
    let pair = step.pair.as_ref().map_or_else(String::new, |pair| format!(", paired with {pair}"));
    format!("{}{pair}", step.mode.word())
}

/// What is in the way of a node's turn.
pub(super) fn in_its_way(step: &Step) -> String {
    let blocked = named("blocked by", &step.blocked_by);
    let unknown = named("unknown:", &step.unknown_by);
    let parts: Vec<String> = [blocked, unknown].into_iter().flatten().collect();
    if parts.is_empty() { "no blocker".to_owned() } else { parts.join("; ") }
}

fn named(what: &str, ids: &[String]) -> Option<String> {
    (!ids.is_empty()).then(|| format!("{what} {}", ids.join(", ")))
}

pub(super) fn shown(console: &Console) -> String {
    let dates = [
        ("CA", &console.ca_expires),
        ("platform certificates", &console.platform_expires),
        ("server certificate", &console.server_expires),
    ];
    let dates = dates.into_iter().filter_map(|(what, until)| Some(format!("{what} until {}", until.as_ref()?)));
    let all: Vec<String> = dates.chain(console.shown.iter().cloned()).collect();
    format!("{}: {}", console.node, all.join("; "))
}

pub(super) fn time_left(disabled: &Disabled) -> String {
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

/// Whether nothing is in the way.
pub(super) fn is_whole(cluster: &Cluster) -> bool {
    cluster.problems.is_empty()
        && cluster.nodes.iter().all(|node| node.blockers.is_empty() && node.unknown_by.is_empty())
}

pub(super) fn could_not(node: &Node) -> String {
    format!("could not be judged: {}", node.unknown_by.join(", "))
}

/// The verdict on a node.
pub(super) fn verdict_word(node: &Node) -> &'static str {
    match node.verdict {
        // A report says nothing of what remains to be confirmed.
        Some(Outcome::Ready) => "no blocker",
        Some(outcome) => outcome.word(),
        None => "no report",
    }
}
