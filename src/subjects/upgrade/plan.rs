//! `upgrade`: the vendor's upgrade is run by the service manager, so that it outlives the connection, and followed to
//! its end.
//!
//! It begins only where the rules and the steps before it are done, and the staged ISO is mounted. A run that is under
//! way is followed, not begun again. The node is restarted only where that is asked for.

use super::facts::upgrade_run::{ARGUMENT, BEGAN, ENDED, LOST, NAME, PROGRAM, UpgradeRun, UpgradeState, log_of};
use crate::engine::{
    Action, Back, Entry, Follow, Guard, Plan, ProgramRun, Reason, RecordedRun, Refusal, Role, RunState, Step,
    SubjectProof, last_run,
};
use crate::host::Probed;
use crate::io::journal::Record;
use crate::io::tool::Program;
use crate::profile::Places;

mod begun;
#[cfg(test)]
mod tests;

pub use begun::Begun;

pub const COMMAND: &str = "upgrade";
/// The vendor's upgrade takes no longer than this until it asks for a restart, in seconds.
const LIMIT: u64 = 6 * 3600;

/// Bytes that are set aside for the log of an upgrade.
const ROOM: u64 = 4 << 20;

/// What the service runs. Its arguments are the log, the vendor's program, this boot's identifier, the ISO, and the
/// system log. No `${`, `$$` or `%`: the service
/// manager would put something in their place.
///
/// How an upgrade ended is known by its log alone: one that cannot be logged is not begun, and its end waits for room
/// in the log. Blocks are set aside for what the vendor's program prints, its word on the restart among it.
fn script() -> String {
    format!(
        "umask 077; cd /root; exec >>\"$1\" 2>&1 || exit 1; \
         echo \"{BEGAN} at=`date -u -Iseconds` messages=`wc -c 2>/dev/null <\"$5\"` iso=$4\" || exit 1; \
         fallocate --keep-size --length {ROOM} \"$1\" 2>/dev/null; \
         /usr/bin/ruby \"$2\" {ARGUMENT}; s=$?; l=; \
         until echo && echo \"{ENDED} boot=$3 status=$s$l\"; do l=' {LOST}'; sleep 5; done; \
         sync; exit $s"
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// Whether the node is restarted once the upgrade asks for it.
    pub reboot: bool,
}

/// What is known of the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Means {
    /// What is in the way of beginning it.
    pub blocked: Vec<Reason>,
    /// The ISO that is mounted read-only at its place; `None` where none is.
    pub staged: Option<String>,
    pub run: Probed<UpgradeRun>,
    /// The last run that the journal has, whose log may have been moved away.
    pub begun: Option<Begun>,
    /// What tells this boot from every other.
    pub boot: Probed<String>,
    /// Whether the node says that it has the release already.
    pub is_upgraded: bool,
    /// Whether there is what has the service manager run a program.
    pub has_service_manager: bool,
    /// A process of the vendor's program that no log of ours tells of.
    pub process: Option<u32>,
    /// Whether this very run asked for a restart, which is on its way.
    pub restarts: bool,
    pub next_start: NextStart,
}

/// What the next start of the node is predicted to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NextStart {
    /// In one line; empty where it is not predicted.
    pub line: String,
    /// Why it surely ends before its end, where it does and nobody accepted that.
    pub stops: Option<Reason>,
    /// Whether an operator accepted what is predicted.
    pub is_waived: bool,
}

/// The plan. Without steps where nothing is left but to restart the node, or nothing at all.
///
/// # Errors
/// With everything that is in the way.
pub fn plan(places: &Places, request: &Request, means: &Means) -> Result<Plan, Refusal> {
    let run = match &means.run {
        Probed::Known(run) => Some(run),
        Probed::Absent => None,
        Probed::Unreadable(why) => {
            let message = format!("cannot determine whether an upgrade is under way: {why}");
            return refused(vec![reason("upgrade-unknown", message, "fix the cause, then run it again")]);
        }
    };
    let mut notes = Vec::new();
    let steps = match run.map(|run| (run, run.state)) {
        // Before the restart, what the files of the node say is only half of it.
        Some((run, UpgradeState::Unheard)) => return refused(vec![unheard(run)]),
        _ if means.is_upgraded => Vec::new(),
        Some((run, UpgradeState::Running)) => vec![follow(&run.log, places)],
        Some((_, UpgradeState::WaitsForReboot)) => Vec::new(),
        _ if let Some(moved) = means.begun.as_ref().filter(|begun| begun.waits_for_restart(run)) => {
            return refused(vec![log_moved(moved)]);
        }
        // Another ISO is another upgrade.
        Some((run, UpgradeState::Restarted)) if run.iso == means.staged || means.staged.is_none() => {
            return refused(vec![restarted(run)]);
        }
        None | Some((_, UpgradeState::Restarted)) => begin(next_number(run, means), places, means)?,
        Some((run, UpgradeState::Failed(_) | UpgradeState::CutOff | UpgradeState::Silent)) => {
            notes.push(format!("an earlier run {}; its output is in {}", run.state, run.log));
            begin(next_number(Some(run), means), places, means)?
        }
    };
    let ends = !steps.is_empty() || run.is_some_and(|run| run.state == UpgradeState::WaitsForReboot);
    let ends = ends && !means.is_upgraded;
    let restart = (ends && request.reboot && !means.restarts).then(|| restart(&means.next_start));
    if let (Some(_), Some(stops)) = (&restart, &means.next_start.stops) {
        return refused(vec![stops.clone()]);
    }
    if ends && !means.next_start.line.is_empty() {
        notes.push(format!("next start: {}", means.next_start.line));
    }
    if ends && !request.reboot {
        notes.push("it does not restart the node: reboot, or --reboot, once the upgrade asks for it".into());
    }
    if ends {
        notes.push("after the restart the upgrade goes on by itself, for hours: do not power the node off".into());
    }
    let steps = steps.into_iter().chain(restart).collect();
    Ok(Plan { command: COMMAND, target: target(request, means), steps, notes })
}

/// A service of its number may be there still, though its log is not.
fn next_number(run: Option<&UpgradeRun>, means: &Means) -> u64 {
    let begun = means.begun.as_ref().map_or(0, |begun| begun.number);
    run.map_or(0, |run| run.number).max(begun).saturating_add(1)
}

fn unheard(run: &UpgradeRun) -> Reason {
    let message = format!("the upgrade {}; its output is in {}", run.state, run.log);
    let remedy = "free space below /var/lib, look for the end of the upgrade in /var/log/messages, and restart the \
                  node with reboot; to run the upgrade again, move that log away";
    reason("upgrade-unknown", message, remedy)
}

fn log_moved(begun: &Begun) -> Reason {
    let log = log_of(begun.number);
    let message = format!(
        "an upgrade was begun since the node was started and may wait for its restart, and its log {log} is gone"
    );
    reason("upgrade-log-moved", message, "put the log back, or restart the node with reboot")
}

fn target(request: &Request, means: &Means) -> String {
    match request.reboot {
        _ if means.is_upgraded => "the node has the new release, which it has already".into(),
        true => "the upgrade has asked for a restart, and the node restarts".into(),
        false => "the upgrade has asked for a restart of the node".into(),
    }
}

/// Whether a run of this command ended since the journal had `before` records: where it asked for a restart, the node
/// still runs, but not for long.
pub fn has_ended_since(records: &[Record<Entry>], before: usize) -> bool {
    let has_ended = |run: RecordedRun| run.command == COMMAND && matches!(run.state, RunState::Ended(_));
    records.len() > before && last_run(records).is_some_and(has_ended)
}

/// Why nothing else may change the node now: an upgrade runs, a service of ours or begun by hand as `process`. The lock
/// does not say so once the connection was lost to the command that followed it.
pub fn runs(run: &Probed<UpgradeRun>, process: Option<u32>) -> Option<Reason> {
    match (run, process) {
        (Probed::Known(run), _) if run.state == UpgradeState::Running => {
            let message =
                format!("the vendor's upgrade runs, and nothing is changed beneath it; its output is in {}", run.log);
            Some(reason("upgrade-runs", message, format!("wait for its end: okv-host {COMMAND} --apply follows it")))
        }
        (_, Some(process)) => Some(runs_by_hand(process)),
        (Probed::Unreadable(why), None) => {
            let message = format!("cannot determine whether an upgrade is under way: {why}");
            Some(reason("upgrade-unknown", message, "fix the cause, then run it again"))
        }
        (Probed::Known(_) | Probed::Absent, None) => None,
    }
}

fn runs_by_hand(process: u32) -> Reason {
    let message = format!("the vendor's upgrade runs already, as process {process}, and nothing here follows it");
    reason("upgrade-runs", message, "wait for its end, and see how it ends where it was begun")
}

/// The steps of a new run, and all that is in the way of it.
fn begin(number: u64, places: &Places, means: &Means) -> Result<Vec<Step>, Refusal> {
    // What else is in the way is of a node that is half changed.
    if let Some(process) = means.process {
        return Err(Refusal { reasons: vec![runs_by_hand(process)] });
    }
    let mut reasons = means.blocked.clone();
    if means.staged.is_none() {
        let message = format!("no upgrade ISO from {} is mounted read-only at {}", places.iso_folder, places.iso_mount);
        let remedy = format!(
            "okv-host stage ISO --sha256 HEX --apply; where the copy is in {} already, that one is ISO",
            places.iso_folder
        );
        reasons.push(reason("not-staged", message, remedy));
    }
    if !means.has_service_manager {
        let message = format!("{} is not there: the upgrade would end with the connection", Program::SystemdRun.path());
        reasons.push(reason("no-service-manager", message, "run it by hand, within tmux or at the console"));
    }
    let boot = means.boot.known();
    if boot.is_none() {
        let message = "the identifier of this boot could not be read".to_owned();
        reasons.push(reason("boot-unknown", message, "see /proc/sys/kernel/random/boot_id"));
    }
    match (boot, &means.staged) {
        (Some(boot), Some(iso)) if reasons.is_empty() => {
            let log = log_of(number);
            Ok(vec![start(number, &log, boot, iso, places), follow(&log, places)])
        }
        _ => Err(Refusal { reasons }),
    }
}

fn start(number: u64, log: &str, boot: &str, iso: &str, places: &Places) -> Step {
    let (unit, program) = (format!("--unit={NAME}-{number}"), format!("{}/{PROGRAM}", places.iso_mount));
    let script = script();
    // What it starts may stay, as it would after a login; and it gets the environment of one.
    let options = [
        &unit,
        "--description=Upgrade of Oracle Key Vault, begun by okv-host",
        "--property=KillMode=process",
        "--setenv=HOME=/root",
        "--setenv=USER=root",
        "--setenv=LOGNAME=root",
        "--setenv=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/root/bin",
    ];
    let command = ["/bin/sh", "-c", &script, NAME, log, &program, boot, iso, &places.log];
    let args = options.into_iter().map(str::to_owned).chain(command.map(literal));
    let why =
        "an upgrade that has begun is not ended from outside, and nobody but the vendor knows a way back".to_owned();
    let run = ProgramRun::changes(
        Program::SystemdRun,
        args,
        SubjectProof::UpgradeBegan { log: log.to_owned() },
        Back::Stays { why },
    );
    let purpose = format!("the vendor's upgrade runs as a service, with its output in {log}");
    Step::new(purpose, Action::Run(run)).in_role(Role::Permanent)
}

/// An argument as the service manager takes it: it puts the values of variables in place of their names
/// (systemd.service(5)), in the path of an ISO too.
fn literal(argument: &str) -> String {
    argument.replace('$', "$$")
}

fn follow(log: &str, places: &Places) -> Step {
    let follow = Follow { log: log.to_owned(), messages: places.log.clone(), limit_seconds: LIMIT };
    Step::new("the upgrade ends well, and asks for a restart", Action::Follow(follow))
}

/// What the next start does is predicted anew then: the upgrade writes kernels and the menu.
fn restart(next_start: &NextStart) -> Step {
    let why = "the node restarts".to_owned();
    let run = ProgramRun { back: Back::Stays { why }, ..ProgramRun::looks(Program::Systemctl, ["reboot"]) };
    let run = if next_start.is_waived { run } else { run.only_if(Guard::NextStart) };
    Step::new("the node restarts, and the upgrade goes on by itself", Action::Run(run)).in_role(Role::Permanent)
}

fn restarted(run: &UpgradeRun) -> Reason {
    let message = "the upgrade asked for a restart, the node was restarted, and does not show the release yet";
    let remedy = format!(
        "wait for the heading with the release at the console: that takes hours; where it failed, keep {} and \
         /var/log/messages for the vendor; to run it again, move {} away",
        run.log, run.log
    );
    reason("goes-on-after-restart", message.into(), remedy)
}

fn reason(id: &'static str, message: String, remedy: impl Into<String>) -> Reason {
    Reason { id, message, remedy: remedy.into() }
}

fn refused(reasons: Vec<Reason>) -> Result<Plan, Refusal> {
    Err(Refusal { reasons })
}
