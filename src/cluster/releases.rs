//! Whether the release of each node, as the cluster shows it, can be upgraded to the target.

use super::{Node, Problem};
use crate::base::versions::Version;
use crate::subjects::rule::Outcome;

/// Reports each node whose release is too old or too new, unless its own report does.
pub(super) fn judge(nodes: &[Node], oldest: Option<&Version>, target: Option<&Version>, problems: &mut Vec<Problem>) {
    let (Some(oldest), Some(target)) = (oldest, target) else { return };
    for node in nodes.iter().filter(|node| !node.blocked_by.iter().any(|id| id == "release")) {
        let Some(version) = node.parsed_version() else { continue };
        let (name, id) = (&node.name, "release");
        if version < *oldest {
            let message = format!("{name} has release {version}, which is too old to be upgraded to {target}");
            let remedy = format!("Upgrade {name} to a release of {oldest} first.");
            problems.push(Problem::new(id, Outcome::Blocked, message, remedy));
        } else if version > *target && !version.is_of(target) {
            let message = format!("{name} has release {version}, which is newer than {target}");
            let remedy = "Choose the release to upgrade to: okv-host check --profile RELEASE";
            problems.push(Problem::new(id, Outcome::Blocked, message, remedy));
        }
    }
}
