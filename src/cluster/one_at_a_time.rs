//! One node at a time: where one is out of service, no other may be taken out.

use super::order::Step;
use super::{Disabled, Node, Problem};
use crate::base::versions::Version;
use crate::subjects::rule::Outcome;

/// The fixed word of a node that others wait for.
pub(super) const NOT_ACTIVE: &str = "node-not-active";

/// Reports each node that is out of service, and blocks the others in `order`.
pub(super) fn wait_for(
    nodes: &[Node],
    disabled: &[Disabled],
    target: Option<&Version>,
    order: &mut [Step],
    problems: &mut Vec<Problem>,
) {
    for node in nodes {
        let own = disabled.iter().find(|disabled| disabled.node == node.name);
        // It cannot become active any more, and is a problem of its own.
        if own.is_some_and(Disabled::is_too_long) {
            block_others(order, &node.name);
            continue;
        }
        let status = match &node.status {
            Some(status) if !status.eq_ignore_ascii_case("active") => status.as_str(),
            _ if own.is_some() => "DISABLED",
            _ if node.is_under_way => "being upgraded",
            _ => continue,
        };
        let name = &node.name;
        let waiting = || order.iter().filter(|step| step.node != *name);
        let is_left = order.iter().any(|step| step.node == *name);
        if waiting().next().is_none() {
            if !is_left {
                let message = format!("{name} has the release and is {status}");
                let remedy = format!("Enable {name} in the management console, and wait for ACTIVE.");
                problems.push(Problem::new(NOT_ACTIVE, Outcome::Ready, message, remedy));
            }
            continue;
        }
        let message = format!("{name} is {status}: no other node may be upgraded before it is ACTIVE again");
        let remedy = match (own.is_some() || node.is_disabled(), target.is_some() && is_left) {
            _ if node.is_under_way => {
                format!("Finish the upgrade of {name} (on it: okv-host runbook), enable it, and wait for ACTIVE.")
            }
            (true, true) => format!("Upgrade {name} first, enable it, and wait for ACTIVE."),
            (true, false) => format!("Enable {name} in the management console, and wait for ACTIVE."),
            (false, _) => format!("Wait until {name} is ACTIVE."),
        };
        problems.push(Problem::new(NOT_ACTIVE, Outcome::Blocked, message, remedy));
        block_others(order, name);
    }
}

/// Blocks every node but that of this name.
fn block_others(order: &mut [Step], name: &str) {
    for step in order.iter_mut().filter(|step| step.node != name) {
        step.verdict = Outcome::Blocked;
        if !step.blocked_by.iter().any(|id| id == NOT_ACTIVE) {
            step.blocked_by.push(NOT_ACTIVE.to_owned());
        }
    }
}
