//! `ca-certificate`: until when the certificate of the authority holds, which signs the server's and the endpoints'.

use crate::base::dates::{DAY, Date};
use crate::host::Probed;
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("ca-certificate");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "until when the certificate of the authority holds",
    why: "It signs the certificates of the server and of the endpoints: none of them is of use after its last day.",
    fix: "Renew the certificate of the authority in the management console before its last day.",
    required: |_| "shown, where the console was asked".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["--server-info FILE: the saved JSON of okv server info get", "the clock of the node"],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

const SUBJECT: &str = "CA certificate";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    if let Err(finding) = inputs.subjects() {
        return vec![*finding];
    }
    let now = inputs.facts.node.now;
    let none = |why| inputs.finding(Verdict::NotApplicable, SUBJECT, why);
    vec![match inputs.facts.server_info() {
        None => none("no saved answer of okv server info get was given"),
        Some(Probed::Absent | Probed::Unreadable(_)) => none("see platform-certificate: the saved answer was not read"),
        Some(Probed::Known(info)) => match info.ca_expires {
            None => none("the saved answer lacks caCertificateExpirationDate"),
            Some(until) => {
                let (day, today) = (Date::of_second(until.second), Date::of_second(now));
                let word = if until.second < now { "expired" } else { "expires" };
                let finding = inputs.finding(Verdict::Note, SUBJECT, format!("{word} on {day}"));
                finding.measured(format!("today is {today}")).figures(Figures::days(now, until.second, DAY, None))
            }
        },
    }]
}
