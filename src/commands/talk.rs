//! What stderr shows of programs and ports that are waited for: each that ends, where that is asked for, and any that
//! takes long.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::progress::Writer;
use crate::base::chars::is_hidden;
use crate::cli::{Cli, Command, Talk};
use crate::io::waiting;

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);
/// After how many seconds something that takes long is named: at a terminal, where somebody waits, sooner.
const AT_TERMINAL: &[u64] = &[3, 10, 30];
const IN_LOG: &[u64] = &[30];
/// From there on, once in so many seconds.
const EACH: u64 = 60;
/// Longest name that is shown, in characters: a query to rpm has hundreds.
const LONGEST: usize = 160;

/// What is shown while a command runs; the end waits a short time for what is not written yet.
pub(super) struct Shown(Option<Arc<Writer>>);

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(writer) = &self.0 {
            writer.finish();
        }
    }
}

/// Begins to show what the arguments ask for.
pub(super) fn begin(cli: &Cli) -> Shown {
    let talk = match &cli.command {
        Command::Check(args) => args.talk,
        Command::Runbook(args) => args.talk,
        Command::Stage(args) => args.change.talk,
        Command::Upgrade(args) => args.change.talk,
        Command::SwapExtend(args) => args.change.talk,
        Command::KernelPrune(args) => args.change.talk,
        Command::SshDsaRetire(args) => args.change.talk,
        Command::Undo(args) => args.change.talk,
        _ => return Shown(None),
    };
    match talk {
        Talk { quiet: true, .. } => Shown(None),
        Talk { verbose: true, .. } => each_that_ends(),
        Talk { .. } => {
            // Without a thread nothing is shown, which stops no run.
            let _ = thread::Builder::new().spawn(name_what_takes_long);
            Shown(None)
        }
    }
}

fn each_that_ends() -> Shown {
    let writer = Arc::new(Writer::to_stderr());
    let theirs = Arc::clone(&writer);
    waiting::listen(move |ended| {
        let outcome = ended.outcome.map(|outcome| format!(", {outcome}")).unwrap_or_default();
        theirs.write(&format!("     {:.2} s{outcome}: {}\n", ended.took.as_secs_f64(), short(ended.what)));
    });
    Shown(Some(writer))
}

fn name_what_takes_long() {
    let marks = if io::stderr().is_terminal() { AT_TERMINAL } else { IN_LOG };
    loop {
        thread::sleep(LOOK);
        for (what, since) in waiting::waits() {
            let seconds = since.as_secs();
            if marks.contains(&seconds) || (seconds > 0 && seconds.is_multiple_of(EACH)) {
                let _ = writeln!(io::stderr(), "     waiting for {}: {seconds} s", short(&what));
            }
        }
    }
}

/// The name in one line that does not drive a terminal.
fn short(what: &str) -> String {
    let mut plain: String = what.chars().map(|c| if is_hidden(c) { ' ' } else { c }).take(LONGEST).collect();
    if what.chars().count() > LONGEST {
        plain.push_str("...");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_off_and_is_one_line() {
        assert_eq!(short("rpm -qa\n--qf\t\u{1b}x"), "rpm -qa --qf  x");
        assert_eq!(short(&"x".repeat(LONGEST)).len(), LONGEST);
        assert_eq!(short(&"x".repeat(LONGEST + 1)).len(), LONGEST + 3);
    }
}
