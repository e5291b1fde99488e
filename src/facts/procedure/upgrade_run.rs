//! The vendor's upgrade, as the log of the service that `okv-host upgrade` starts it in tells of it.
//!
//! One log a run, named by the second in which it began. The service writes a line of its own before and after what the vendor's program
//! prints; the line after has the boot in which it ran, so that a restart since then shows.

use std::io;

use super::super::inventory::STATE;
use super::processes::Process;
use super::tail::tail;
use super::{Probed, Root};

/// What the service writes before the vendor's program runs.
pub const BEGAN: &str = "okv-host: the upgrade began";
/// What the service writes after it, followed by [`marks`].
pub const ENDED: &str = "okv-host: the upgrade ended";
/// What the vendor's program prints where it wants a restart, without regard to case.
const ASKS: &str = "reboot now";
/// Most bytes of a log that are read, from its end.
const MOST: u64 = 1 << 20;

/// The last run of the upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeRun {
    /// Path of its log.
    pub log: String,
    /// When it began, in seconds since 1970.
    pub began: u64,
    /// How far it came.
    pub state: UpgradeState,
}

/// How far a run of the upgrade came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpgradeState {
    /// It runs.
    Running,
    /// It ended with this exit status, which is not 0.
    Failed(i32),
    /// It stopped without an end: the machine or the service was cut off.
    CutOff,
    /// It ended well, and did not ask for a restart.
    Silent,
    /// It ended well and asked for a restart, which has not happened yet.
    WaitsForReboot,
    /// It asked for a restart, and the node was restarted since then.
    Restarted,
}

/// The folder of the logs.
pub fn logs() -> String {
    format!("{STATE}/upgrade")
}

/// What follows [`ENDED`]: the boot in which the program ran, and its exit status.
pub fn marks(boot: &str, status: &str) -> String {
    format!("boot={boot} status={status}")
}

/// Looks for the last run. [`Probed::Absent`] where there was none.
pub fn gather(root: &Root, processes: &Probed<Vec<Process>>) -> Probed<UpgradeRun> {
    let folder = match root.at(logs()) {
        Ok(folder) => folder,
        Err(why) => return Probed::Unreadable(why),
    };
    let names = match folder.names() {
        Probed::Known(names) => names,
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let began = |name: &str| name.strip_suffix(".log")?.parse::<u64>().ok();
    let Some(began) = names.iter().filter_map(|name| began(name.to_str()?)).max() else { return Probed::Absent };
    let name = format!("{began}.log");
    let place = match folder.below(&name) {
        Ok(place) => place,
        Err(why) => return Probed::Unreadable(why),
    };
    let text = match tail(&place, MOST) {
        Ok((_, text)) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Probed::Absent,
        Err(e) => return Probed::Unreadable(format!("{}: {e}", place.shown())),
    };
    let runs = match processes {
        Probed::Known(processes) => processes.iter().any(|process| process.words.contains(&name)),
        Probed::Absent => false,
        Probed::Unreadable(why) => return Probed::Unreadable(why.clone()),
    };
    let boot = match boot(root) {
        Probed::Known(boot) => Some(boot),
        Probed::Absent => None,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let state = if runs { UpgradeState::Running } else { ended(&String::from_utf8_lossy(&text), boot.as_deref()) };
    Probed::Known(UpgradeRun { log: place.shown(), began, state })
}

/// What tells this boot from every other (kernel `Documentation/admin-guide/sysctl/kernel.rst`, `random/boot_id`).
pub fn boot(root: &Root) -> Probed<String> {
    root.parse("/proc/sys/kernel/random/boot_id", |text| {
        Ok::<_, String>(String::from_utf8_lossy(text.trim_ascii()).into_owned())
    })
}

/// How a run ended that runs no more, from its log and the boot of now.
fn ended(text: &str, now: Option<&str>) -> UpgradeState {
    let mark = text.lines().rev().find_map(|line| line.strip_prefix(ENDED));
    let Some(mark) = mark else { return UpgradeState::CutOff };
    let value = |key: &str| mark.split_ascii_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
    let status = value("status").and_then(|status| status.parse::<i32>().ok());
    match status {
        None => UpgradeState::CutOff,
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
        format!("{BEGAN}\n{text}\n{ENDED} {}\n", marks("b00t", status))
    }

    #[test]
    fn a_log_without_an_end_was_cut_off() {
        assert_eq!(ended("", Some("b00t")), UpgradeState::CutOff);
        assert_eq!(ended(&format!("{BEGAN}\nReboot now\n"), Some("b00t")), UpgradeState::CutOff);
        assert_eq!(ended(&log("Reboot now", ""), Some("b00t")), UpgradeState::CutOff);
        assert_eq!(ended(&format!("{ENDED} boot=b00t sta"), Some("b00t")), UpgradeState::CutOff);
    }

    #[test]
    fn only_a_run_that_ended_well_and_asks_for_it_waits_for_a_restart() {
        assert_eq!(ended(&log("REBOOT NOW to go on", "0"), Some("b00t")), UpgradeState::WaitsForReboot);
        assert_eq!(ended(&log("all is well", "0"), Some("b00t")), UpgradeState::Silent);
        assert_eq!(ended(&log("Reboot now", "3"), Some("b00t")), UpgradeState::Failed(3));
        assert_eq!(ended(&log("Reboot now", "0"), Some("another")), UpgradeState::Restarted);
    }
}
