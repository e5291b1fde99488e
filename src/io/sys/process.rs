//! How programs are started, and what this one has used.
#![allow(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The program gets a process group of its own, and until it has that, this process handles the signals that reach it.
///
/// `posix_spawn(3)`, which [`Command`] uses where it can, has no handlers in the new process: a signal of the terminal
/// that comes before `setpgid(2)` ends or stops the program. After `fork(2)` the handlers are inherited up to `exec(2)`
/// (signal(7)), and a signal that they take is gone. A closure to run in between makes it `fork(2)`.
pub fn in_a_group_of_its_own(command: &mut Command) {
    command.process_group(0);
    // SAFETY: the closure does nothing, so it may run between fork(2) and exec(2).
    unsafe { command.pre_exec(|| Ok(())) };
}

/// How long this thread has kept a processor busy.
pub fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
