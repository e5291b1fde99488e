//! What the rules say, as reasons not to begin.

use crate::base::dates::format_minute;
use crate::engine::{Reason, RecordedRun};
use crate::host::{Root, processes};
use crate::procedure::{Step, by_urgency, remedy};
use crate::subjects::next_start::rules::next_start;
use crate::subjects::rule::{Finding, RuleId, Verdict};
use crate::subjects::upgrade;
use crate::subjects::upgrade::facts::upgrade_run;
use crate::subjects::upgrade::plan::NextStart;

/// A reason for each finding that blocks, but for those of the rules `but`. What is to be done about it is asked of the
/// steps, which take long to plan, only where there is one.
pub(super) fn blocks(findings: &[Finding], steps: impl FnOnce() -> Vec<Step>, but: &[RuleId]) -> Vec<Reason> {
    reasons(by_urgency(of(findings, Verdict::Block).filter(|finding| !but.contains(&finding.id))), steps)
}

/// The same for each finding that keeps a node from being ready: what is unknown does so too.
pub(super) fn not_ready(findings: &[Finding], steps: impl FnOnce() -> Vec<Step>) -> Vec<Reason> {
    let found = [Verdict::Block, Verdict::Unknown].into_iter().flat_map(|verdict| by_urgency(of(findings, verdict)));
    reasons(found.collect(), steps)
}

fn reasons(found: Vec<&Finding>, steps: impl FnOnce() -> Vec<Step>) -> Vec<Reason> {
    let steps = if found.is_empty() { Vec::new() } else { steps() };
    let of = |finding: &Finding| Reason { remedy: remedy(finding, &steps), ..reason(finding) };
    found.into_iter().map(of).collect()
}

/// What the next start is predicted to do.
pub(super) fn next_start(findings: &[Finding]) -> NextStart {
    let Some(found) = findings.iter().find(|finding| finding.id == next_start::ID) else { return NextStart::default() };
    let is_block = found.verdict == Verdict::Block;
    let is_waived = is_block && found.waived.is_some();
    let stops = (is_block && !is_waived).then(|| reason(found));
    NextStart { line: found.message.clone(), stops, is_waived }
}

/// Why `command` may not change this host now: the vendor's upgrade runs. It is `upgrade` itself that follows it.
pub(super) fn beneath_upgrade(root: &Root, command: &str) -> Option<Reason> {
    if command == upgrade::plan::COMMAND {
        return None;
    }
    let processes = processes::gather(root);
    let process = processes.known().and_then(|processes| upgrade_run::vendors_process(processes));
    upgrade::plan::runs(&upgrade_run::gather(root, &processes), process)
}

/// Why `command` may not begin: the `last` run is of another command and unfinished. The journal has what the disks do
/// not show any more, such as the UUID of a swap area, and only that command, or `undo`, uses it. The vendor's upgrade
/// is no such run: the node itself shows how it stands.
pub(super) fn unfinished_before(command: &str, last: Option<&RecordedRun>) -> Option<Reason> {
    let is_other = |run: &&RecordedRun| run.command != command && run.command != upgrade::plan::COMMAND;
    let run = last.filter(|run| run.is_unfinished()).filter(is_other)?;
    let other = &run.command;
    let otherwise = match run.keeps_something() {
        false => "or take it back: okv-host undo --apply",
        true => "where that is refused for good: okv-host undo --close NOTE",
    };
    Some(Reason {
        id: "run-unfinished",
        message: format!("okv-host {other} began at {} and is unfinished (okv-host status)", format_minute(run.began)),
        remedy: format!("run okv-host {other} again to finish it, {otherwise}"),
    })
}

/// Findings of this verdict that are not waived.
fn of(findings: &[Finding], verdict: Verdict) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(move |finding| finding.verdict == verdict && finding.waived.is_none())
}

fn reason(finding: &Finding) -> Reason {
    let measured = if finding.measured.is_empty() { String::new() } else { format!(" ({})", finding.measured) };
    Reason {
        id: finding.id.as_str(),
        message: format!("{}: {}{measured}", finding.subject, finding.message),
        remedy: finding.remedy.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{self, Action, Back, Ending, Entry, ProgramRun, Proof, Role, last_run};
    use crate::io::journal::Record;
    use crate::io::tool::Program;
    use crate::subjects::rule::{Figures, Waived};

    /// The last run: of `command`, with one change that stands, in this role.
    fn last(command: &str, role: Role, ending: Option<Ending>) -> Option<RecordedRun> {
        let back = if role.stays_done() { Back::Stays { why: "x".into() } } else { Back::Needless };
        let proof = Proof::File { path: "/x".into() };
        let run = ProgramRun { back, ..ProgramRun::changes(Program::Rpm, ["-e"], proof, Back::Needless) };
        let steps = vec![engine::Step::new("x", Action::Run(run)).in_role(role)];
        let began = Entry::Began { command: command.into(), target: "x".into(), steps };
        let entries = [began, Entry::StepBegan(0)].into_iter().chain(ending.map(Entry::Ended));
        let records = entries.zip(1..).map(|(entry, number)| Record {
            number,
            at: 1_795_729_205,
            user: None,
            version: None,
            entry,
        });
        last_run(&records.collect::<Vec<_>>())
    }

    /// The finding of the rule of the next start.
    fn predicted(verdict: Verdict, waived: bool) -> Vec<Finding> {
        let waived = waived.then(|| Waived { reason: "x".into(), until: "2027-01-01".into() });
        vec![Finding {
            id: next_start::ID,
            verdict,
            subject: "next start".into(),
            measured: String::new(),
            figures: Figures::default(),
            required: String::new(),
            message: "GRUB starts nothing".into(),
            remedy: String::new(),
            commands: Vec::new(),
            source: String::new(),
            waived,
        }]
    }

    #[test]
    fn only_a_blocker_that_is_waived_takes_the_guard_off_the_restart() {
        let of = |verdict, waived| {
            let next = super::next_start(&predicted(verdict, waived));
            (next.stops.is_some(), next.is_waived)
        };
        assert_eq!(of(Verdict::Block, false), (true, false));
        assert_eq!(of(Verdict::Block, true), (false, true));
        for verdict in [Verdict::Warn, Verdict::Unknown, Verdict::Pass] {
            assert_eq!(of(verdict, true), (false, false), "{verdict:?}");
        }
    }

    #[test]
    fn no_other_command_begins_while_a_run_is_unfinished() {
        let refused = |run: Option<RecordedRun>| unfinished_before("ssh-dsa-retire", run.as_ref()).unwrap();
        for ending in
            [None, Some(Ending::Interrupted { steps: 1 }), Some(Ending::Kept { why: "x".into(), stays: "y".into() })]
        {
            let reason = refused(last("swap-extend", Role::Plain, ending.clone()));
            assert!(reason.message.contains("swap-extend began at 2026-11-26 21:40 UTC"), "{}", reason.message);
            assert!(reason.remedy.contains("okv-host swap-extend again"), "{}", reason.remedy);
            assert!(reason.remedy.ends_with("okv-host undo --apply"), "{}", reason.remedy);
        }
        let keeps = refused(last("swap-extend", Role::Permanent, None));
        assert!(keeps.remedy.ends_with("okv-host undo --close NOTE"), "{}", keeps.remedy);
    }

    #[test]
    fn the_same_command_goes_on_and_a_run_that_ended_is_in_nobodys_way() {
        let refused = |run: Option<RecordedRun>| unfinished_before("swap-extend", run.as_ref());
        assert_eq!(refused(None), None);
        assert_eq!(refused(last("swap-extend", Role::Plain, None)), None);
        for ending in [Ending::Done, Ending::Undone, Ending::RolledBack { why: "x".into() }] {
            assert_eq!(refused(last("ssh-dsa-retire", Role::Plain, Some(ending))), None);
        }
    }

    #[test]
    fn an_upgrade_that_is_followed_no_more_is_in_nobodys_way_once_it_does_not_run() {
        assert_eq!(unfinished_before("kernel-prune", last("upgrade", Role::Plain, None).as_ref()), None);
    }
}
