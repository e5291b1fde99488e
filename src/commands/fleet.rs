//! `okv-host scan --format jsonl`: any number of images, in order, in flat memory.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use anyhow::Result;

use super::paths::{Batch, Paths};
use crate::disk::{Scratch, Source, scan_file};
use crate::engine::ExitStatus;
use crate::io::image::vm::Reach;
use crate::report;

/// Images that a thread takes at a time: enough to make waiting for one's turn rare, few enough to keep memory flat.
const BATCH: usize = 32;

/// Prints a line for each disk, in the order given. Each image stands alone; the disks of an archive belong together.
/// Without `jobs` there is a thread for each processor.
pub(super) fn run(paths: Paths<'_>, reach: Reach, jobs: Option<usize>) -> Result<ExitStatus> {
    // How many processors there are is asked only where it matters: the answer takes the kernel as long as a disk.
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let jobs = match paths.count().map(|count| count.div_ceil(BATCH)) {
        Some(0 | 1) => 1,
        Some(batches) => batches.min(jobs.unwrap_or_else(processors)),
        None => jobs.unwrap_or_else(processors),
    };
    let work = Work { next: Mutex::new((0, paths)), reach, turn: Turn::default(), unread: AtomicBool::new(false) };
    let results: Vec<io::Result<()>> = thread::scope(|scope| {
        let threads: Vec<_> = (1..jobs).map(|_| scope.spawn(|| work.run())).collect();
        let mut results = vec![work.run()];
        results
            .extend(threads.into_iter().map(|t| t.join().unwrap_or_else(|_| Err(io::Error::other("a thread died")))));
        results
    });
    for result in results {
        result?;
    }
    Ok(if work.unread.load(Ordering::Relaxed) { ExitStatus::Undetermined } else { ExitStatus::Success })
}

struct Work<'a> {
    /// The number of the next batch, and the paths that are left.
    next: Mutex<(usize, Paths<'a>)>,
    /// Which files an image may name.
    reach: Reach,
    turn: Turn,
    /// Whether a part of an answer is missing.
    unread: AtomicBool,
}

impl Work<'_> {
    fn run(&self) -> io::Result<()> {
        let (mut paths, mut scratch) = (Batch::default(), Scratch::default());
        let mut lines = Vec::with_capacity(BATCH * 4096);
        loop {
            let number = self.take(&mut paths)?;
            if paths.is_empty() {
                return Ok(());
            }
            lines.clear();
            for path in paths.iter() {
                let (first, more) = scan_file(&Source::open(path).reaching(self.reach), &mut scratch);
                for disk in std::iter::once(&first).chain(&more) {
                    if disk.is_incomplete() {
                        self.unread.store(true, Ordering::Relaxed);
                    }
                    report::disk_line(&mut lines, disk)?;
                }
            }
            self.turn.write(number, &lines)?;
        }
    }

    /// Takes the next batch and its number. Numbers have no gaps, so that every turn comes.
    fn take(&self, paths: &mut Batch) -> io::Result<usize> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, left) = &mut *next;
        left.take(paths, BATCH)?;
        let this = *number;
        *number = number.saturating_add(1);
        Ok(this)
    }
}

/// Lets batches out in their order.
#[derive(Default)]
struct Turn {
    /// The batch whose turn it is, and whether the reader went away.
    state: Mutex<(usize, Option<io::ErrorKind>)>,
    moved: Condvar,
}

impl Turn {
    fn write(&self, batch: usize, lines: &[u8]) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.0 != batch && state.1.is_none() {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if let Some(kind) = state.1 {
            return Err(kind.into());
        }
        let result = io::stdout().lock().write_all(lines);
        state.0 = batch.saturating_add(1);
        state.1 = result.as_ref().err().map(io::Error::kind);
        self.moved.notify_all();
        result
    }
}
