//! The line of the system log for each record of the journal: it leaves the node where its logs do.

use super::entry::Entry;
use crate::base::chars::is_hidden;
use crate::io::journal::Record;

/// Most characters of a line: what syslog daemons take of a message at the least (RFC 5424, section 6.1) is 2048 bytes.
const MOST: usize = 900;

/// What the last record is, with its run, its command and who ran it. A run has the number of its first record.
pub fn line(records: &[Record<Entry>]) -> Option<String> {
    let last = records.last()?;
    let began = records.iter().rev().find(|record| matches!(record.entry, Entry::Began { .. }))?;
    let Entry::Began { command, target, steps } = &began.entry else { return None };
    let step = |index: usize| format!("step {} of {}", index.saturating_add(1), steps.len());
    let what = match &last.entry {
        Entry::Began { .. } => format!("began: {target}"),
        Entry::StepBegan(index) => {
            let purpose = steps.get(*index).map_or("", |step| step.purpose.as_str());
            format!("{} began: {purpose}", step(*index))
        }
        Entry::StepDone(index) => format!("{} is done", step(*index)),
        Entry::StepFailed(index, why) => format!("{} failed: {why}", step(*index)),
        Entry::StepUndone(index) => format!("{} was taken back", step(*index)),
        Entry::UndoBegan => "undo began".to_owned(),
        Entry::Closed { note } => format!("closed with the note: {note}"),
        Entry::Ended(ending) => format!("ended: {}", ending.word()),
    };
    let user = last.user.as_deref().unwrap_or("unknown");
    let text = format!("run {} ({command}, by {user}) {what}", began.number);
    Some(text.chars().map(|c| if is_hidden(c) { '?' } else { c }).take(MOST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Action, Ending, ProgramRun, Step};
    use crate::io::tool::Program;

    fn record(number: u64, entry: Entry) -> Record<Entry> {
        Record { number, at: 0, user: Some("alice".into()), version: None, entry }
    }

    fn run() -> Vec<Record<Entry>> {
        let action = Action::Run(ProgramRun::looks(Program::Udevadm, ["settle"]));
        let steps = vec![Step::new("the kernel swaps\nto lv_swap", action)];
        vec![record(7, Entry::Began { command: "swap-extend".into(), target: "64 GiB".into(), steps })]
    }

    /// The line of that record, behind the one with which the run began.
    fn behind(entry: Entry) -> String {
        let mut records = run();
        records.push(record(8, entry));
        line(&records).unwrap()
    }

    #[test]
    fn each_record_is_one_line_with_its_run_its_command_and_who_ran_it() {
        assert_eq!(line(&run()).unwrap(), "run 7 (swap-extend, by alice) began: 64 GiB");
        for (entry, expected) in [
            (Entry::StepBegan(0), "step 1 of 1 began: the kernel swaps?to lv_swap"),
            (Entry::StepDone(0), "step 1 of 1 is done"),
            (Entry::StepFailed(0, "no room".into()), "step 1 of 1 failed: no room"),
            (Entry::StepUndone(0), "step 1 of 1 was taken back"),
            (Entry::UndoBegan, "undo began"),
            (Entry::Closed { note: "by hand".into() }, "closed with the note: by hand"),
            (Entry::Ended(Ending::Done), "ended: done"),
        ] {
            assert_eq!(behind(entry), format!("run 7 (swap-extend, by alice) {expected}"));
        }
    }

    #[test]
    fn a_line_is_short_and_a_record_without_its_run_has_none() {
        assert_eq!(behind(Entry::Closed { note: "x".repeat(5000) }).len(), MOST);
        assert_eq!(line(&[record(1, Entry::UndoBegan)]), None);
        assert_eq!(line(&[]), None);
    }
}
