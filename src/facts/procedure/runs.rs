//! What commands of this program did on the host and was not taken back, by the journal of its runs.
//!
//! Only where a run begins and how it ends is read here; what the records between say is known to the module that writes them.

use serde_json::Value;

use super::super::state::STATE;
use super::super::{Probed, Root};
use crate::journal::{Journal, Record};

/// A run that was carried out to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its command, such as `swap-extend`.
    pub command: String,
    /// When it ended, in seconds since 1970.
    pub at: u64,
}

/// Reads them, oldest first. There were none where there is no journal.
pub fn gather(root: &Root) -> Probed<Vec<Run>> {
    let folder = match root.at(STATE) {
        Ok(folder) => folder,
        Err(why) => return Probed::Unreadable(why),
    };
    match Journal::read(&folder.real_path().join("journal")) {
        Ok(records) => Probed::Known(standing(&records)),
        Err(e) => Probed::Unreadable(format!("{STATE}/journal: {e}")),
    }
}

fn standing(records: &[Record<Value>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut command = None;
    for Record { at, entry, .. } in records {
        let began = entry.get("began").and_then(|began| began.get("command")).and_then(Value::as_str);
        command = began.or(command);
        match (entry.get("ended").and_then(Value::as_str), command) {
            (Some("done"), Some(command)) => runs.push(Run { command: command.to_owned(), at: *at }),
            // The way back is of the last run, which is the only one that can be taken back.
            (Some("undone"), Some(command)) => {
                runs.pop_if(|run| run.command == command);
            }
            _ => {}
        }
    }
    runs
}
