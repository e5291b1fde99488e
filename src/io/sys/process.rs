//! How programs are started, and what this one has used.
#![allow(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::stat::{Mode, umask};
use nix::time::{ClockId, clock_gettime};

/// The program gets a process group of its own, and until it has that, this process handles the signals that reach it.
///
/// `posix_spawn(3)`, which [`Command`] uses where it can, has no handlers in the new process: a signal of the terminal
/// that comes before `setpgid(2)` ends or stops the program. After `fork(2)` the handlers are inherited up to `exec(2)`
/// (signal(7)), and a signal that they take is gone. A closure to run in between makes it `fork(2)`.
pub fn in_a_group_of_its_own(command: &mut Command) {
    command.process_group(0);
    let mask = INHERITED.load(Ordering::Relaxed);
    let before_exec = move || {
        if mask != UNKNOWN {
            umask(Mode::from_bits_truncate(mask));
        }
        Ok(())
    };
    // SAFETY: umask(2) may be called between fork(2) and exec(2), and nothing else is done there.
    unsafe { command.pre_exec(before_exec) };
}

/// The mask of file modes that this process was started with.
static INHERITED: AtomicU32 = AtomicU32::new(UNKNOWN);
/// No mask: the process still has the one that it was started with.
const UNKNOWN: u32 = u32::MAX;

/// From now on only their owner may read the files that this process makes, and none of its memory is written to a
/// core file. The programs that it starts keep the mask that it was started with: what they make is not ours.
pub fn harden() {
    let inherited = umask(Mode::S_IRWXG | Mode::S_IRWXO);
    INHERITED.store(inherited.bits(), Ordering::Relaxed);
    // A kernel that refuses it leaves the process as it is everywhere else.
    let _ = nix::sys::prctl::set_dumpable(false);
}

/// How long this thread has kept a processor busy.
pub fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_the_mask_that_this_process_was_started_with() {
        INHERITED.store(0o027, Ordering::Relaxed);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "umask"]);
        in_a_group_of_its_own(&mut command);
        let output = command.output().unwrap();
        INHERITED.store(UNKNOWN, Ordering::Relaxed);
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "0027");
    }
}
