//! The bytes of the file, read part by part, with the place in it.
//!
//! Decoders read from it and report errors of their own, which do not say why bytes were missing. So it keeps what went
//! wrong: a failed read is no damage.

use crate::base::cause::cause;
use std::io::{self, BufRead, Read};
use std::time::Duration;

use super::limits::LONGEST;
use crate::io::sys;

const PART: usize = 1 << 16;

pub(super) struct Source<R> {
    file: R,
    part: Vec<u8>,
    /// Where in the part the next byte is.
    next: usize,
    at: u64,
    /// The processor time of this thread when it was opened.
    begun: Duration,
    pub failed: Option<String>,
    pub has_ended: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(file: R) -> Self {
        let begun = sys::processor_time();
        Self { file, part: Vec::new(), next: 0, at: 0, begun, failed: None, has_ended: false }
    }

    /// The byte of the file that comes next.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next bytes, `wanted` of them unless the file ends before.
    pub(super) fn peek(&mut self, wanted: usize) -> &[u8] {
        while self.ahead().len() < wanted && self.fill().is_ok_and(|added| added > 0) {}
        self.ahead()
    }

    /// Puts bytes back that a decoder took and did not use.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        let rest = self.part.split_off(self.next.min(self.part.len()));
        self.part = [bytes, &rest].concat();
        self.next = 0;
        self.at = self.at.saturating_sub(bytes.len() as u64);
    }

    fn ahead(&self) -> &[u8] {
        self.part.get(self.next..).unwrap_or_default()
    }

    /// Reads more, and says how much.
    fn fill(&mut self) -> io::Result<usize> {
        if sys::processor_time().saturating_sub(self.begun) > LONGEST {
            self.failed =
                Some(format!("it could not be read to its end in {} seconds of processor time", LONGEST.as_secs()));
            return Err(io::Error::other("out of time"));
        }
        self.part.drain(..self.next.min(self.part.len()));
        self.next = 0;
        let before = self.part.len();
        let read = (&mut self.file).take(PART as u64).read_to_end(&mut self.part);
        if let Err(why) = read {
            self.failed = Some(format!("byte {} cannot be read: {}", self.at, cause(&why)));
            return Err(why);
        }
        let added = self.part.len().saturating_sub(before);
        self.has_ended |= added == 0;
        Ok(added)
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.ahead().is_empty() {
            self.fill()?;
        }
        Ok(self.ahead())
    }

    fn consume(&mut self, bytes: usize) {
        let bytes = bytes.min(self.ahead().len());
        self.next = self.next.saturating_add(bytes);
        self.at = self.at.saturating_add(bytes as u64);
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = self.fill_buf()?;
        let len = ahead.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..len), ahead.get(..len)) {
            to.copy_from_slice(from);
        }
        self.consume(len);
        Ok(len)
    }
}
