//! What a host answered: kept while it is read, and given again.
//!
//! While a host is captured, the first answer to a question is kept, and every later one is that again. So all parts of
//! a capture are of one moment, and whoever reads it sees what was seen when it was made.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::blocks::Blocks;
use super::extents::Extents;
use super::{Failure, Kept, MOST_BYTES, NOT_THERE, Recorded, Seen};
use crate::io::image::Image;

/// The first line of a capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub schema: String,
    /// The version of okv-host that made it.
    pub version: String,
    /// Whether it is of a host that ran, so that its kernel and its programs answered.
    pub live: bool,
}

impl Head {
    pub const SCHEMA: &'static str = "okv-host.capture.v1";

    pub fn new(live: bool) -> Self {
        Self { schema: Self::SCHEMA.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), live }
    }
}

/// A place: whether it was seen behind mounts made for this look alone, and its path without links, below the top.
pub type Key = (bool, PathBuf);

/// The answer to one kind of question.
pub type Slot<T> = fn(&mut Seen) -> &mut Option<Kept<T>>;

#[derive(Debug)]
pub struct Tape {
    pub head: Head,
    parts: Mutex<Parts>,
}

#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) seen: BTreeMap<Key, Seen>,
    pub(super) answers: BTreeMap<String, Answer>,
    blocks: BTreeMap<Key, Arc<Blocks>>,
    /// About how many bytes all of it takes.
    bytes: u64,
}

impl Tape {
    /// One that nothing is kept on yet.
    pub fn new(head: Head) -> Arc<Self> {
        Self::of(head, Parts::default())
    }

    pub(super) fn of(head: Head, parts: Parts) -> Arc<Self> {
        Arc::new(Self { head, parts: Mutex::new(parts) })
    }

    pub(super) fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was answered before.
    ///
    /// # Errors
    /// The error that was answered, or that nothing was.
    pub fn again<T: Clone>(&self, key: &Key, slot: Slot<T>) -> io::Result<T> {
        self.known(key, slot).unwrap_or_else(|| Err(io::Error::other(NOT_THERE)))
    }

    fn known<T: Clone>(&self, key: &Key, slot: Slot<T>) -> Option<io::Result<T>> {
        let mut parts = self.parts();
        slot(parts.seen.get_mut(key)?).as_ref().map(|kept| kept.again().cloned())
    }

    /// What was answered before, or else what `ask` gives now, with whether something was taken out of it.
    ///
    /// # Errors
    /// The error that was answered.
    pub fn keep<T: Clone>(
        &self,
        key: &Key,
        slot: Slot<T>,
        ask: impl FnOnce() -> io::Result<(T, bool)>,
    ) -> io::Result<T> {
        if let Some(known) = self.known(key, slot) {
            return known;
        }
        let answer = ask();
        let mut parts = self.parts();
        if parts.is_full() {
            return answer.map(|(value, _)| value);
        }
        let seen = parts.seen.entry(key.clone()).or_default();
        let before = seen.bytes();
        let (answer, reduced) = match answer {
            Ok((value, reduced)) => (Ok(value), reduced),
            Err(why) => (Err(why), false),
        };
        seen.reduced |= reduced;
        let again = slot(seen).get_or_insert_with(|| Kept::of(answer)).again().cloned();
        let more = seen.bytes().saturating_sub(before).saturating_add(key.1.as_os_str().len() as u64);
        parts.bytes = parts.bytes.saturating_add(more);
        again
    }

    /// An answer that is no part of a file.
    ///
    /// # Errors
    /// Where there is none, or one of another type.
    pub fn answer<T: DeserializeOwned>(&self, question: &str) -> Result<T, String> {
        let parts = self.parts();
        parts.answers.get(question).ok_or_else(|| format!("{question}: {NOT_THERE}"))?.again()
    }

    /// The same while it is made.
    ///
    /// # Errors
    /// Where another type was asked for before.
    pub fn keep_answer<T: Serialize + DeserializeOwned>(
        &self,
        question: &str,
        ask: impl FnOnce() -> T,
    ) -> Result<T, String> {
        if let Some(known) = self.parts().answers.get(question) {
            return known.again();
        }
        let value = ask();
        let mut parts = self.parts();
        let Some(answer) = Answer::of(&value).filter(|_| !parts.is_full()) else { return Ok(value) };
        let more = answer.0.get().len().saturating_add(question.len()) as u64;
        parts.bytes = parts.bytes.saturating_add(more);
        parts.answers.entry(question.to_owned()).or_insert(answer).again()
    }

    /// The disk or large file at a place, of which the parts that are read from now on are kept.
    ///
    /// # Errors
    /// Where it could not be opened.
    pub fn keep_image(
        self: &Arc<Self>,
        key: &Key,
        open: impl FnOnce() -> io::Result<Box<dyn Image>>,
    ) -> io::Result<Box<dyn Image>> {
        let slot: Slot<Extents> = |seen| &mut seen.parts;
        if let Some(Err(why)) = self.known(key, slot) {
            return Err(why);
        }
        let image = open().inspect_err(|why| {
            let failed = Kept::Failed(Failure::of(why));
            self.parts().seen.entry(key.clone()).or_default().parts = Some(failed);
        })?;
        let sector = image.sector_size().map_or(0, |sector| u32::try_from(sector.bytes()).unwrap_or_default());
        let new = || Arc::new(Blocks::new(image.bytes(), sector));
        let blocks = Arc::clone(self.parts().blocks.entry(key.clone()).or_insert_with(new));
        Ok(Box::new(Recorded::new(image, blocks, Arc::clone(self))))
    }

    /// The parts of a disk or large file that were read.
    ///
    /// # Errors
    /// Where it could not be opened, or nothing opened it.
    pub fn image(&self, key: &Key) -> io::Result<Box<dyn Image>> {
        let slot: Slot<Extents> = |seen| &mut seen.parts;
        Ok(Box::new(self.again(key, slot)?))
    }

    /// Keeps zeros in the place of these bytes of a disk, whatever was read there.
    pub fn leave_out(&self, key: &Key, start: u64, bytes: u64) {
        if let Some(blocks) = self.parts().blocks.get(key) {
            blocks.leave_out(start, bytes);
        }
    }

    pub(super) fn count(&self, bytes: u64) {
        let mut parts = self.parts();
        parts.bytes = parts.bytes.saturating_add(bytes);
    }

    /// Ends the making: what was read of disks becomes a part of what was seen.
    ///
    /// # Errors
    /// Where it is more than a capture may hold.
    pub(super) fn end(&self) -> Result<MutexGuard<'_, Parts>, String> {
        let mut parts = self.parts();
        if parts.is_full() {
            return Err(format!("what was read of this host is more than {} MiB", MOST_BYTES >> 20));
        }
        for (key, blocks) in std::mem::take(&mut parts.blocks) {
            let (extents, reduced) = blocks.extents();
            let seen = parts.seen.entry(key).or_default();
            seen.parts = Some(Kept::Is(extents));
            seen.reduced |= reduced;
        }
        Ok(parts)
    }
}

impl Parts {
    fn is_full(&self) -> bool {
        self.bytes > MOST_BYTES
    }
}
