//! `console-status`: what the console shows of the node beside its certificates.

use crate::host::Probed;
use crate::subjects::console::{ServerInfo, ServerStatus};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("console-status");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "what the management console shows of the node",
    why: "Services that do not run and a backup that does are reasons to wait. What each value means is not \
        documented, so that they are shown and not judged.",
    fix: "Compare the values with those of the other nodes, and with those of this node before the upgrade.",
    required: |_| "shown, where the console was asked".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "--server-status FILE: the saved JSON of okv server status get",
        "--server-info FILE: the saved JSON of okv server info get",
    ],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

const SUBJECT: &str = "console";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let console = match inputs.subjects() {
        Ok(subjects) => &subjects.console,
        Err(finding) => return vec![*finding],
    };
    if let Some(Probed::Unreadable(why)) = &console.status {
        let message = format!("the saved answer of okv server status get could not be read: {why}");
        return vec![inputs.finding(Verdict::Warn, SUBJECT, message).remedy("Save the answer again.")];
    }
    let known =
        |probed: &Option<Probed<ServerStatus>>| probed.as_ref().and_then(Probed::known).map(ServerStatus::shown);
    let info = console.info.as_ref().and_then(Probed::known).map(ServerInfo::shown);
    let shown: Vec<String> = known(&console.status).into_iter().chain(info).flatten().collect();
    vec![match shown.is_empty() {
        true => inputs.finding(Verdict::NotApplicable, SUBJECT, "no saved answer of okv server status get was given"),
        false => inputs.finding(Verdict::Note, SUBJECT, "shown, not judged").measured(shown.join("; ")),
    }]
}
