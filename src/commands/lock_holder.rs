//! Which run holds the lock, for whoever has to wait for it.

use std::fs;
use std::os::unix::fs::MetadataExt;

use crate::host::state::STATE;

/// That another run is under way, with its process where the kernel shows it.
pub(super) fn under_way() -> String {
    let process = holder().map(|(id, name)| format!(" (process {id}, {name})")).unwrap_or_default();
    format!("okv-host: another run is under way{process}, or a program that it had started before it was killed")
}

/// The process that holds the lock, and its name; only where that is a run: after one was killed, the kernel still
/// shows its number, which another process may have by now.
fn holder() -> Option<(u32, String)> {
    let inode = fs::metadata(format!("{STATE}/lock")).ok()?.ino();
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let id = locks.lines().find_map(|line| process_of(line, inode))?;
    let name = fs::read_to_string(format!("/proc/{id}/comm")).ok()?;
    (name.trim() == NAME).then(|| (id, NAME.to_owned()))
}

/// What the kernel calls a process of this program.
const NAME: &str = "okv-host";

/// The process of a line of `/proc/locks` (proc(5)) that locks a file with this inode:
/// `1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF`.
fn process_of(line: &str, inode: u64) -> Option<u32> {
    let mut words = line.split_ascii_whitespace().skip(1);
    let is_lock = words.next()? == "FLOCK";
    let id = words.nth(2)?;
    let file = words.next()?;
    let is_it = file.rsplit(':').next()?.parse() == Ok(inode);
    (is_lock && is_it).then(|| id.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_that_of_the_lock_on_the_file() {
        let line = "1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF";
        assert_eq!(process_of(line, 1234), Some(4711));
        assert_eq!(process_of(line, 123), None);
        assert_eq!(process_of("2: POSIX  ADVISORY  WRITE 4711 08:01:1234 0 EOF", 1234), None);
        assert_eq!(process_of("1: -> FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF", 1234), None);
    }
}
