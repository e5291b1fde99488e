//! What the rules say, as reasons not to begin.

use crate::engine::Reason;
use crate::host::{Root, processes};
use crate::subjects::rule::{Finding, RuleId, Verdict};
use crate::subjects::upgrade;
use crate::subjects::upgrade::facts::upgrade_run;

/// A reason for each finding that blocks, but for those of the rules `but`.
pub(super) fn blocks(findings: &[Finding], but: &[RuleId]) -> Vec<Reason> {
    of(findings, &[Verdict::Block]).filter(|finding| !but.contains(&finding.id)).map(reason).collect()
}

/// A reason for each finding that keeps a node from being ready: what could not be told does so too.
pub(super) fn not_ready(findings: &[Finding]) -> Vec<Reason> {
    of(findings, &[Verdict::Block, Verdict::Unknown]).map(reason).collect()
}

/// Why `command` may not change this host now: the vendor's upgrade runs. It is `upgrade` itself that follows it.
pub(super) fn beneath_upgrade(command: &str) -> Option<Reason> {
    if command == upgrade::plan::COMMAND {
        return None;
    }
    let root = Root::live();
    let processes = processes::gather(&root);
    let process = processes.known().and_then(|processes| upgrade_run::vendors_process(processes));
    upgrade::plan::runs(&upgrade_run::gather(&root, &processes), process)
}

/// Findings with one of these verdicts that are not waived.
fn of<'f>(findings: &'f [Finding], verdicts: &'f [Verdict]) -> impl Iterator<Item = &'f Finding> {
    findings.iter().filter(|finding| verdicts.contains(&finding.verdict) && finding.waived.is_none())
}

fn reason(finding: &Finding) -> Reason {
    let measured = if finding.measured.is_empty() { String::new() } else { format!(" ({})", finding.measured) };
    Reason {
        id: finding.id.as_str(),
        message: format!("{}: {}{measured}", finding.subject, finding.message),
        remedy: finding.remedy.clone(),
    }
}
