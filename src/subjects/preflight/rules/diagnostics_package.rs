//! `diagnostics-package`: none is there. How to remove it depends on the release that the node has.

use super::signs::{Words, judge as by_signs};
use crate::base::versions::Version;
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("diagnostics-package");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "no diagnostics package is there to download",
    why: "The vendor requires that diagnostics are cleared before the upgrade. How depends on the release of the node.",
    fix: "Clear the diagnostics package as the vendor's guide for the release of the node shows.",
    required: |_| "none".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "the files and processes that diagnostics_package of the release profile names as signs",
        "the release of the node",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.2-4"],
    judge,
};

/// From this release on the management console removes it.
const CLEAR_FROM: &str = "21.6";
const CLEAR: &str = "Click Clear on the Download Diagnostics page of the management console";
const COMMANDS: &str =
    "Run /usr/local/dbfw/bin/priv/dbfw-diagnostics-package.rb --clean, and then the same with --remove";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let subjects = match inputs.subjects() {
        Ok(subjects) => subjects,
        Err(finding) => return vec![*finding],
    };
    let words = Words {
        subject: "diagnostics",
        process: (Verdict::Warn, "a diagnostics package is being made"),
        path: (Verdict::Warn, "a diagnostics package is there"),
        nothing: "confirm that there is no diagnostics package",
        remedy: remedy(inputs.facts.release()),
    };
    by_signs(inputs, &subjects.preflight.diagnostics_package, &words)
}

/// How it is removed from a node that says it has `release`.
fn remedy(release: Option<&str>) -> String {
    match (release.and_then(Version::parse), Version::parse(CLEAR_FROM)) {
        (Some(release), Some(from)) if release >= from => CLEAR.to_owned(),
        (Some(_), Some(_)) => COMMANDS.to_owned(),
        _ => format!("{CLEAR} (from release {CLEAR_FROM}). Before that release: {COMMANDS}"),
    }
}
