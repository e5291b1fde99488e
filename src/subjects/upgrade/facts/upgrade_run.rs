//! The vendor's upgrade, as the log of the service that `okv-host upgrade` starts it in tells of it.
//!
//! One log a run, numbered. The service writes a line of its own before and after what the vendor's program
//! prints; the line after has the boot in which it ran, so that a restart since then shows.

use std::fmt;
use std::io;

use crate::base::cause::cause;
use crate::base::dates::{Moment, format_minute};
use crate::host::processes::Process;
use crate::host::state::{self, STATE};
use crate::host::tail::tail;
use crate::host::{Place, Probed, Root};

/// The vendor's program, in its ISO, and its argument.
pub const PROGRAM: &str = "upgrade.rb";
/// The argument with which it does not ask.
pub const ARGUMENT: &str = "--confirm";
/// What the process that writes the log is called, as its first argument.
pub const NAME: &str = "okv-host-upgrade";
/// What the service writes before the vendor's program runs, followed by the time, the length of the system log at that
/// time, and the ISO: `at=2026-11-24T03:00:00+00:00 messages=4711 iso=PATH`.
pub const BEGAN: &str = "okv-host: the upgrade began";
/// What the service writes after it, followed by the boot in which it ran and the exit status: `boot=ID status=0`.
pub const ENDED: &str = "okv-host: the upgrade ended";
/// What follows that where the log had no room for it at first, and so none for what the vendor's program printed.
pub const LOST: &str = "lost=output";
/// What the vendor's program prints where it wants a restart, without regard to case.
const ASKS: &str = "reboot now";
const PREFIX: &str = "upgrade-";
const SUFFIX: &str = ".log";
/// Bytes of the line that begins a log, at the most.
const FIRST: usize = 4096 + 100;
/// Most bytes of a log that are read, from its end.
const MOST: u64 = 1 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeRun {
    pub log: String,
    /// Its number, from 1.
    pub number: u64,
    /// When it began, in seconds since 1970; `None` where its log does not say so.
    pub began: Option<u64>,
    /// Length of the system log when it began, in bytes; `None` where its log does not say so.
    pub messages: Option<u64>,
    /// The ISO that was mounted; `None` where its log does not say so.
    pub iso: Option<String>,
    pub state: UpgradeState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpgradeState {
    Running,
    /// It ended with this exit status, which is not 0.
    Failed(i32),
    /// It stopped without an end: the machine or the service was cut off.
    CutOff,
    /// It ended well, and did not ask for a restart.
    Silent,
    /// It ended well, and a full disk may have cut off that it asked for a restart.
    Unheard,
    /// It ended well and asked for a restart, which has not happened yet.
    WaitsForReboot,
    /// It asked for a restart, and the node was restarted since then.
    Restarted,
}

impl fmt::Display for UpgradeState {
    /// What an upgrade in this state does or did, as the rest of a sentence about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running => f.write_str("still runs"),
            Self::Failed(status) => write!(f, "ended with exit status {status}"),
            Self::CutOff => f.write_str("was cut off"),
            Self::Silent => f.write_str("ended well, but did not ask for a restart"),
            Self::Unheard => {
                f.write_str("ended well, and a full disk cut off its output: whether it asked for a restart is unknown")
            }
            Self::WaitsForReboot => f.write_str("ended well, and asked for a restart"),
            Self::Restarted => f.write_str("ended well, and the node was restarted since"),
        }
    }
}

impl UpgradeRun {
    /// When it began, for people.
    pub fn when(&self) -> String {
        self.began.map_or_else(|| format!("number {}", self.number), format_minute)
    }
}

pub fn log_of(number: u64) -> String {
    format!("{STATE}/{}", name_of(number))
}

/// The number of a run, from the path of its log.
pub fn number_of(log: &str) -> Option<u64> {
    let name = log.rsplit('/').next().unwrap_or(log);
    name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse().ok()
}

fn name_of(number: u64) -> String {
    format!("{PREFIX}{number}{SUFFIX}")
}

/// Looks for the last run. [`Probed::Absent`] where there was none.
pub fn gather(root: &Root, processes: &Probed<Vec<Process>>) -> Probed<UpgradeRun> {
    let (folder, names) = match root.folder(STATE) {
        Probed::Known(folder) => folder,
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let Some(number) = names.iter().filter_map(|name| number_of(name.to_str()?)).max() else { return Probed::Absent };
    let name = name_of(number);
    if let Err(why) = state::verify(root, &name) {
        return Probed::Unreadable(why);
    }
    let place = match folder.below(&name) {
        Ok(place) => place,
        Err(why) => return Probed::Unreadable(why),
    };
    let text = match tail(&place, MOST) {
        Ok((_, text)) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Probed::Absent,
        Err(e) => return Probed::Unreadable(format!("{}: {}", place.host_path(), cause(&e))),
    };
    let runs = match processes {
        Probed::Known(processes) => processes.iter().any(|process| writes(process, &name)),
        Probed::Absent => false,
        Probed::Unreadable(why) => return Probed::Unreadable(why.clone()),
    };
    let boot = match boot(root) {
        Probed::Known(boot) => Some(boot),
        Probed::Absent => None,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let text = String::from_utf8_lossy(&text);
    let state = if runs { UpgradeState::Running } else { ended(&text, boot.as_deref()) };
    let first = first_line(&place).unwrap_or_default();
    let (began, messages, iso) = begin_of(&first);
    Probed::Known(UpgradeRun { log: place.host_path(), number, began, messages, iso, state })
}

/// Whether it is the service that writes the log of this name, and nobody who reads it.
fn writes(process: &Process, name: &str) -> bool {
    [NAME, name].iter().all(|word| process.words.iter().any(|other| other == word))
}

/// A process that is the vendor's program, whoever began it: by hand, or a service of ours that was ended while it went
/// on.
pub fn vendors_process(processes: &[Process]) -> Option<u32> {
    let is_it = |process: &&Process| {
        let has = |word: &str| process.words.iter().any(|other| other == word);
        has(PROGRAM) && has(ARGUMENT) && !has(NAME)
    };
    processes.iter().find(is_it).map(|process| process.pid)
}

fn first_line(place: &Place<'_>) -> Option<String> {
    let file = place.image().ok()?;
    let mut first = vec![0; usize::try_from(file.bytes()).unwrap_or(FIRST).min(FIRST)];
    file.read_at(&mut first, 0).ok()?;
    let text = String::from_utf8_lossy(&first);
    text.lines().next().map(str::to_owned)
}

/// When a run began, how long the system log was, and its ISO, from the first line of its log.
fn begin_of(line: &str) -> (Option<u64>, Option<u64>, Option<String>) {
    let said = line.strip_prefix(BEGAN).unwrap_or_default();
    // A path may have spaces, and comes last.
    let (said, iso) = said.split_once(" iso=").map_or((said, None), |(said, iso)| (said, Some(iso.to_owned())));
    let value = |key: &str| said.split_ascii_whitespace().find_map(|word| word.strip_prefix(key));
    let at = value("at=").and_then(Moment::parse).map(|moment| moment.second);
    (at, value("messages=").and_then(|bytes| bytes.parse().ok()), iso)
}

/// What tells this boot from every other (kernel `Documentation/admin-guide/sysctl/kernel.rst`, `random/boot_id`).
pub fn boot(root: &Root) -> Probed<String> {
    root.parse("/proc/sys/kernel/random/boot_id", |text| {
        Ok::<_, String>(String::from_utf8_lossy(text.trim_ascii()).into_owned())
    })
}

/// How a run ended that runs no more, from its log and the boot of now.
pub fn ended(text: &str, now: Option<&str>) -> UpgradeState {
    let mark = text.lines().rev().find_map(|line| line.strip_prefix(ENDED));
    let Some(mark) = mark else { return UpgradeState::CutOff };
    let value = |key: &str| mark.split_ascii_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
    let status = value("status").and_then(|status| status.parse::<i32>().ok());
    match status {
        None => UpgradeState::CutOff,
        Some(0) if !text.to_lowercase().contains(ASKS) && mark.ends_with(LOST) => match value("boot") {
            Some(boot) if now.is_some_and(|now| now != boot) => UpgradeState::Restarted,
            _ => UpgradeState::Unheard,
        },
        Some(0) if !text.to_lowercase().contains(ASKS) => UpgradeState::Silent,
        Some(0) if value("boot").is_some() && value("boot") == now => UpgradeState::WaitsForReboot,
        Some(0) => UpgradeState::Restarted,
        Some(status) => UpgradeState::Failed(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str, status: &str) -> String {
        format!("{BEGAN} at=7\n{text}\n{ENDED} boot=b00t status={status}\n")
    }

    #[test]
    fn a_log_without_an_end_was_cut_off() {
        assert_eq!(ended("", Some("b00t")), UpgradeState::CutOff);
        assert_eq!(ended(&format!("{BEGAN}\nReboot now\n"), Some("b00t")), UpgradeState::CutOff);
        assert_eq!(ended(&log("Reboot now", ""), Some("b00t")), UpgradeState::CutOff);
        assert_eq!(ended(&format!("{ENDED} boot=b00t sta"), Some("b00t")), UpgradeState::CutOff);
    }

    #[test]
    fn the_begin_time_and_the_iso_are_read_from_the_first_line() {
        let line = format!("{BEGAN} at=2023-11-14T22:13:20+0000 messages=42 iso=/var/lib/oracle/an iso.iso");
        let iso = Some("/var/lib/oracle/an iso.iso".to_owned());
        assert_eq!(begin_of(&line), (Some(1_700_000_000), Some(42), iso.clone()));
        for other in ["", "at=2023-11-14T22:13:20Z messages=1 iso=x", BEGAN, &format!("{BEGAN} at=x"), &line[1..]] {
            assert_eq!(begin_of(other), (None, None, None), "{other}");
        }
        // There was no system log.
        let line = line.replace("=42", "=");
        assert_eq!(begin_of(&line), (Some(1_700_000_000), None, iso));
    }

    #[test]
    fn whoever_reads_the_log_is_not_taken_for_the_upgrade() {
        let process = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            Process { pid: 7, parent: 1, name: "sh".into(), words }
        };
        assert!(writes(&process(&["sh", "-c", "exec", NAME, "upgrade-1.log"]), "upgrade-1.log"));
        assert!(!writes(&process(&["tail", "-f", "upgrade-1.log"]), "upgrade-1.log"));
        assert!(!writes(&process(&["sh", "-c", "exec", NAME, "upgrade-1.log"]), "upgrade-2.log"));
    }

    #[test]
    fn the_vendors_program_is_known_by_whomever_it_was_begun_and_an_editor_of_it_is_not_it() {
        let process = |pid, words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            Process { pid, parent: 1, name: "ruby".into(), words }
        };
        let service = process(1, &["sh", "-c", "script", NAME, "upgrade-1.log", PROGRAM, "--confirm"]);
        let editor = process(2, &["vi", PROGRAM]);
        assert_eq!(vendors_process(&[service.clone(), editor.clone()]), None);
        assert_eq!(vendors_process(&[service, editor, process(3, &["ruby", PROGRAM, "--confirm"])]), Some(3));
    }

    #[test]
    fn only_a_run_that_ended_well_and_asks_for_it_waits_for_a_restart() {
        assert_eq!(ended(&log("REBOOT NOW to go on", "0"), Some("b00t")), UpgradeState::WaitsForReboot);
        assert_eq!(ended(&log("all is well", "0"), Some("b00t")), UpgradeState::Silent);
        assert_eq!(ended(&log("all is we", &format!("0 {LOST}")), Some("b00t")), UpgradeState::Unheard);
        assert_eq!(ended(&log("all is we", &format!("0 {LOST}")), None), UpgradeState::Unheard);
        assert_eq!(ended(&log("all is we", &format!("0 {LOST}")), Some("0ther")), UpgradeState::Restarted);
        assert_eq!(ended(&log("Reboot now", &format!("0 {LOST}")), Some("b00t")), UpgradeState::WaitsForReboot);
        assert_eq!(ended(&log("Reboot now", "3"), Some("b00t")), UpgradeState::Failed(3));
        assert_eq!(ended(&log("Reboot now", "0"), Some("another")), UpgradeState::Restarted);
    }
}
