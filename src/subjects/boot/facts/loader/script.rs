//! Scripts of GRUB as its own lexer and grammar read them (`grub-core/script/yylex.l`, `parser.y`).

use std::rc::Rc;

use crate::host::BadLine;

mod lexer;
mod parser;
#[cfg(test)]
mod tests;

/// Most bytes of a script.
pub(super) const LARGEST: usize = 1 << 20;
/// Most tokens and parts of words in a script: they, not its bytes, take memory.
const MOST_PARTS: usize = 20_000;
/// Most blocks within blocks.
const DEEPEST: usize = 32;

pub(super) type Block = Rc<[Command]>;

/// A command and the line that it begins in.
#[derive(Debug, PartialEq)]
pub(super) struct Command {
    pub(super) line: u32,
    pub(super) kind: Kind,
}

#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    Simple { words: Vec<Word>, block: Option<Block> },
    If { arms: Vec<(Block, Block)>, otherwise: Option<Block> },
    For { name: String, words: Vec<Word>, body: Block },
    While { until: bool, condition: Block, body: Block },
    Function { name: String, body: Block },
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Word {
    pub(super) parts: Vec<Part>,
    /// Whether a part of it is quoted, so that it is a word even where it is empty.
    pub(super) quoted: bool,
    /// Whether GRUB may expand it to names of files.
    pub(super) pattern: bool,
}

#[derive(Debug, PartialEq)]
pub(super) enum Part {
    Text(String),
    Variable { name: String, quoted: bool },
}

/// Reads a file of GRUB. Lines that begin with `#` are left out before all else, as GRUB does.
///
/// # Errors
/// Where GRUB's grammar has no such text. GRUB itself would go on in the next line.
pub(super) fn parse(text: &[u8]) -> Result<Block, BadLine> {
    let whole: String = decoded(text)?;
    let mut lines = Vec::new();
    let mut kept = String::with_capacity(whole.len());
    for (line, number) in whole.split_inclusive('\n').zip(1..) {
        if !line.starts_with('#') {
            kept.push_str(line);
            lines.push(number);
        }
    }
    parser::parse(lexer::Lexer::new(&kept, lines))
}

/// Reads a script that stands in one line of a file.
///
/// # Errors
/// As [`parse`].
pub(super) fn parse_text(text: &str) -> Result<Block, BadLine> {
    parser::parse(lexer::Lexer::new(text, vec![]))
}

fn decoded(text: &[u8]) -> Result<String, BadLine> {
    if text.len() > LARGEST {
        return Err(BadLine::whole(format!("it is larger than {LARGEST} bytes")));
    }
    if text.contains(&0) {
        return Err(BadLine::whole("it has a NUL byte"));
    }
    Ok(String::from_utf8_lossy(text).replace('\r', ""))
}

/// Whether a script can be read at all; what the fuzz targets call.
pub fn is_script(text: &[u8]) -> bool {
    parse(text).is_ok()
}
