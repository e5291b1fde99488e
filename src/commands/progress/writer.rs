//! Writes without making the run wait. Between swapoff and swapon the node has no swap, and a terminal may be blocked
//! for hours: by Ctrl-S, by a connection that hangs, by a pipe that nobody reads. So a thread of its own writes, and
//! what finds no room in front of it is left out.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes that wait to be written at most: what the upgrade is followed by in one go.
const ROOM: usize = 4 << 20;
/// How long the end waits for what is not written yet.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a terminal that was set not to block is left alone when it takes nothing.
const PAUSE: Duration = Duration::from_millis(20);

/// Dropping it waits until all is written, for a short time; then the rest is left out.
pub(in crate::commands) struct Writer(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    text: String,
    /// Lines that found no room since the last one that did.
    left_out: usize,
    is_writing: bool,
    /// Nothing comes after what waits.
    is_closed: bool,
    /// Nothing is written any more: all is, or the reader is gone, or the end waited long enough.
    is_over: bool,
}

impl Writer {
    /// To stderr, past the lock that the standard library has on it: the thread may hang in a write, and would keep it.
    pub(in crate::commands) fn to_stderr() -> Self {
        match io::stderr().as_fd().try_clone_to_owned() {
            Ok(own) => Self::to(File::from(own)),
            Err(_) => Self::to(io::sink()),
        }
    }

    pub(in crate::commands) fn to(out: impl Write + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        // Without a thread nothing is written: a run that is not reported is better than one that may block.
        if thread::Builder::new().spawn(move || theirs.write_to(out)).is_err() {
            shared.queue().is_over = true;
        }
        Self(shared)
    }

    /// Has it written soon, or left out and counted.
    pub(in crate::commands) fn write(&self, text: &str) {
        let mut queue = self.0.queue();
        if queue.text.len().saturating_add(text.len()) > ROOM {
            queue.left_out = queue.left_out.saturating_add(text.lines().count());
            return;
        }
        queue.note_left_out();
        queue.text.push_str(text);
        self.0.changed.notify_all();
    }
}

impl Writer {
    /// Waits until all is written, for a short time; then nothing is written any more.
    pub(in crate::commands) fn finish(&self) {
        let mut queue = self.0.queue();
        queue.note_left_out();
        queue.is_closed = true;
        self.0.changed.notify_all();
        let waits = |queue: &mut Queue| !queue.is_over && (queue.is_writing || !queue.text.is_empty());
        let waited = self.0.changed.wait_timeout_while(queue, PATIENCE, waits);
        // The answer follows. Where somebody reads again, no old line comes in between.
        waited.unwrap_or_else(PoisonError::into_inner).0.is_over = true;
        self.0.changed.notify_all();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Queue {
    fn note_left_out(&mut self) {
        let noun = if self.left_out == 1 { "line" } else { "lines" };
        match std::mem::take(&mut self.left_out) {
            0 => {}
            n => self.text.push_str(&format!("     {n} {noun} left out: the output was blocked\n")),
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, mut out: impl Write) {
        while let Some(text) = self.next() {
            if write_all(&mut out, text.as_bytes()).is_err() {
                self.queue().is_over = true;
                self.changed.notify_all();
            }
        }
    }

    /// What is to be written next; waits for it. The lock is never held while it is written.
    fn next(&self) -> Option<String> {
        let mut queue = self.queue();
        queue.is_writing = false;
        self.changed.notify_all();
        while queue.text.is_empty() && !queue.is_closed && !queue.is_over {
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let text = std::mem::take(&mut queue.text);
        queue.is_writing = !queue.is_over && !text.is_empty();
        queue.is_writing.then_some(text)
    }
}

/// As `Write::write_all`, also where the terminal was set not to block.
fn write_all(out: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match out.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
