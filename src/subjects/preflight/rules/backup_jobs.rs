//! `backup-jobs`: a backup was made, none runs, and none is scheduled. The schedule lies in the key vault itself, which
//! no node shows: so this is never passed.

use super::signs::{Words, judge as by_signs};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("backup-jobs");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "a backup was made, none runs, and none is scheduled",
    why: "A backup is the only way back if the upgrade fails, and a backup job that runs during it can spoil both.",
    fix: "Make a backup and verify that it completed; stop the scheduled backups. Then run: okv-host confirm \
        back-up --note NOTE",
    required: |_| "a backup to recover from; no backup job that runs or is scheduled".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "the files and processes that backup_jobs of the release profile names as signs",
        "the operator: the schedule is in the key vault, which no node shows",
    ],
    waivable: Waivable::Never("Without a backup, a failed upgrade can lose the keys of every database."),
    procedure: &["7.2-2", "7.2-3"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let words = Words {
        subject: "backups",
        process: (Verdict::Block, "a backup runs"),
        path: (Verdict::Warn, "there are signs of a backup job"),
        nothing: "confirm that a backup was made, that none runs and none is scheduled",
        remedy: "Make a backup and verify that it completed, then delete the scheduled jobs in the management console."
            .into(),
    };
    match inputs.subjects() {
        Ok(subjects) => by_signs(inputs, &subjects.preflight.backup_jobs, &words),
        Err(finding) => vec![*finding],
    }
}
