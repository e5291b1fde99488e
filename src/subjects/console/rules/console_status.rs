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
    let known = |probed: &Option<Probed<ServerStatus>>| probed.as_ref().and_then(Probed::known).map(of_status);
    let info = console.info.as_ref().and_then(Probed::known).map(of_info);
    let shown: Vec<String> = known(&console.status).into_iter().chain(info).flatten().collect();
    vec![match shown.is_empty() {
        true => inputs.finding(Verdict::NotApplicable, SUBJECT, "no saved answer of okv server status get was given"),
        false => inputs.finding(Verdict::Note, SUBJECT, "shown, not judged").measured(shown.join("; ")),
    }]
}

fn of_status(status: &ServerStatus) -> Vec<String> {
    let services = status.services.iter().map(|(name, state)| format!("{name} {state}"));
    let backup = status.backup.iter().map(|state| format!("backup: {state}"));
    services.chain(backup).chain(status.usage.iter().cloned()).collect()
}

fn of_info(info: &ServerInfo) -> Vec<String> {
    let with = |what: &str, value: &Option<String>, unit: &str| value.as_ref().map(|v| format!("{what} {v}{unit}"));
    let values = [
        with("release", &info.version, ""),
        with("CPU cores", &info.cpu_cores, ""),
        with("disk", &info.disk_gb, " GB"),
        with("FRA", &info.fra_gb, " GB"),
        info.memory_kb.map(|kb| format!("memory {kb} KB")),
    ];
    let lacks = (!info.lacks.is_empty()).then(|| format!("not in the answer: {}", info.lacks.join(", ")));
    values.into_iter().flatten().chain(lacks).collect()
}
