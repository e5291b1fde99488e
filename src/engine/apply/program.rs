//! A program that is run where its guard holds, and its way back.

use std::time::Duration;

use super::host::TargetHost;
use super::taken_back::TakenBack;
use crate::engine::{Back, Guard, ProgramRun};
use crate::io::tool::{Cmd, Program, success};

/// Most characters of a command that a message has.
const LONGEST_COMMAND: usize = 160;

/// The longest that a way back may take: the pages of a whole swap area come back in that time.
const LONGEST_WAY_BACK: u64 = 1800;

impl TargetHost<'_> {
    pub(super) fn run(&self, run: &ProgramRun) -> Result<(), String> {
        match &run.guard {
            Some(Guard::RoomForPages { area, margin_kib }) => self.has_room_for_pages(area, *margin_kib)?,
            None => {}
        }
        if let Some(unless) = &run.unless
            && self.holds(unless)?
        {
            return Ok(());
        }
        self.execute(&run.argv, run.limit_seconds).map(drop)
    }

    /// The same for what has to come back: the program of the way back must work before the step is done.
    pub(super) fn run_with_way_back(&self, run: &ProgramRun) -> Result<(), String> {
        if let Back::By { argv } = &run.back {
            self.answers(argv)?;
        }
        self.run(run)
    }

    pub(super) fn take_back_run(&self, run: &ProgramRun) -> Result<TakenBack, String> {
        match &run.back {
            Back::Nothing | Back::Needless => {}
            Back::Stays { why } => {
                return Ok(TakenBack::Stays(format!("{} stays done: {why}", format_command(&run.argv))));
            }
            Back::Bytes { path, bytes, of } => self.put_bytes(path, bytes, *of)?,
            Back::By { argv } => self.run_back(run, argv)?,
        }
        Ok(TakenBack::Yes)
    }

    fn run_back(&self, run: &ProgramRun, argv: &[String]) -> Result<(), String> {
        let Some(proof) = &run.proof else { return self.execute(argv, LONGEST_WAY_BACK).map(drop) };
        // Where it cannot be determined, going back is tried all the same: a node without its swap is worse than a
        // program run in vain.
        if self.is_there(proof) == Ok(false) {
            return Ok(());
        }
        let ran = self.execute(argv, LONGEST_WAY_BACK);
        match self.is_there(proof) {
            Ok(false) => Ok(()),
            Ok(true) => Err(ran.err().unwrap_or_else(|| format!("{} changed nothing", argv.join(" ")))),
            Err(why) => ran.and(Err(why)),
        }
    }

    /// That the program of a way back can be run and says its own name, before what the node needs is taken away.
    fn answers(&self, argv: &[String]) -> Result<(), String> {
        let path = argv.first().ok_or("an empty command")?;
        let asked = [path.clone(), "--version".to_owned()];
        let printed =
            self.execute(&asked, 60).map_err(|why| format!("what would bring it back does not work: {why}"))?;
        let name = path.rsplit('/').next().unwrap_or(path);
        if String::from_utf8_lossy(&printed).contains(name) {
            return Ok(());
        }
        Err(format!("what would bring it back does not work: {} does not say its name", asked.join(" ")))
    }

    /// Runs a program: what it prints.
    fn execute(&self, argv: &[String], seconds: u64) -> Result<Vec<u8>, String> {
        let (program, args) = argv.split_first().ok_or("an empty command")?;
        let program = Program::at(program).ok_or_else(|| format!("{program} is not a program that may be run"))?;
        let limit = Duration::from_secs(seconds);
        let cmd = Cmd { limit, ..Cmd::new(program, args.iter().map(String::as_str)) };
        success(self.runner, &cmd).map(|output| output.stdout).map_err(|e| e.to_string())
    }
}

/// A command for a message: a long one without its end, which the plan and the journal have.
pub(super) fn format_command(argv: &[String]) -> String {
    let line = argv.join(" ");
    match line.char_indices().nth(LONGEST_COMMAND) {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
