//! A runner that answers as a test tells it to, and fails the test where the calls are not those expected.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Cmd, Output, Runner, ToolError};

/// One expected call and its answer.
#[derive(Debug, Clone)]
pub struct Scripted {
    /// The command as it is shown.
    pub command: String,
    pub answer: Result<Output, ToolError>,
}

impl Scripted {
    /// The command succeeds and prints `stdout`.
    pub fn prints(command: &str, stdout: &str) -> Self {
        let output = Output { status: Some(0), stdout: stdout.as_bytes().to_vec(), stderr: Vec::new() };
        Self { command: command.to_owned(), answer: Ok(output) }
    }

    /// The command ends with `status` and says `stderr`.
    pub fn fails(command: &str, status: i32, stderr: &str) -> Self {
        let output = Output { status: Some(status), stdout: Vec::new(), stderr: stderr.as_bytes().to_vec() };
        Self { command: command.to_owned(), answer: Ok(output) }
    }

    /// The command cannot be run to its end.
    pub fn breaks(command: &str, error: ToolError) -> Self {
        Self { command: command.to_owned(), answer: Err(error) }
    }
}

/// The calls that a test expects, in order. Dropped with calls left over, it fails the test.
#[derive(Debug, Default)]
pub struct Script {
    calls: Mutex<VecDeque<Scripted>>,
}

impl Script {
    /// These calls and no others.
    pub fn new(calls: impl IntoIterator<Item = Scripted>) -> Self {
        Self { calls: Mutex::new(calls.into_iter().collect()) }
    }

    fn calls(&self) -> MutexGuard<'_, VecDeque<Scripted>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runner for Script {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        let command = cmd.to_string();
        match self.calls().pop_front() {
            Some(call) if call.command == command => call.answer,
            other => {
                let expected = other.map_or_else(|| "nothing".to_owned(), |call| format!("`{}`", call.command));
                Err(ToolError::Failed { command, why: format!("not in the script, which expects {expected}") })
            }
        }
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let left: Vec<String> = self.calls().iter().map(|call| call.command.clone()).collect();
        assert!(left.is_empty() || std::thread::panicking(), "calls that never came: {left:?}");
    }
}
