//! Signals are held until the running step is done and proved.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
use signal_hook::flag;

use crate::io::sys;

/// They ask a run to end.
const ENDS: &[i32] = &[SIGINT, SIGQUIT, SIGTERM, SIGHUP];
/// They stop a process until somebody continues it.
const STOPS: &[i32] = &[SIGTSTP, SIGTTIN, SIGTTOU];

/// Whether someone asked to stop: at the terminal (SIGINT, SIGQUIT), from outside (SIGTERM), or by losing the
/// connection (SIGHUP).
#[derive(Debug, Clone, Default)]
pub struct Interrupts {
    came: Arc<AtomicBool>,
    /// Nothing that must not be cut short is left.
    is_over: Arc<AtomicBool>,
}

impl Interrupts {
    /// From now on these signals end nothing; they are only noted. What would stop the process until somebody continues
    /// it (SIGTSTP, SIGTTIN, SIGTTOU) does nothing: a run does not pause while the node lacks its swap.
    ///
    /// # Errors
    /// Where the kernel refuses a handler.
    pub fn hold() -> io::Result<Self> {
        let held = Self::default();
        for signal in ENDS.iter().chain(STOPS) {
            flag::register_conditional_default(*signal, Arc::clone(&held.is_over))?;
        }
        for signal in ENDS {
            flag::register(*signal, Arc::clone(&held.came))?;
        }
        sys::write_from_the_background()?;
        Ok(held)
    }

    /// The run has ended and its end is recorded; only the answer is left, which may wait for a blocked terminal: from
    /// now on a signal does what it does to any program.
    pub fn let_go(self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    pub fn came(&self) -> bool {
        self.came.load(Ordering::SeqCst)
    }

    /// Acts as if one came, for tests.
    pub fn raise(&self) {
        self.came.store(true, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::{Signal, raise};

    use super::*;

    #[test]
    fn no_signal_of_a_terminal_or_a_lost_connection_ends_or_stops_a_run() {
        for stops in [Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU] {
            let interrupts = Interrupts::hold().unwrap();
            raise(stops).unwrap();
            assert!(!interrupts.came(), "{stops}");
        }
        for ends in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM, Signal::SIGHUP] {
            let interrupts = Interrupts::hold().unwrap();
            raise(ends).unwrap();
            assert!(interrupts.came(), "{ends}");
        }
    }

    /// Whether this process is the run that is signalled, in a group of its own.
    const SIGNALLED: &str = "OKV_HOST_TEST_SIGNALLED";

    #[test]
    fn a_signal_of_the_terminal_reaches_no_program_not_even_one_that_just_starts() {
        let mut run = std::process::Command::new(std::env::current_exe().unwrap());
        run.args(["--exact", "engine::apply::interrupt::tests::a_run_that_is_signalled_all_the_time", "--nocapture"]);
        std::os::unix::process::CommandExt::process_group(&mut run, 0);
        assert!(run.env(SIGNALLED, "yes").status().unwrap().success());
    }

    /// That run: a process of its own. It is no test where nobody signals it.
    #[test]
    fn a_run_that_is_signalled_all_the_time() {
        use crate::io::tool::{Cmd, Host, Program, Runner};
        use nix::sys::signal::killpg;
        use nix::unistd::getpgrp;
        if std::env::var_os(SIGNALLED).is_none() {
            return;
        }
        let interrupts = Interrupts::hold().unwrap();
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    for signal in [Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGINT, Signal::SIGTSTP] {
                        killpg(getpgrp(), signal).unwrap();
                    }
                }
            });
            let ran: Vec<_> = (0..50).map(|_| Host.run(&Cmd::new(Program::Sh, ["-c", "exit 7"]))).collect();
            is_over.store(true, Ordering::SeqCst);
            assert!(ran.iter().all(|ran| ran.as_ref().is_ok_and(|ran| ran.status == Some(7))), "{ran:?}");
        });
        assert!(interrupts.came());
    }
}
