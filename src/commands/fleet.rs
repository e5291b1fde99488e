//! `okv-host scan --format jsonl`: any number of images, in order, in flat memory.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use anyhow::Result;

use super::Exit;
use crate::disk::{Scratch, Source, scan_alone};
use crate::report;

/// Images that a thread takes at a time: enough to make waiting for one's turn rare, few enough to keep memory flat.
const BATCH: usize = 32;

/// Prints a line for each image, in the order given. Each image stands alone.
pub(super) fn run(paths: &[PathBuf], jobs: usize) -> Result<Exit> {
    let next = AtomicUsize::new(0);
    let unread = AtomicBool::new(false);
    let turn = Turn::default();
    let jobs = jobs.min(paths.len().div_ceil(BATCH)).max(1);
    let results: Vec<io::Result<()>> = thread::scope(|scope| {
        let threads: Vec<_> = (1..jobs).map(|_| scope.spawn(|| work(paths, &next, &turn, &unread))).collect();
        let mut results = vec![work(paths, &next, &turn, &unread)];
        results
            .extend(threads.into_iter().map(|t| t.join().unwrap_or_else(|_| Err(io::Error::other("a thread died")))));
        results
    });
    for result in results {
        result?;
    }
    Ok(if unread.load(Ordering::Relaxed) { Exit::Unknown } else { Exit::Done })
}

fn work(paths: &[PathBuf], next: &AtomicUsize, turn: &Turn, unread: &AtomicBool) -> io::Result<()> {
    let mut scratch = Scratch::default();
    let mut lines = Vec::with_capacity(BATCH * 4096);
    loop {
        let batch = next.fetch_add(1, Ordering::Relaxed);
        let from = batch.saturating_mul(BATCH).min(paths.len());
        let to = from.saturating_add(BATCH).min(paths.len());
        let Some(paths) = paths.get(from..to).filter(|p| !p.is_empty()) else { return Ok(()) };
        lines.clear();
        for path in paths {
            let disk = scan_alone(&Source::open(path), &mut scratch);
            if disk.is_incomplete() {
                unread.store(true, Ordering::Relaxed);
            }
            report::disk_line(&mut lines, &disk)?;
        }
        turn.write(batch, &lines)?;
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
