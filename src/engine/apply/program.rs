//! A program that is run where its guard holds, and its way back.

use std::time::Duration;

use super::host::TargetHost;
use super::taken_back::TakenBack;
use crate::engine::{Back, Command, Guard, ProgramRun, Proof, SubjectProof};
use crate::io::tool::{lvm, success};

/// Most characters of a command that a message has.
const LONGEST_COMMAND: usize = 160;

/// The longest that a way back may take: the pages of a whole swap area come back in that time.
const LONGEST_WAY_BACK: u64 = 1800;

/// The longest that a program may take to print its version.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

impl TargetHost<'_> {
    pub(super) fn run(&self, run: &ProgramRun) -> Result<(), String> {
        match &run.guard {
            Some(Guard::RoomForPages { area, margin_kib }) => self.has_room_for_pages(area, *margin_kib)?,
            Some(Guard::NextStart) => self.may_restart()?,
            Some(Guard::Removable { folder, word }) => self.can_be_removed(folder, word)?,
            None => {}
        }
        if let Some(unless) = &run.unless
            && self.holds(unless)?
        {
            return Ok(());
        }
        self.execute(&run.command, run.limit_seconds).map(drop)
    }

    fn may_restart(&self) -> Result<(), String> {
        match self.subjects.holds(self, &SubjectProof::NextStart)? {
            true => Ok(()),
            false => Err(self.subjects.why_not(self, &SubjectProof::NextStart).unwrap_or_default()),
        }
    }

    /// The same for what has to come back: the program of the way back must work before the step is done.
    pub(super) fn run_with_way_back(&self, run: &ProgramRun) -> Result<(), String> {
        if let Back::By { command } = &run.back {
            self.answers(command)?;
        }
        self.run(run)
    }

    pub(super) fn take_back_run(&self, run: &ProgramRun) -> Result<TakenBack, String> {
        match &run.back {
            Back::Nothing | Back::Needless => {}
            Back::Stays { why } => {
                return Ok(TakenBack::Stays(format!("{} stays done: {why}", format_command(&run.command))));
            }
            // Its volume may be gone already.
            Back::Bytes { .. } if self.is_on_a_volume_that_is_gone(run) => {}
            Back::Bytes { path, bytes, of } => self.put_bytes(path, bytes, *of)?,
            Back::By { command } => {
                self.run_back(run, command)?;
                self.flush_writes(run)?;
            }
        }
        Ok(TakenBack::Yes)
    }

    fn is_on_a_volume_that_is_gone(&self, run: &ProgramRun) -> bool {
        run.proof.as_ref().is_some_and(|proof| match proof {
            Proof::Extents { group, volume, .. } => {
                self.holds(&Proof::NoVolume { group: group.clone(), volume: volume.clone() }) == Ok(true)
            }
            _ => false,
        })
    }

    fn run_back(&self, run: &ProgramRun, back: &Command) -> Result<(), String> {
        let Some(proof) = &run.proof else { return self.execute(back, LONGEST_WAY_BACK).map(drop) };
        if let Proof::PhysicalVolume { device, group: None, .. } = proof {
            if self.has_label_alone(device)? {
                // pvremove(8) refuses it.
                return self.clear_half_made(device);
            }
            // Below it lies its table, which must not go while a group has the volume.
            if let Some(group) = self.group_of(device)? {
                if group == lvm::PhysicalVolume::UNKNOWN_GROUP {
                    return Err(format!(
                        "vgextend left {device} half made; it stays there: run okv-host swap-extend again"
                    ));
                }
                return Err(format!("{device} belongs to {group} now, and stays there"));
            }
        }
        // Where it cannot be determined, going back is tried all the same: a node without its swap is worse than a
        // program run in vain.
        if self.is_there(proof) == Ok(false) {
            return Ok(());
        }
        if let Proof::SwapUnused { area } = proof {
            self.wake(area)?;
        }
        let ran = match proof {
            Proof::PhysicalVolume { group: Some(group), .. } => {
                self.with_caches_off(group, || self.execute(back, LONGEST_WAY_BACK))
            }
            _ => self.execute(back, LONGEST_WAY_BACK),
        };
        match self.is_there(proof) {
            Ok(false) => Ok(()),
            Ok(true) => Err(ran.err().unwrap_or_else(|| format!("{back} changed nothing"))),
            Err(why) => ran.and(Err(why)),
        }
    }

    /// That the program of a way back can be run and says its own name, before what the node needs is taken away.
    fn answers(&self, back: &Command) -> Result<(), String> {
        let does_not_work = |why: String| format!("what would bring it back does not work: {why}");
        let mut cmd = back.to_cmd(ANSWER_LIMIT).map_err(does_not_work)?;
        cmd.args = vec!["--version".to_owned()];
        let printed = success(self.runner, &cmd).map_err(|e| does_not_work(e.to_string()))?.stdout;
        let path = cmd.program.path();
        let name = path.rsplit('/').next().unwrap_or(path);
        if String::from_utf8_lossy(&printed).contains(name) {
            return Ok(());
        }
        Err(does_not_work(format!("{cmd} does not print its name")))
    }

    /// Runs a program: what it prints.
    pub(super) fn execute(&self, command: &Command, seconds: u64) -> Result<Vec<u8>, String> {
        let cmd = command.to_cmd(Duration::from_secs(seconds))?;
        success(self.runner, &cmd).map(|output| output.stdout).map_err(|e| e.to_string())
    }
}

/// A command for a message: a long one without its end, which the plan and the journal have.
pub(super) fn format_command(command: &Command) -> String {
    let line = command.to_string();
    match line.char_indices().nth(LONGEST_COMMAND) {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
