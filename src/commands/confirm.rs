//! The question before the first step, asked at the terminal even where stdin and stdout are pipes.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read, Write};

use anyhow::{Context, Result};

/// Longest answer that is read, in bytes.
const LONGEST: u64 = 64;

/// Asks whether `yes` is to be done, and takes only the word `yes` for consent. With any other answer nothing is
/// changed, and that is said.
pub(super) fn confirm(yes: &str) -> Result<bool> {
    let open = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let mut terminal = open.context("there is no terminal to ask at; give --yes to go on without a question")?;
    write!(terminal, "yes: {yes}\nno or Enter: nothing is changed\nType yes to go on: ")?;
    terminal.flush()?;
    let mut answer = String::new();
    BufReader::new(terminal.take(LONGEST)).read_line(&mut answer)?;
    let is_yes = answer.trim() == "yes";
    if !is_yes {
        let _ = writeln!(io::stderr(), "Nothing was changed.");
    }
    Ok(is_yes)
}
