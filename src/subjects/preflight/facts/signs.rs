//! What shows that something is on the host: files and processes that a profile names.

use crate::host::processes::Process;
use crate::host::{Probed, Root, glob};
use crate::profile::Signs;

/// Most signs of one kind that are told.
const MOST: usize = 16;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many patterns were looked for; 0 where nobody named any.
    pub asked: usize,
    /// Paths that are there.
    pub paths: Vec<String>,
    /// Processes that run: name and number.
    pub processes: Vec<String>,
    /// Where it could not be looked, and why.
    pub not_looked_at: Vec<String>,
}

pub fn gather(root: &Root, signs: &Signs, processes: &Probed<Vec<Process>>) -> Seen {
    let mut seen = Seen { asked: signs.paths.len().saturating_add(signs.processes.len()), ..Seen::default() };
    for pattern in &signs.paths {
        match glob::expand(root, pattern) {
            Ok(paths) => seen.paths.extend(paths),
            Err(why) => seen.not_looked_at.push(why),
        }
    }
    if !signs.processes.is_empty() {
        match processes {
            Probed::Known(processes) => {
                seen.processes.extend(processes.iter().filter_map(|p| describe_match(p, signs)))
            }
            Probed::Absent => seen.not_looked_at.push("/proc: there is no such directory".into()),
            Probed::Unreadable(why) => seen.not_looked_at.push(why.clone()),
        }
    }
    seen.paths.truncate(MOST);
    seen.processes.truncate(MOST);
    seen
}

fn describe_match(process: &Process, signs: &Signs) -> Option<String> {
    let mut names = process.words.iter().chain([&process.name]);
    let fits = |name: &&String| signs.processes.iter().any(|p| glob::matches(p.as_bytes(), name.as_bytes()));
    names.find(fits).map(|name| format!("{name} (process {})", process.pid))
}
