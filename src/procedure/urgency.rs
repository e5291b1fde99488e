//! Which blocker comes first: on every screen, and in the refusals of the commands.

use crate::subjects::boot::rules::boot_size;
use crate::subjects::disks::rules::disk_bios_limit;
use crate::subjects::rule::{Finding, RuleId, Verdict};
use crate::subjects::upgrade::rules::release;

/// The rules whose blockers nothing on the node removes: the procedure asks for another node in its place.
const REPLACE: &[RuleId] = &[disk_bios_limit::ID, boot_size::ID];

/// Findings of one verdict in the order in which they are dealt with. What is of one urgency stays in the order of the
/// rules.
pub fn by_urgency<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<&'f Finding> {
    let mut sorted: Vec<&Finding> = findings.collect();
    sorted.sort_by_key(|finding| urgency(finding.id));
    sorted
}

/// Against the wrong release, the thresholds of all other rules are the wrong ones. On a node that has to be replaced,
/// no other work helps.
fn urgency(rule: RuleId) -> u8 {
    match rule {
        id if id == release::ID => 0,
        id if REPLACE.contains(&id) => 1,
        _ => 2,
    }
}

/// What is waived is counted apart.
pub(super) fn counts(finding: &Finding, verdict: Verdict) -> bool {
    finding.verdict == verdict && finding.waived.is_none()
}

/// Whether `rule` is one whose blockers ask for another node.
pub fn asks_for_another_node(rule: RuleId) -> bool {
    REPLACE.contains(&rule)
}

/// Whether the node has to be replaced.
pub fn must_be_replaced(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| counts(finding, Verdict::Block) && REPLACE.contains(&finding.id))
}

/// The finding of this verdict that is dealt with first.
pub(super) fn most_urgent(findings: &[Finding], verdict: Verdict) -> Option<&Finding> {
    by_urgency(findings.iter().filter(|finding| counts(finding, verdict))).into_iter().next()
}
