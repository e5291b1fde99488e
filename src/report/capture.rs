//! What a capture has.

use std::fmt::Write as _;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::text::clean;
use crate::base::units::{Bytes, count};
use crate::host::capture::{Piece, totals};

/// Most characters of a question that are shown: a query to rpm has hundreds.
const LONGEST: usize = 120;

/// A capture that was written, or is shown.
#[derive(Debug, Clone, Copy)]
pub struct CaptureReport<'r> {
    pub file: &'r str,
    /// Size of the file, where it was written now.
    pub bytes: Option<u64>,
    pub pieces: &'r [Piece],
}

/// The same in JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer<'r> {
    #[schemars(extend("const" = Answer::SCHEMA))]
    schema: &'static str,
    file: &'r str,
    pieces: Vec<Shown<'r>>,
}

impl Answer<'_> {
    pub(super) const SCHEMA: &'static str = "okv-host.capture-list.v1";
}

#[derive(Serialize, JsonSchema)]
struct Shown<'r> {
    /// Path on the host, or a question.
    path: &'r str,
    /// absent, answer, disk, file, folder, link or metadata.
    kind: &'static str,
    /// Bytes of its content.
    bytes: u64,
    /// Whether a private key or a password was taken out.
    reduced: bool,
}

/// Writes it as JSON.
///
/// # Errors
/// What the writer says.
pub fn capture_json<'r>(out: &mut impl Write, report: &CaptureReport<'r>) -> io::Result<()> {
    let shown =
        |piece: &'r Piece| Shown { path: &piece.path, kind: piece.kind, bytes: piece.bytes, reduced: piece.reduced };
    let pieces = report.pieces.iter().map(shown);
    let answer = Answer { schema: Answer::SCHEMA, file: report.file, pieces: pieces.collect() };
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    out.write_all(b"\n")
}

/// Every piece, one a line, and the sum of them.
pub fn capture_list(report: &CaptureReport<'_>) -> String {
    let mut text = String::new();
    for Piece { path, kind, bytes, reduced } in report.pieces {
        let path: String = clean(path).chars().take(LONGEST).collect();
        let reduced = if *reduced { "  (reduced)" } else { "" };
        let _ = writeln!(text, "{kind:<8} {bytes:>9}  {path}{reduced}");
    }
    text.push_str(&capture_line(report));
    text
}

/// One line: the file, and what is in it.
pub fn capture_line(report: &CaptureReport<'_>) -> String {
    let of = |(kind, (n, bytes)): (&&str, &(usize, u64))| format!("{kind} {n} ({})", Bytes(*bytes).rounded());
    let kinds: Vec<String> = totals(report.pieces).iter().map(of).collect();
    let size = report.bytes.map(|bytes| format!("{}, ", Bytes(bytes).rounded())).unwrap_or_default();
    let reduced = report.pieces.iter().filter(|piece| piece.reduced).count();
    let pieces = count(report.pieces.len(), "piece");
    format!("{}: {size}{pieces}, {reduced} reduced: {}\n", clean(report.file), kinds.join(", "))
}
