//! One run at a time: `flock(2)` on a file that is never removed, because removing it would let two runs hold two
//! files.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::host::state::STATE;
use crate::io::sys;

/// Whoever only looks holds it for a moment, in which it is tried again.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// The lock, held until dropped.
#[derive(Debug)]
pub struct Lock(File);

/// Why the lock was not had.
#[derive(Debug)]
pub enum LockError {
    /// Another run holds it.
    Held,
    /// The file cannot be opened or locked.
    Io(io::Error),
}

impl Lock {
    /// Whether a run holds the lock of the host at `base`. Makes nothing.
    ///
    /// # Errors
    /// Where the file is there and cannot be opened or asked.
    pub fn is_held(base: &Path) -> io::Result<bool> {
        let path = base.join(STATE.trim_start_matches('/')).join("lock");
        let file = match OpenOptions::new().read(true).open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(e),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }

    /// Takes the lock in the state folder.
    ///
    /// # Errors
    /// Where another run holds it, or the file cannot be opened.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let open = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(folder.join("lock"));
        let file = open.map_err(LockError::Io)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(e)) => return Err(LockError::Io(e)),
            }
        }
        Err(LockError::Held)
    }

    /// Has the programs that are started from now on hold it, too: one that goes on after this process was killed is
    /// still the run, and nobody may judge by what it has not yet done.
    ///
    /// # Errors
    /// What `fcntl(2)` says.
    pub fn outlives_this_process(&self) -> io::Result<()> {
        sys::let_children_keep(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_at_once_are_refused_and_the_next_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::take(dir.path()).unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(LockError::Held)));
        drop(first);
        // A program that another test starts at this moment holds what is open here, until it is itself.
        let is_free = |_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            Lock::take(dir.path()).is_ok()
        };
        assert!((0..500).any(is_free));
        assert!(dir.path().join("lock").exists());
    }

    #[test]
    fn a_shared_lock_that_status_holds_for_a_moment_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let looks = File::create(path).unwrap();
        looks.try_lock_shared().unwrap();
        let looked = std::thread::spawn(move || {
            std::thread::sleep(PAUSE);
            drop(looks);
        });
        let taken = Lock::take(dir.path());
        looked.join().unwrap();
        assert!(taken.is_ok());
    }

    /// The package manager of a killed prune goes on: without the lock, `undo` would unmount /boot under it.
    #[test]
    fn a_program_that_a_killed_run_started_still_holds_the_lock() {
        use std::process::{Command, Stdio};
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        lock.outlives_this_process().unwrap();
        let mut program = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        drop(lock);
        assert!(matches!(Lock::take(dir.path()), Err(LockError::Held)));
        drop(program.stdin.take());
        program.wait().unwrap();
        // Programs of other tests may have been started meanwhile, and have it open, too.
        let taken = |_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            Lock::take(dir.path()).is_ok()
        };
        assert!((0..600).any(taken));
    }
}
