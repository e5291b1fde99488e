//! What a capture has, piece by piece.

use std::collections::BTreeMap;

use super::extents::Extents;
use super::{Failure, Kept, Kind, Seen, Tape};

/// "Invalid argument" (errno(3)): readlink(2) of what is no link.
const EINVAL: i32 = 22;

/// A piece of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The path on the host, or the question.
    pub path: String,
    /// `file`, `disk`, `link`, `folder`, `metadata` or `answer`; `absent` where nothing could be seen.
    pub kind: &'static str,
    /// Bytes of its content.
    pub bytes: u64,
    /// Whether a private key or a password was taken out.
    pub reduced: bool,
}

/// All of them, by path, answers last.
pub fn pieces(tape: &Tape) -> Vec<Piece> {
    let parts = tape.parts();
    let seen = parts.seen.iter().map(|((_, path), seen)| {
        let (kind, bytes) = of(seen);
        Piece { path: format!("/{}", path.display()), kind, bytes, reduced: seen.reduced }
    });
    let answers = parts.answers.iter().map(|(question, answer)| {
        let text = answer.0.get();
        let is_key = question.starts_with("key in ") && text.contains("\"Private\"");
        let reduced = is_key || text.contains("\"reduced\":true");
        Piece { path: question.clone(), kind: "answer", bytes: text.len() as u64, reduced }
    });
    seen.chain(answers).collect()
}

/// How many pieces of each kind there are, and their bytes.
pub fn totals(pieces: &[Piece]) -> BTreeMap<&'static str, (usize, u64)> {
    let mut totals: BTreeMap<&'static str, (usize, u64)> = BTreeMap::new();
    for piece in pieces {
        let total = totals.entry(piece.kind).or_default();
        *total = (total.0.saturating_add(1), total.1.saturating_add(piece.bytes));
    }
    totals
}

/// Its kind and bytes.
fn of(seen: &Seen) -> (&'static str, u64) {
    let extents = |extents: &Extents| extents.content.0.len() as u64;
    if let Some(Kept::Is(content)) = &seen.content {
        return ("file", content.0.len() as u64);
    }
    if let Some(Kept::Is(parts)) = &seen.parts {
        return (if parts.sector == 0 { "file" } else { "disk" }, extents(parts));
    }
    if let Some(Kept::Is(names)) = &seen.names {
        return ("folder", names.iter().map(|name| name.0.0.len() as u64).sum());
    }
    if let Some(Kept::Is(link)) = &seen.link {
        return ("link", link.0.len() as u64);
    }
    match seen.kind() {
        Some(Kind::Folder) => ("folder", 0),
        Some(_) => ("metadata", 0),
        // A folder on the way to something is asked only whether it is a link.
        None if matches!(&seen.link, Some(Kept::Failed(Failure::Number(EINVAL)))) => ("metadata", 0),
        None => ("absent", 0),
    }
}
