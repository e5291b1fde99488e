//! Answers that are no part of a file: of system calls, of programs and of ports.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Root, Source};
use crate::host::capture::Ran;
use crate::io::tool::{Cmd, Output, Runner, ToolError};

impl Root {
    /// What `ask` answers now, or what was answered when the capture was made. A folder has no such answers: who asks
    /// looks first whether [`Root::has_answers`].
    ///
    /// # Errors
    /// Where a capture has none.
    pub fn answer<T: Serialize + DeserializeOwned>(
        &self,
        question: &str,
        ask: impl FnOnce() -> T,
    ) -> Result<T, String> {
        match &self.source {
            Source::Folder(_) | Source::Disks(_) => Ok(ask()),
            Source::Kept(_, tape) => tape.keep_answer(question, ask),
            Source::Capture(tape) => tape.answer(question),
        }
    }

    /// What runs programs of this host, by `here` where it is the one that this program runs on.
    pub fn runner<'r>(&'r self, here: &'r (dyn Runner + Sync)) -> Answering<'r> {
        Answering { root: self, here }
    }

    /// Whether its answers are kept.
    pub(super) fn is_kept(&self) -> bool {
        matches!(self.source, Source::Kept(..))
    }
}

/// Runs programs, or gives what they answered when the capture was made.
#[derive(Clone, Copy)]
pub struct Answering<'r> {
    root: &'r Root,
    here: &'r (dyn Runner + Sync),
}

impl Runner for Answering<'_> {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        if matches!(self.root.source, Source::Folder(_)) {
            return self.here.run(cmd);
        }
        let command = cmd.to_string();
        if matches!(self.root.source, Source::Disks(_)) {
            return Err(ToolError::Failed { command, why: "the node is powered off".to_owned() });
        }
        match self.root.answer(&format!("program {command}"), || Ran::of(self.here.run(cmd))) {
            Ok(ran) => ran.again(command),
            Err(_) => Err(ToolError::Failed { command, why: crate::host::capture::NOT_THERE.to_owned() }),
        }
    }

    fn still_runs(&self) -> Option<ToolError> {
        self.here.still_runs()
    }
}
