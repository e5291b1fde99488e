//! Programs that this process started and left running: each that outlasted its limit and must not, or cannot, be
//! killed. Children are the process's own, so that one list is kept for all runners.

use std::sync::{Mutex, PoisonError};

use crate::io::tool::ToolError;

static LEFT: Mutex<Vec<(duct::Handle, ToolError)>> = Mutex::new(Vec::new());

/// Leaves a program running, and gives the error of its run.
pub(super) fn leave(handle: duct::Handle, command: String) -> ToolError {
    let process = handle.pids().into_iter().next().unwrap_or_default();
    let error = ToolError::StillRuns { command, process };
    LEFT.lock().unwrap_or_else(PoisonError::into_inner).push((handle, error.clone()));
    error
}

/// The first of them that still runs.
pub(super) fn still_runs() -> Option<ToolError> {
    let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
    left.retain(|(handle, _)| matches!(handle.try_wait(), Ok(None)));
    left.first().map(|(_, error)| error.clone())
}
