//! The order of the upgrade: read-only nodes first, then read-write pairs, one node at a time.

use serde::Serialize;

use super::Node;
use super::info::Mode;
use crate::base::versions::Version;
use crate::subjects::rule::Outcome;

/// A node's turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub node: String,
    pub mode: Mode,
    /// The node that it is paired with.
    pub pair: Option<String>,
    /// The verdict of its report; `unknown` where there is none.
    pub verdict: Outcome,
}

/// The order of those `nodes` that do not have the `target` yet; `None` where the mode of one is not known.
pub(super) fn order(nodes: &[Node], target: Option<&Version>) -> Option<Vec<Step>> {
    let is_done = |node: &Node| {
        node.parsed_version().zip(target).is_some_and(|(version, target)| version.is_of(target) || version > *target)
    };
    let mut left: Vec<(&Node, Mode)> =
        nodes.iter().filter(|node| !is_done(node)).map(|node| Some((node, node.mode?))).collect::<Option<_>>()?;
    // A pair stays together, at the place of its first node. A node that is disabled already comes first: its time
    // runs.
    let first_of_pair = |node: &Node| match &node.pair {
        Some(pair) if *pair < node.name => pair.clone(),
        _ => node.name.clone(),
    };
    let pair_waits = |node: &Node| {
        let partner = nodes.iter().find(|other| Some(&other.name) == node.pair.as_ref());
        !(node.is_disabled() || partner.is_some_and(Node::is_disabled))
    };
    left.sort_by_key(|(node, mode)| {
        (*mode, pair_waits(node), first_of_pair(node), !node.is_disabled(), node.name.clone())
    });
    let step = |(node, mode): (&Node, Mode)| Step {
        node: node.name.clone(),
        mode,
        pair: node.pair.clone(),
        verdict: node.verdict.unwrap_or(Outcome::Unknown),
    };
    Some(left.into_iter().map(step).collect())
}
