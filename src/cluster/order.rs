//! The order of the upgrade: read-only nodes first, then read-write pairs, one node at a time.

use schemars::JsonSchema;
use serde::Serialize;

use super::info::Mode;
use super::{Disabled, Node};
use crate::base::versions::Version;
use crate::subjects::rule::Outcome;

/// A node's turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    pub node: String,
    pub mode: Mode,
    /// The node that it is paired with.
    pub pair: Option<String>,
    /// The verdict of its report; `unknown` where there is none; `blocked` where it was disabled for too long.
    pub verdict: Outcome,
    /// The rules that block it, and `disabled-too-long`.
    pub blocked_by: Vec<String>,
    /// The rules that could not be judged on it, `no-report` and `report-old`.
    pub unknown_by: Vec<String>,
}

/// The fixed word of a node that cannot be enabled again.
pub(super) const TOO_LONG: &str = "disabled-too-long";
/// The fixed word of a node without a report.
pub(super) const NO_REPORT: &str = "no-report";

/// The fixed word of a report that is too old, or of unknown age.
pub(super) const OLD: &str = "report-old";

/// The order of those `nodes` that do not have the `target` yet, with what is in the way of each; `None` where the mode
/// of one is not known.
pub(super) fn order(nodes: &[Node], target: Option<&Version>, disabled: &[Disabled]) -> Option<Vec<Step>> {
    let is_done = |node: &Node| {
        !node.is_under_way
            && node
                .parsed_version()
                .zip(target)
                .is_some_and(|(version, target)| version.is_of(target) || version > *target)
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
    let is_out = |node: &Node| {
        let own = disabled.iter().find(|disabled| disabled.node == node.name);
        node.is_under_way || own.map_or(node.is_disabled(), |own| !own.is_too_long())
    };
    // No other node may be taken out before one that is out of service is back.
    left.sort_by_key(|(node, mode)| {
        (!is_out(node), *mode, pair_waits(node), first_of_pair(node), !node.is_disabled(), node.name.clone())
    });
    let step = |(node, mode): (&Node, Mode)| {
        let is_too_late = disabled.iter().any(|disabled| disabled.node == node.name && disabled.is_too_long());
        let (mut blocked_by, mut unknown_by) = (node.blocked_by.clone(), node.unknown_by.clone());
        blocked_by.extend(is_too_late.then(|| TOO_LONG.to_owned()));
        unknown_by.extend(node.verdict.is_none().then(|| NO_REPORT.to_owned()));
        unknown_by.extend(node.has_old_report.then(|| OLD.to_owned()));
        Step {
            node: node.name.clone(),
            mode,
            pair: node.pair.clone(),
            verdict: if is_too_late { Outcome::Blocked } else { node.verdict.unwrap_or(Outcome::Unknown) },
            blocked_by,
            unknown_by,
        }
    };
    Some(left.into_iter().map(step).collect())
}
