//! The vendor's upgrade, followed to its end: what it prints is passed on, and how it ended is read from its log alone.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::Follow;
use crate::engine::apply::{News, Performed, TargetHost, Watch};
use crate::host::{Probed, processes};
use crate::subjects::upgrade::facts::log;
use crate::subjects::upgrade::facts::upgrade_run::{self, UpgradeRun, UpgradeState};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Within this the service writes its first line.
const BEGINS: Duration = Duration::from_secs(30);
/// Bytes of its output that are passed on at once.
const PIECE: u64 = 1 << 16;
/// Most of them that are passed on between two looks.
const PIECES: u32 = 64;

pub(crate) fn follow(host: &TargetHost<'_>, follow: &Follow, watch: &mut Watch<'_>) -> Result<Performed, String> {
    let until = Instant::now() + Duration::from_secs(follow.limit_seconds);
    let mut passed_on = 0;
    loop {
        // Looked at first: what was printed before its end is passed on all the same.
        let run = upgrade_run(host, &follow.log)?;
        passed_on = pass_on(host, &follow.log, passed_on, watch);
        match run.state {
            UpgradeState::WaitsForReboot => return Ok(Performed::Done),
            UpgradeState::Running if watch.interrupts.came() => return Ok(Performed::Stopped),
            UpgradeState::Running if Instant::now() >= until => {
                return Err(format!("it has run for {} hours, and goes on", follow.limit_seconds / 3600));
            }
            UpgradeState::Running => thread::sleep(LOOK),
            ended => {
                let errors = errors_since(host, follow, &run);
                return Err(format!("the upgrade {ended}; its output is in {}{errors}", follow.log));
            }
        }
    }
}

/// Whether it is in the state in which [`follow`] ends well.
pub(crate) fn has_followed(host: &TargetHost<'_>, follow: &Follow) -> Result<(), String> {
    match upgrade_run(host, &follow.log)?.state {
        UpgradeState::WaitsForReboot => Ok(()),
        other => Err(format!("the upgrade {other}")),
    }
}

/// Whether the service has written to its log; it is given some time.
pub(crate) fn upgrade_has_begun(host: &TargetHost<'_>, log: &str) -> bool {
    let until = Instant::now() + BEGINS;
    loop {
        let begun = std::fs::metadata(host.path(log)).is_ok_and(|meta| meta.len() > 0);
        if begun || Instant::now() >= until {
            return begun;
        }
        thread::sleep(LOOK);
    }
}

fn upgrade_run(host: &TargetHost<'_>, log: &str) -> Result<UpgradeRun, String> {
    let root = host.root()?;
    match upgrade_run::gather(&root, &processes::gather(&root)) {
        // The folder of the state may be reached by a link: the number is the same by every path.
        Probed::Known(run) if upgrade_run::number_of(log) == Some(run.number) => Ok(run),
        Probed::Known(run) => Err(format!("another upgrade was begun: its log is {}", run.log)),
        Probed::Absent => Err(format!("{log} is gone")),
        Probed::Unreadable(why) => Err(why),
    }
}

/// Passes on what was printed since, and says how far that is.
fn pass_on(host: &TargetHost<'_>, log: &str, from: u64, watch: &mut Watch<'_>) -> u64 {
    let mut at = from;
    // A program that never stops printing is not to keep anyone from stopping this.
    for _ in 0..PIECES {
        let piece = || {
            let mut file = File::open(host.path(log))?;
            file.seek(SeekFrom::Start(at))?;
            let mut bytes = Vec::new();
            file.take(PIECE).read_to_end(&mut bytes)?;
            Ok::<_, std::io::Error>(bytes)
        };
        // What cannot be shown is in the log all the same.
        let bytes = piece().unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        (watch.report)(News::Output(&bytes));
        at = at.saturating_add(bytes.len() as u64);
    }
    at
}

/// Errors of an upgrade that the system log got since it began.
fn errors_since(host: &TargetHost<'_>, follow: &Follow, run: &UpgradeRun) -> String {
    let from = run.messages.unwrap_or(0);
    match host.root().map(|root| log::since(&root, &follow.messages, from)) {
        Ok(Probed::Known(log)) if log.errors > 0 => format!("; {}: {}", follow.messages, log.last.join(" | ")),
        _ => String::new(),
    }
}
