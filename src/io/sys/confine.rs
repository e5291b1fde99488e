//! The kernel keeps the reading commands from writing: seccomp(2).
//!
//! What looks runs in a thread with a filter, which the threads that it starts inherit. A system call that would write,
//! make, rename or remove anything ends with `EROFS` there. What has to be done without the filter is handed to the
//! first thread by [`outside`]: programs that are asked (rpm and sshd open files for writing even to answer), and the
//! files of `--output`.

#![allow(unsafe_code)]

mod filter;

use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use nix::libc;

type Job = Box<dyn FnOnce() + Send>;

/// Where jobs for the thread without a filter go, while there is one.
static OUTSIDE: Mutex<Option<Sender<Job>>> = Mutex::new(None);

/// As large as that of a first thread (`ulimit -s`).
const STACK: usize = 8 << 20;

/// While it is there, jobs go to the thread without a filter.
struct Outside;

impl Outside {
    fn begin(sender: Sender<Job>) -> Self {
        set(Some(sender));
        Self
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        set(None);
    }
}

fn set(to: Option<Sender<Job>>) {
    *OUTSIDE.lock().unwrap_or_else(PoisonError::into_inner) = to;
}

/// Runs `look` where the kernel refuses whatever would write. A kernel without seccomp(2) refuses nothing.
pub fn reading<T: Send>(look: impl Fn() -> T + Sync) -> T {
    let (sender, jobs) = channel::<Job>();
    let outside = Outside::begin(sender);
    let confined = thread::scope(|scope| {
        let look = &look;
        let run = move || {
            let _ends = outside; // and with it the loop below
            confine();
            look()
        };
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).ok()?;
        jobs.into_iter().for_each(|job| drop(thread::spawn(job)));
        Some(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    confined.unwrap_or_else(look) // no thread could be started
}

/// Runs `job` without the filter, and waits for its answer; `None` where it had none.
pub fn outside<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let sender = OUTSIDE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(sender) = sender else { return Some(job()) };
    let (answer, answered) = channel();
    let send = move || drop(answer.send(job()));
    drop(sender.send(Box::new(send)));
    answered.recv().ok()
}

/// From now on this thread, and those that it starts, cannot write to any file that they open.
fn confine() {
    let Some(program) = filter::program() else { return };
    // SAFETY: prctl(2) takes no pointer here.
    let ready = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } == 0;
    let Ok(len) = u16::try_from(program.len()) else { return };
    let program = libc::sock_fprog { len, filter: program.as_ptr().cast_mut().cast() };
    let install = |flags: libc::c_ulong| {
        // SAFETY: the filter outlives the call, and the kernel copies it.
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) == 0 }
    };
    // Kernels before 5.16 switch off speculation where a filter does not say that it need not be; those before 4.17
    // do not know the word.
    let _ = ready && (install(libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW) || install(0));
}

#[cfg(test)]
mod tests;
