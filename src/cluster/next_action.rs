//! What is to be done next for a cluster.

use schemars::JsonSchema;
use serde::Serialize;

use super::one_at_a_time::NOT_ACTIVE;
use super::{Node, Problem, Step};
use crate::subjects::rule::Outcome;

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Next {
    /// The node that it is about, where it is about one.
    pub node: Option<String>,
    /// The problem or the rules that it is about.
    pub what_for: Vec<String>,
    /// A command, or an imperative sentence.
    pub what: String,
}

/// What blocks comes first, then what is unknown, then the first node in the order. `None` where every node has the
/// release.
pub(super) fn next(problems: &[Problem], nodes: &[Node], order: Option<&[Step]>) -> Option<Next> {
    let of_problem = |verdict| problems.iter().find(|problem| problem.verdict == verdict).map(about);
    let of_node = |verdict| in_order(nodes, order).into_iter().find(|node| node.verdict == Some(verdict)).map(check);
    of_problem(Outcome::Blocked)
        .or_else(|| of_node(Outcome::Blocked))
        .or_else(|| of_problem(Outcome::Unknown))
        .or_else(|| of_node(Outcome::Unknown))
        .or_else(|| problems.iter().find(|problem| problem.id == NOT_ACTIVE).map(about))
        .or_else(|| match order {
            None => Some(Next {
                node: None,
                what_for: vec!["order".to_owned()],
                what: "Add what okv cluster info get prints: --cluster-info FILE".to_owned(),
            }),
            Some(steps) => steps.first().map(|step| Next {
                node: Some(step.node.clone()),
                what_for: Vec::new(),
                what: "okv-host runbook".to_owned(),
            }),
        })
}

/// The nodes that are to be upgraded, in their order where that is known; those that have the release stay out of it.
fn in_order<'n>(nodes: &'n [Node], order: Option<&[Step]>) -> Vec<&'n Node> {
    match order {
        Some(steps) => steps.iter().filter_map(|step| nodes.iter().find(|node| node.name == step.node)).collect(),
        None => nodes.iter().collect(),
    }
}

fn about(problem: &Problem) -> Next {
    Next { node: None, what_for: vec![problem.id.to_owned()], what: problem.remedy.clone() }
}

/// What is to be done on a node is in its report, or it shows that itself.
fn check(node: &Node) -> Next {
    let rules = if node.blocked_by.is_empty() { &node.unknown_by } else { &node.blocked_by };
    let remedy = node.blockers.first().map(|finding| finding.remedy.clone()).filter(|remedy| !remedy.is_empty());
    let what = remedy.unwrap_or_else(|| "okv-host check".to_owned());
    Next { node: Some(node.name.clone()), what_for: rules.clone(), what }
}
