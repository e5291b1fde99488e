//! The help of every command at terminals of several widths.

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

use nix::pty::{Winsize, openpty};
use okv_host::cli::Cli;

/// What `okv-host ARGUMENTS` prints at a terminal of so many columns.
fn at_terminal(arguments: &[&str], columns: u16) -> String {
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(Some(&size), None).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    process.env_clear().env("NO_COLOR", "1").args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    let mut child = process.stdout(terminal.slave).spawn().unwrap();
    // Else the end of the terminal never comes.
    drop(process);
    let mut bytes = Vec::new();
    // Its end is an error (EIO) on Linux.
    let _ = File::from(terminal.master).read_to_end(&mut bytes);
    assert!(child.wait().unwrap().success(), "{arguments:?}");
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn no_line_of_a_help_is_wider_than_the_terminal_and_no_word_is_cut() {
    let program = Cli::in_groups();
    let names: Vec<&str> = program.get_subcommands().map(|command| command.get_name()).collect();
    let of_commands = names.iter().map(|name| vec![*name, "--help"]);
    for arguments in of_commands.chain([vec!["--help"], vec!["help"]]) {
        let widest = at_terminal(&arguments, 120);
        for columns in [60, 80, 120] {
            let text = at_terminal(&arguments, columns);
            for line in text.lines() {
                assert!(line.chars().count() <= columns.into(), "{arguments:?} at {columns}: {line}");
            }
            assert_eq!(words(&text), words(&widest), "{arguments:?} at {columns} columns");
        }
    }
}
