//! The paths of the disks to scan: those of the command line, then those of a list.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::slice;

use super::usage_error::UsageError;
use crate::base::cause::cause;
use crate::io::input;

/// Longest path that the kernel takes, in bytes (`PATH_MAX`).
const LONGEST: u64 = 4096;

/// Most empty lines in a row: a list that goes on for ever and names nothing, as /dev/zero with `--nul`, is refused.
const MOST_EMPTY: u32 = 1 << 20;

/// Paths in their order, read as they are asked for, so that a list of any length takes no memory.
pub(super) struct Paths<'a> {
    named: slice::Iter<'a, PathBuf>,
    list: Option<Box<dyn BufRead + Send>>,
    /// What ends a path in the list.
    end: u8,
    /// Why the list could not be read on: told when the paths before are done.
    failed: Option<io::Error>,
}

impl<'a> Paths<'a> {
    /// The paths `named`, then those in `list`: a file, or `-` for stdin. Each ends with a newline, or with a NUL where
    /// `nul` says so.
    ///
    /// # Errors
    /// Where the list cannot be opened.
    pub(super) fn new(named: &'a [PathBuf], list: Option<&Path>, nul: bool) -> Result<Self, UsageError> {
        let open = |path: &Path| -> Result<Box<dyn BufRead + Send>, UsageError> {
            if path == Path::new("-") {
                return Ok(Box::new(BufReader::new(io::stdin())));
            }
            let file =
                input::open(path).map_err(|e| UsageError(format!("--files-from {}: {}", path.display(), cause(&e))))?;
            Ok(Box::new(BufReader::new(file)))
        };
        let end = if nul { 0 } else { b'\n' };
        Ok(Self { named: named.iter(), list: list.map(open).transpose()?, end, failed: None })
    }

    /// How many there are, where that is known.
    pub(super) fn count(&self) -> Option<usize> {
        self.list.is_none().then_some(self.named.len())
    }

    /// Fills `batch` with up to `most` paths; none are left where it stays empty.
    ///
    /// # Errors
    /// Where the list cannot be read, or has a path that is too long for one; after the paths before, and once.
    pub(super) fn take(&mut self, batch: &mut Batch, most: usize) -> io::Result<()> {
        batch.clear();
        while batch.ends.len() < most {
            if let Some(path) = self.named.next() {
                batch.bytes.extend_from_slice(path.as_os_str().as_bytes());
            } else {
                match self.read(&mut batch.bytes) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(why) => {
                        (self.list, self.failed) = (None, Some(why));
                        break;
                    }
                }
            }
            batch.end_path();
        }
        if batch.is_empty() { self.failed.take().map_or(Ok(()), Err) } else { Ok(()) }
    }

    /// Appends the next path of the list that is not empty; `false` at its end.
    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let Some(list) = &mut self.list else { return Ok(false) };
        let before = bytes.len();
        let mut empty = 0_u32;
        while bytes.len() == before {
            if empty > MOST_EMPTY {
                let why = format!("--files-from: more than {MOST_EMPTY} empty lines in a row");
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            empty = empty.saturating_add(1);
            let len = list.take(LONGEST).read_until(self.end, bytes)?;
            if bytes.last() == Some(&self.end) && len > 0 {
                bytes.pop();
            } else if len as u64 == LONGEST {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "--files-from: a path of more than 4095 bytes"));
            }
            if len == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Some paths, end to end in memory that is used again.
#[derive(Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Batch {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn end_path(&mut self) {
        self.ends.push(self.bytes.len());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Path> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let path =
            |(from, to): (usize, &usize)| Path::new(OsStr::from_bytes(self.bytes.get(from..*to).unwrap_or_default()));
        starts.zip(&self.ends).map(path)
    }
}
