//! The HTML page of a node.

use super::made;
use super::surroundings::Surroundings;
use super::swap_extend;
use crate::host::Root;
use crate::procedure::{Standing, Step};
use crate::profile::Profile;
use crate::report::{Node, NodePage, node_html};
use crate::subjects::Facts;
use crate::subjects::rule::Finding;

/// What it is made from, as the screen is.
pub(super) struct Shown<'p> {
    /// `None` where disks alone were judged.
    pub(super) root: Option<&'p Root>,
    pub(super) facts: &'p Facts,
    pub(super) profile: &'p Profile,
    pub(super) node: Node<'p>,
    pub(super) standing: &'p Standing,
    pub(super) findings: &'p [Finding],
    pub(super) steps: &'p [Step],
}

pub(super) fn html(shown: &Shown<'_>, around: Surroundings) -> Vec<u8> {
    let Shown { root, facts, profile, node, standing, findings, steps } = *shown;
    // Where it refuses, or cannot be planned, the step of the runbook shows why.
    let plan = root.and_then(|root| swap_extend::planned(root, profile, around).ok()?.ok());
    let page = NodePage {
        made: &made::of_facts(root, facts, profile),
        node,
        standing,
        findings,
        steps,
        disks: &facts.node.disks,
        planned: plan.as_ref().map(|plan| plan.steps.as_slice()).unwrap_or_default(),
    };
    node_html(&page).into_bytes()
}
