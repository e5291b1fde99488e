//! The file of a capture: lines of JSON, compressed by gzip, so that `zcat` shows all of it.
//!
//! The first line is the [`Head`], the last one has the number of lines between and the SHA-256 of all before it. Each
//! line between is a place with what was seen of it, or an answer. What breaks a limit is refused, also where it is
//! whole: whoever made it may be anybody.

mod line;

use std::collections::btree_map::Entry;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

use self::line::{End, Line, Lines, to_text};
use super::answer::Answer;
use super::tape::Parts;
use super::{Bytes, Head, Kept, LARGEST_FILE, Name, Seen, Tape};
use crate::base::cause::cause;
use crate::base::digest::Summing;

/// Most bytes of a host that a capture holds.
pub const MOST_BYTES: u64 = 12 << 20;
/// Most bytes of the file, and of its lines when they are unpacked.
const LONGEST: u64 = 24 << 20;
/// Most lines.
const MOST_LINES: u64 = 1 << 16;
/// Most names in all folders.
const MOST_NAMES_OF_ALL: usize = 1 << 18;
/// Most parts that were read of all disks.
const MOST_PARTS: usize = 1 << 18;
/// How every gzip file with deflate begins (RFC 1952).
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

const NO_CAPTURE: &str = "it is no capture of okv-host";

/// Whether a file begins as a capture may.
pub fn is_capture(first: &[u8]) -> bool {
    first.starts_with(&MAGIC)
}

/// The bytes of the file.
///
/// # Errors
/// Where it would be larger than what [`read`] takes.
pub fn write(tape: &Tape) -> Result<Vec<u8>, String> {
    let parts = tape.end()?;
    let seen = parts.seen.iter().map(|((apart, path), seen)| to_text(&Line::of_place(path, *apart, seen)));
    let answers = parts.answers.iter().map(|(question, answer)| to_text(&Line::of_answer(question, &answer.0)));
    let (mut sum, mut lines, mut bytes) = (Summing::default(), 0_u64, 0_u64);
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for text in std::iter::once(to_text(&tape.head)).chain(seen).chain(answers) {
        let text = text?;
        bytes = bytes.saturating_add(text.len() as u64);
        lines = lines.saturating_add(1);
        if bytes > LONGEST || lines > MOST_LINES || text.len() as u64 > line::LONGEST {
            return Err("what was read of this host is more than a capture may hold".to_owned());
        }
        sum.update(text.as_bytes());
        packed.write_all(text.as_bytes()).map_err(|why| cause(&why))?;
    }
    let end = End { lines: lines.saturating_sub(1), sha256: sum.finish() };
    packed.write_all(to_text(&Line::of_end(end))?.as_bytes()).map_err(|why| cause(&why))?;
    packed.finish().map_err(|why| cause(&why))
}

/// Reads a capture, and verifies it to its last byte.
///
/// # Errors
/// What is wrong with it. Then no part of it is used.
pub fn read(file: impl Read) -> Result<Arc<Tape>, String> {
    let mut packed = BufReader::new(file.take(LONGEST + 1));
    if !is_capture(packed.fill_buf().map_err(|why| cause(&why))?) {
        return Err(NO_CAPTURE.to_owned());
    }
    let mut unpacked = BufReader::new(GzDecoder::new(packed));
    let mut lines = Lines::new(&mut unpacked, LONGEST);
    let first = lines.next()?.ok_or("it is empty")?;
    let head: Head = serde_json::from_slice(first).map_err(|_| NO_CAPTURE.to_owned())?;
    if head.schema != Head::SCHEMA {
        let (schema, version) = (head.schema.escape_debug(), head.version.escape_debug());
        return Err(format!(
            "it is of another version ({schema}, by okv-host {version}), and this one reads {}",
            Head::SCHEMA
        ));
    }
    let (mut parts, mut room) =
        (Parts::default(), Room { lines: MOST_LINES, names: MOST_NAMES_OF_ALL, parts: MOST_PARTS });
    let end = loop {
        let number = lines.number();
        let wrong = |why: String| format!("line {number}: {why}");
        let sum = lines.sum();
        let text = lines.next()?.ok_or("it is cut off: its last line is missing")?;
        let line: Line<'_> = serde_json::from_slice(text).map_err(|why| wrong(why.to_string()))?;
        room.lines = room.lines.checked_sub(1).ok_or_else(|| wrong("it has too many lines".to_owned()))?;
        match (line.end, line.path, line.seen, line.question, line.answer) {
            (Some(end), None, None, None, None) if sum == end.sha256 && end.lines == number.saturating_sub(2) => {
                break end;
            }
            (Some(_), ..) => return Err("it is damaged: its checksum is wrong".to_owned()),
            (None, Some(path), Some(seen), None, None) => {
                let path = place(path).map_err(wrong)?;
                room.take(&seen).map_err(wrong)?;
                match parts.seen.entry((line.apart, path)) {
                    Entry::Vacant(entry) => _ = entry.insert(*seen),
                    Entry::Occupied(_) => return Err(wrong("a place is in it twice".to_owned())),
                }
            }
            (None, None, None, Some(question), Some(answer)) => {
                if parts.answers.insert(question.into_owned(), Answer(answer.to_owned())).is_some() {
                    return Err(wrong("an answer is in it twice".to_owned()));
                }
            }
            _ => return Err(wrong("it is neither a place nor an answer".to_owned())),
        }
    };
    let _: End = end;
    if lines.next()?.is_some() {
        return Err("something follows its last line".to_owned());
    }
    let mut packed = unpacked.into_inner().into_inner();
    match packed.read(&mut [0]) {
        Ok(0) => Ok(Tape::of(head, parts)),
        Ok(_) => Err("something follows its end".to_owned()),
        Err(why) => Err(cause(&why)),
    }
}

/// How much more may follow.
struct Room {
    lines: u64,
    names: usize,
    parts: usize,
}

impl Room {
    /// Takes up what one place has.
    fn take(&mut self, seen: &Seen) -> Result<(), String> {
        if let Some(Kept::Is(names)) = &seen.names {
            self.names = self.names.checked_sub(names.len()).ok_or("it has too many names")?;
            let is_name = |Name(name, _): &Name| !matches!(&*name.0, b"" | b"." | b"..") && !has_any(&name.0, b"/\0");
            if !names.iter().all(is_name) || !names.is_sorted_by(|one, next| one.0 < next.0) {
                return Err("it has a folder whose names are none".to_owned());
            }
        }
        if let Some(Kept::Is(content)) = &seen.content
            && content.0.len() as u64 > LARGEST_FILE
        {
            return Err(format!("it has a file of more than {LARGEST_FILE} bytes"));
        }
        if let Some(Kept::Is(extents)) = &seen.parts {
            extents.verify()?;
            let parts = extents.read.len().saturating_add(extents.data.len()).saturating_add(extents.failed.len());
            self.parts = self.parts.checked_sub(parts).ok_or("it has too many parts of disks")?;
        }
        Ok(())
    }
}

fn has_any(bytes: &[u8], of: &[u8]) -> bool {
    bytes.iter().any(|byte| of.contains(byte))
}

/// A path in the file as a place below the top of a host.
fn place(path: Bytes) -> Result<PathBuf, String> {
    use std::os::unix::ffi::OsStringExt;
    let written = PathBuf::from(std::ffi::OsString::from_vec(path.0));
    let wrong = || format!("{}: it is no path without links", written.display().to_string().escape_debug());
    let below = written.strip_prefix("/").map_err(|_| wrong())?;
    let normal: PathBuf = below.components().filter(|part| matches!(part, Component::Normal(_))).collect();
    // Also what the components leave out: doubled slashes, dots, and a slash at the end.
    let is_same = Path::new("/").join(&normal).as_os_str() == written.as_os_str();
    if !is_same || has_any(written.as_os_str().as_encoded_bytes(), b"\0") {
        return Err(wrong());
    }
    Ok(normal)
}

impl From<io::Error> for line::Broken {
    fn from(why: io::Error) -> Self {
        Self(format!("it is damaged or cut off: {}", cause(&why)))
    }
}
