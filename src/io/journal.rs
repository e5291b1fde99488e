//! An append-only record on disk that survives a crash at any moment.
//!
//! One line a record: eight hexadecimal digits of CRC-32 over the rest, a space, and the record as JSON. A record
//! counts when its line is whole and sums up; the last line of a file may be torn by a crash, also one whose end
//! reached the disk, and is then ignored and cut off before the next one is written. A record that sums up and cannot
//! be read is of another version, and never cut off. What the records mean is not known here.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::{owned, sys};
use crate::base::bytes::all_zero;
use crate::base::chars::is_hidden;

mod time;

/// Longest journal that is read, in bytes: years of runs.
const LONGEST: u64 = 64 << 20;

/// A record, numbered and dated, and who wrote it. Fields that a later version adds are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<T> {
    /// Number of the record, from 1.
    pub number: u64,
    /// Seconds since 1970, UTC. In the file it is a time by RFC 3339; version 0.1.0 wrote the number.
    #[serde(with = "time")]
    pub at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub entry: T,
}

/// A line that was whole once and is damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damaged {
    /// How many whole records stand before it.
    pub before: usize,
    pub bytes: Vec<u8>,
    /// File, line, and what is wrong with it.
    pub why: String,
}

/// What to do about a journal that cannot be read.
const MOVE_ASIDE: &str = "Look at it, and move it aside to begin a new one; what it records is then not known";

/// What a file has.
struct Lines<T> {
    records: Vec<Record<T>>,
    damaged: Vec<Damaged>,
    /// How many bytes of it are lines that count.
    bytes: u64,
}

impl<T> Lines<T> {
    /// The same where no line is damaged.
    fn sound(self) -> io::Result<Self> {
        match self.damaged.first() {
            Some(damaged) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("{}. {MOVE_ASIDE}", damaged.why))),
            None => Ok(self),
        }
    }
}

/// A journal that is open for appending.
#[derive(Debug)]
pub struct Journal<T> {
    file: File,
    path: PathBuf,
    user: Option<String>,
    /// Is given all records after each new one.
    listener: Option<fn(&[Record<T>])>,
    records: Vec<Record<T>>,
    /// Whether a part of a line may be at its end, which the next one would be appended to.
    is_torn: bool,
}

impl<T: Serialize + DeserializeOwned + Clone> Journal<T> {
    /// Opens the journal at `path`, made new where there is none. A torn last line is cut off.
    ///
    /// # Errors
    /// Where it cannot be opened or is damaged: then nothing is changed.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::open_with(path, Lines::sound)
    }

    /// The same where each record stands for itself: damaged lines stay where they are, and the next record goes behind
    /// them.
    ///
    /// # Errors
    /// Where it cannot be opened, or another version wrote a record.
    pub fn open_past_damage(path: &Path) -> io::Result<Self> {
        Self::open_with(path, Ok)
    }

    fn open_with(path: &Path, accept: impl Fn(Lines<T>) -> io::Result<Lines<T>>) -> io::Result<Self> {
        let file = owned::append(path)?;
        let Lines { records, bytes, .. } = accept(read_from(regular(&file, path)?, path)?)?;
        if file.metadata()?.len() > bytes {
            file.set_len(bytes)?;
        }
        file.sync_all()?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Self { file, path: path.to_owned(), user: None, listener: None, records, is_torn: false })
    }

    /// The same journal, which from now on records that `user` ran the program.
    pub fn by(self, user: &str) -> Self {
        Self { user: Some(user.to_owned()), ..self }
    }

    /// The same journal; `listener` gets all records after each new one that is on the disk.
    pub fn heard_by(self, listener: fn(&[Record<T>])) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// Reads the journal at `path` without opening it for writing; none is no records.
    ///
    /// # Errors
    /// Where it cannot be read or is damaged.
    pub fn read(path: &Path) -> io::Result<Vec<Record<T>>> {
        Ok(Self::lines(path)?.sound()?.records)
    }

    /// The whole records of the journal at `path`, and the lines that are damaged.
    ///
    /// # Errors
    /// Where it cannot be read, or another version wrote a record.
    pub fn read_past_damage(path: &Path) -> io::Result<(Vec<Record<T>>, Vec<Damaged>)> {
        let lines = Self::lines(path)?;
        Ok((lines.records, lines.damaged))
    }

    /// The same of what is read from `file`, which `path` names.
    ///
    /// # Errors
    /// Where it cannot be read or is damaged.
    pub fn of(file: impl Read, path: &Path) -> io::Result<Vec<Record<T>>> {
        Ok(read_from(file, path)?.sound()?.records)
    }

    /// The whole records of what is read from `file`, which `path` names, and the lines that are damaged.
    ///
    /// # Errors
    /// Where it cannot be read, or another version wrote a record.
    pub fn past_damage_of(file: impl Read, path: &Path) -> io::Result<(Vec<Record<T>>, Vec<Damaged>)> {
        let lines = read_from(file, path)?;
        Ok((lines.records, lines.damaged))
    }

    fn lines(path: &Path) -> io::Result<Lines<T>> {
        match OpenOptions::new().read(true).custom_flags(sys::O_NOFOLLOW | sys::O_NONBLOCK).open(path) {
            Ok(file) => read_from(regular(&file, path)?, path),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                Ok(Lines { records: Vec::new(), damaged: Vec::new(), bytes: 0 })
            }
            Err(e) => Err(e),
        }
    }

    /// Everything recorded so far.
    pub fn records(&self) -> &[Record<T>] {
        &self.records
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes sure that `bytes` more bytes can be appended: a full disk is found before a run begins and not in its
    /// middle.
    ///
    /// # Errors
    /// Where there is no room. A file system that cannot set room aside is taken to have it.
    pub fn reserve(&self, bytes: u64) -> io::Result<()> {
        sys::reserve(&self.file, self.file.metadata()?.len(), bytes)
    }

    /// Appends `entry`. On return it is on the disk.
    ///
    /// # Errors
    /// Where it could not be written or flushed: then it must not be counted on.
    pub fn append(&mut self, entry: T) -> io::Result<()> {
        if self.is_torn {
            return Err(io::Error::other("a record before it was written in part and could not be cut off"));
        }
        let number = self.records.last().map_or(1, |last| last.number.saturating_add(1));
        let (user, version) = (self.user.clone(), Some(env!("CARGO_PKG_VERSION").to_owned()));
        let record = Record { number, at: sys::seconds_since_1970(), user, version, entry };
        let json = serde_json::to_string(&record)?;
        let line = format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
        let before = self.file.metadata()?.len();
        if let Err(e) = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data()) {
            // Half a line would damage the next one. Where that fails too, nothing more is appended, and the next open
            // cuts it off.
            self.is_torn = self.file.set_len(before).is_err();
            return Err(e);
        }
        self.records.push(record);
        if let Some(listener) = self.listener {
            listener(&self.records);
        }
        Ok(())
    }
}

/// The same file, where it is one.
fn regular<'f>(file: &'f File, path: &Path) -> io::Result<&'f File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(of_file(path, "it is no regular file")) }
}

fn of_file(path: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}. {MOVE_ASIDE}", path.display()))
}

/// The lines of a file.
fn read_from<T: DeserializeOwned>(file: impl Read, path: &Path) -> io::Result<Lines<T>> {
    let damaged = |line: usize, why: &str| format!("{} line {line}: {why}", path.display());
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == LONGEST {
        return Err(of_file(path, "it is longer than a journal may be"));
    }
    let mut read = Lines { records: Vec::new(), damaged: Vec::new(), bytes: 0 };
    let mut lines = bytes.split_inclusive(|b| *b == b'\n').enumerate().peekable();
    while let Some((i, line)) = lines.next() {
        match record_text(line) {
            Ok(json) => read.records.push(serde_json::from_slice(json).map_err(|_| unreadable(path, i + 1, json))?),
            Err(_) if lines.peek().is_none() && is_torn(line) => break,
            Err(why) => {
                let (before, why) = (read.records.len(), damaged(i + 1, why));
                read.damaged.push(Damaged { before, bytes: line.to_vec(), why });
            }
        }
        read.bytes = read.bytes.saturating_add(line.len() as u64);
    }
    Ok(read)
}

/// The JSON of a line that is whole.
fn record_text(line: &[u8]) -> Result<&[u8], &'static str> {
    let line = line.strip_suffix(b"\n").ok_or("it has no end")?;
    let (sum, rest) = line.split_at_checked(8).ok_or("it is too short")?;
    let json = rest.strip_prefix(b" ").ok_or("it has no checksum")?;
    let sum =
        std::str::from_utf8(sum).ok().and_then(|s| u32::from_str_radix(s, 16).ok()).ok_or("it has no checksum")?;
    if sum == crc32fast::hash(json) { Ok(json) } else { Err("its checksum is wrong") }
}

/// Whether the last line, which is not whole, was written in part. Sectors of one write reach the disk in any order, so
/// its end may be there and its middle may not: what never reached the disk is zeros. Any other wrong byte was damaged
/// later, and the record counted before.
fn is_torn(line: &[u8]) -> bool {
    match behind_a_record(line) {
        Some(rest) => all_zero(rest),
        None => line.contains(&0) || !line.ends_with(b"\n"),
    }
}

/// Where a line begins with a whole record: what goes on behind it.
fn behind_a_record(line: &[u8]) -> Option<&[u8]> {
    let (sum, json) = line.split_at_checked(9)?;
    let mut values = serde_json::Deserializer::from_slice(json).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let (record, rest) = json.split_at_checked(values.byte_offset())?;
    (sum == format!("{:08x} ", crc32fast::hash(record)).as_bytes()).then_some(rest)
}

/// The error of a record that is whole and cannot be read: another version of okv-host wrote it.
fn unreadable(path: &Path, line: usize, json: &[u8]) -> io::Error {
    let record: Result<Record<IgnoredAny>, _> = serde_json::from_slice(json);
    let version = record.ok().and_then(|record| record.version).filter(|version| !version.contains(is_hidden));
    let (writer, remedy) = match version {
        Some(version) => (format!("okv-host {version}"), format!("use okv-host {version} or later")),
        None => ("another version of okv-host".to_owned(), "use that version".to_owned()),
    };
    let (path, this) = (path.display(), env!("CARGO_PKG_VERSION"));
    let message =
        format!("{path} line {line}: {writer} wrote this record and okv-host {this} cannot read it; {remedy}");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests;
