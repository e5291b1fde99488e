//! `files-read`: the files of a powered-off node could be read from its disks.

use crate::host::powered_off::{Opened, State};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("files-read");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the files of a powered-off node could be read",
    why: "Rules on files can judge a powered-off node only where each file system that its next start mounts was \
        read, and as the node last wrote it.",
    fix: "Shut the node down, copy all its disks, and run: okv-host check --image DISK...",
    required: |_| "each file system of /etc/fstab could be read, with nothing left in its journal".into(),
    source: |_| "fstab(5)".into(),
    inputs: &["/etc/fstab on the disks", "the file systems that it names"],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

/// Most mount points that a pass names.
const MOST_NAMED: usize = 16;
fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let opened = match &inputs.facts.powered_off {
        None => return vec![inputs.finding(Verdict::NotApplicable, "node", "the host was read as it is")],
        Some(Err(why)) => {
            let finding = inputs.finding(Verdict::Unknown, "node", format!("no file was read: {why}"));
            return vec![finding.remedy("Give all disks of the node. Or start it, and run on it: okv-host check")];
        }
        Some(Ok(opened)) => opened,
    };
    let mut found: Vec<Finding> = opened.iter().filter_map(|opened| of(inputs, opened)).collect();
    if found.iter().all(|finding| finding.verdict == Verdict::Note) {
        let points: Vec<&str> = opened.iter().map(|opened| opened.point.as_str()).take(MOST_NAMED).collect();
        let pass = inputs.finding(Verdict::Pass, "node", "each file system of /etc/fstab was read");
        found.insert(0, pass.measured(points.join(", ")));
    }
    found
}

fn of(inputs: &RuleInputs<'_>, opened: &Opened) -> Option<Finding> {
    let (verdict, message, remedy) = match &opened.state {
        State::Read => return None,
        State::Replayed => (Verdict::Note, "read with the changes in its journal".to_owned(), ""),
        State::Closed(why) => (Verdict::Unknown, format!("its files could not be read: {why}"), ""),
    };
    let device = opened.device.clone().unwrap_or_else(|| opened.source.clone());
    let finding = inputs.finding(verdict, opened.point.clone(), message).measured(device);
    Some(if remedy.is_empty() { finding } else { finding.remedy(remedy) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::sample;
    use crate::profile::Profile;
    use crate::subjects::Facts;

    fn verdicts(powered_off: Option<Result<Vec<State>, String>>) -> Vec<String> {
        let opened = |(at, state): (usize, State)| Opened {
            point: format!("/{at}"),
            source: format!("LABEL={at}"),
            device: Some(format!("/dev/sda{at}")),
            kind: "ext4".into(),
            is_mounted: true,
            state,
        };
        let powered_off = powered_off.map(|found| found.map(|all| all.into_iter().enumerate().map(opened).collect()));
        let facts = Facts { node: sample::node(), subjects: None, powered_off };
        let profile = Profile::named(Profile::DEFAULT).unwrap();
        let found = judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE });
        found.iter().map(|finding| format!("{} {}", finding.verdict.word(), finding.subject)).collect()
    }

    #[test]
    fn what_was_not_read_is_unknown_and_a_replayed_journal_is_a_note() {
        assert_eq!(verdicts(None), ["not-applicable node"]);
        assert_eq!(verdicts(Some(Err("why".into()))), ["unknown node"]);
        assert_eq!(verdicts(Some(Ok(vec![State::Read, State::Read]))), ["pass node"]);
        assert_eq!(verdicts(Some(Ok(vec![State::Read, State::Replayed]))), ["pass node", "note /1"]);
        let closed = || State::Closed("why".into());
        assert_eq!(verdicts(Some(Ok(vec![State::Read, closed(), State::Replayed]))), ["unknown /1", "note /2"]);
        assert_eq!(verdicts(Some(Ok(vec![State::Closed("why".into())]))), ["unknown /0"]);
    }
}
