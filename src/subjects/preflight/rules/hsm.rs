//! `hsm`: a node with an HSM as its Root of Trust has steps of a guide of its own.

use super::signs::{Words, judge as by_signs};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("hsm");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "whether an HSM is the Root of Trust, which has a guide of its own",
    why: "With an HSM as Root of Trust the upgrade has additional steps, which are in the vendor's HSM guide.",
    fix: "Find out whether an HSM is the Root of Trust. If so, follow the vendor's HSM guide. Then run: okv-host \
        confirm 7.2-14 --note NOTE",
    required: |_| "with an HSM: the additional steps of its guide".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["the files and processes that hsm of the release profile names as signs"],
    waivable: Waivable::Yes,
    procedure: &["7.2-14", "hsm-guide", "7.3-11"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let words = Words {
        subject: "HSM",
        process: (Verdict::Note, "an HSM seems to be in use"),
        path: (Verdict::Note, "an HSM seems to be set up"),
        nothing: "confirm whether an HSM is the Root of Trust",
        remedy: "With an HSM, follow its Root of Trust guide before the upgrade, and for Entrust also after it.".into(),
    };
    match inputs.subjects() {
        Ok(subjects) => by_signs(inputs, &subjects.preflight.hsm, &words),
        Err(finding) => vec![*finding],
    }
}
