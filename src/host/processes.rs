//! Processes: `/proc/PID/stat` and `cmdline` (proc(5)).

use super::probed::Probed;
use super::root::{Place, Root};

/// Most arguments of a process that are looked at.
const MOST_WORDS: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    /// Number of its parent process.
    pub parent: u32,
    /// Its name, of at most 15 bytes.
    pub name: String,
    /// The last parts of the paths among its arguments, the program first; none of a thread of the kernel.
    pub words: Vec<String>,
}

/// Reads all of them. A process that ends meanwhile is left out.
pub fn gather(root: &Root) -> Probed<Vec<Process>> {
    let is_number = |name: &str| name.bytes().all(|b| b.is_ascii_digit());
    match root.at("/proc").and_then(|proc| proc.places(is_number)) {
        Ok(Some(places)) => Probed::Known(places.iter().filter_map(process).collect()),
        Ok(None) => Probed::Absent,
        Err(why) => Probed::Unreadable(why),
    }
}

fn process(place: &Place<'_>) -> Option<Process> {
    let stat = place.attribute("stat");
    let (pid, parent, name) = parse_stat(stat.known()?)?;
    let line = place.attribute("cmdline");
    let words = line.known().map(|line| words(line)).unwrap_or_default();
    Some(Process { pid, parent, name, words })
}

/// Number, number of the parent, and name, of `PID (NAME) STATE PPID ...`. A name may have spaces and brackets.
pub(crate) fn parse_stat(stat: &[u8]) -> Option<(u32, u32, String)> {
    let open = stat.iter().position(|b| *b == b'(')?;
    let close = stat.iter().rposition(|b| *b == b')')?;
    let pid = std::str::from_utf8(stat.get(..open)?).ok()?.trim().parse().ok()?;
    let name = String::from_utf8_lossy(stat.get(open.checked_add(1)?..close)?).into_owned();
    let rest = std::str::from_utf8(stat.get(close.checked_add(1)?..)?).ok()?;
    Some((pid, rest.split_ascii_whitespace().nth(1)?.parse().ok()?, name))
}

fn words(line: &[u8]) -> Vec<String> {
    let last = |word: &[u8]| {
        let name = word.rsplit(|b| *b == b'/').next().unwrap_or_default();
        String::from_utf8_lossy(name).into_owned()
    };
    line.split(|b| *b == 0).filter(|word| !word.is_empty()).take(MOST_WORDS).map(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_move_the_parent() {
        let stat = b"812 (tmux: server (1)) S 1 812 812 0 -1";
        assert_eq!(parse_stat(stat), Some((812, 1, "tmux: server (1)".into())));
        for cut in 0..25 {
            assert_eq!(parse_stat(&stat[..cut]), None, "{cut}");
        }
        assert_eq!(words(b"/bin/sh\0/a/bin/agentctl\0start\0"), ["sh", "agentctl", "start"]);
    }
}
