//! The disks of one machine, and all that it did to them, in one order.

use std::sync::{Arc, Mutex, MutexGuard};

use super::content::Content;

/// What a machine did to a disk.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// With `durable` the write itself reached the medium, without a flush (FUA).
    Write { disk: usize, at: u64, data: Arc<[u8]>, durable: bool },
    /// All that was written to the disk before reached the medium.
    Flush { disk: usize },
}

/// What the disks were, and what was done to them since.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) before: Vec<Arc<Content>>,
    pub(crate) events: Vec<Event>,
}

/// Disks that are served, numbered in the order in which they were given. One lock over all of them makes one order.
#[derive(Debug, Clone)]
pub(crate) struct Disks(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    contents: Vec<Content>,
    recording: Option<Recording>,
}

impl Disks {
    pub(crate) fn new(contents: Vec<Content>) -> Self {
        Self(Arc::new(Mutex::new(State { contents, recording: None })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no panic in here")
    }

    /// Forgets what was recorded before.
    pub(crate) fn start_recording(&self) {
        let mut state = self.state();
        let before: Vec<Arc<Content>> = state.contents.drain(..).map(Arc::new).collect();
        state.contents = before.iter().map(Content::above).collect();
        state.recording = Some(Recording { before, events: Vec::new() });
    }

    pub(crate) fn stop_recording(&self) -> Recording {
        self.state().recording.take().expect("it was started")
    }

    pub(super) fn bytes(&self, disk: usize) -> u64 {
        self.state().contents[disk].bytes()
    }

    pub(super) fn read(&self, disk: usize, at: u64, into: &mut [u8]) {
        self.state().contents[disk].read(at, into);
    }

    pub(super) fn write(&self, disk: usize, at: u64, data: &[u8], durable: bool) {
        let mut state = self.state();
        state.contents[disk].write(at, data);
        if let Some(recording) = &mut state.recording {
            recording.events.push(Event::Write { disk, at, data: data.into(), durable });
        }
    }

    pub(super) fn flush(&self, disk: usize) {
        if let Some(recording) = &mut self.state().recording {
            recording.events.push(Event::Flush { disk });
        }
    }
}
