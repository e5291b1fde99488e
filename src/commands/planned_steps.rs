//! Every step of the procedure, the upgrade itself included, planned by its command.

use super::planned_changes::{JudgedHost, planned_changes};
use super::upgrade;
use crate::procedure::Step;

/// Every step of the procedure on the host.
pub(super) fn planned_steps(host: &JudgedHost<'_>) -> Vec<Step> {
    let mut steps = planned_changes(host);
    for step in &mut steps {
        host.plan(step, |command| match command {
            "upgrade" => Ok(upgrade::planned_once(host)?.err()),
            _ => Ok(None),
        });
    }
    steps
}
