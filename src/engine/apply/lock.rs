//! One run at a time: `flock(2)` on a file that is never removed, because removing it would let two runs hold two
//! files.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::host::state::STATE;
use crate::io::owned;
use crate::io::tool::LockedHost;

/// Whoever only looks holds it for a moment, in which it is tried again.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// How often this process holds a lock.
static HELD_HERE: AtomicUsize = AtomicUsize::new(0);

/// The lock, held until dropped.
#[derive(Debug)]
pub struct Lock(Arc<File>);

impl Drop for Lock {
    fn drop(&mut self) {
        HELD_HERE.fetch_sub(1, Ordering::Relaxed);
    }
}

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
        let file = match owned::read(&path) {
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

    /// Whether another process changes the host at `base`. Where that cannot be asked, nothing is known of one.
    pub fn is_held_by_another(base: &Path) -> bool {
        HELD_HERE.load(Ordering::Relaxed) == 0 && matches!(Self::is_held(base), Ok(true))
    }

    /// Takes the lock in the state folder.
    ///
    /// # Errors
    /// Where another run holds it, or the file cannot be opened.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let file = owned::append(&folder.join("lock")).map_err(LockError::Io)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                // Programs read it as their standard input: there must be nothing in it.
                Ok(()) => {
                    file.set_len(0).map_err(LockError::Io)?;
                    HELD_HERE.fetch_add(1, Ordering::Relaxed);
                    return Ok(Self(Arc::new(file)));
                }
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(e)) => return Err(LockError::Io(e)),
            }
        }
        Err(LockError::Held)
    }

    /// What runs the programs of the run: they hold the lock, too. One that goes on after this process was killed is
    /// still the run, and nobody may judge by what it has not yet done.
    pub fn runner(&self) -> LockedHost {
        LockedHost::new(&self.0)
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

    /// The answer of a run may wait for hours for a blocked terminal, and the runner lives as long.
    #[test]
    fn a_lock_that_is_dropped_is_free_though_its_runner_lives() {
        use crate::io::tool::{Cmd, Program, Runner};
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        let runner = lock.runner();
        assert!(runner.run(&Cmd::new(Program::Sh, ["-c", "test -f /proc/self/fd/0"])).unwrap().status == Some(0));
        drop(lock);
        assert!(within_a_minute(|| Lock::take(dir.path()).is_ok()));
        assert!(runner.run(&Cmd::new(Program::Sh, ["-c", "test -f /proc/self/fd/0"])).unwrap().status == Some(1));
    }

    /// The package manager of a killed prune goes on: without the lock, `undo` would unmount /boot under it.
    #[test]
    fn a_program_of_lvm2_that_a_killed_run_started_holds_the_lock_until_it_ends() {
        let dir = tempfile::tempdir().unwrap();
        let lvm_lock = File::create(dir.path().join("P_global")).unwrap();
        lvm_lock.lock().unwrap();
        let mut run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "engine::apply::lock::tests::a_run_that_waits_for_lvm2", "--nocapture"])
            .env(FOLDER, dir.path())
            .spawn()
            .unwrap();
        let waits = || std::fs::read_to_string("/proc/locks").unwrap().lines().any(|line| waits_for(line, &lvm_lock));
        assert!(within_a_minute(waits), "LVM2 never waited for its own lock");
        run.kill().unwrap();
        run.wait().unwrap();
        // The one that waits is the program: its parent is gone.
        assert!(waits());
        assert!(matches!(Lock::take(dir.path()), Err(LockError::Held)));
        drop(lvm_lock);
        assert!(within_a_minute(|| Lock::take(dir.path()).is_ok()));
    }

    /// The folder of the lock, for the run that is killed.
    const FOLDER: &str = "OKV_HOST_TEST_LOCK";

    /// That run: a process of its own. It is no test where nobody kills it.
    #[test]
    fn a_run_that_waits_for_lvm2() {
        use crate::io::tool::{Cmd, Program, Runner};
        let Some(folder) = std::env::var_os(FOLDER) else { return };
        let folder = Path::new(&folder);
        let lock = Lock::take(folder).unwrap();
        let config = format!("global {{ locking_dir=\"{}\" }}", folder.display());
        let ended = lock.runner().run(&Cmd::new(Program::Pvs, ["--config", &config]));
        panic!("it was to be killed: {ended:?}");
    }

    /// Whether a line of /proc/locks (`1: -> FLOCK ADVISORY WRITE 42 00:18:77 0 EOF`) waits for the lock of that file.
    fn waits_for(line: &str, file: &File) -> bool {
        use std::os::unix::fs::MetadataExt;
        let inode = format!(":{} 0 EOF", file.metadata().unwrap().ino());
        line.contains("-> FLOCK") && line.ends_with(&inode)
    }

    fn within_a_minute(is: impl Fn() -> bool) -> bool {
        (0..600).any(|_| {
            thread::sleep(Duration::from_millis(100));
            is()
        })
    }
}
