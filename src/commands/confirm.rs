//! The question before the first step, asked at the terminal even where stdin and stdout are pipes.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};

use anyhow::{Context, Result};

/// Longest answer that is read, in bytes.
const LONGEST: u64 = 64;

/// Asks `question` and takes only the word `yes` for consent.
pub(super) fn confirm(question: &str) -> Result<bool> {
    let open = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let mut terminal = open.context("there is no terminal to ask at; give --yes to go on without a question")?;
    write!(terminal, "{question} Type yes to go on: ")?;
    terminal.flush()?;
    let mut answer = String::new();
    BufReader::new(terminal.take(LONGEST)).read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
