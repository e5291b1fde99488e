//! Whether packages can be removed by themselves: `rpm --erase --test` (rpm(8)) resolves what else needs them, and
//! removes nothing.

use std::time::Duration;

use crate::host::Probed;
use crate::io::tool::{Cmd, Program, Runner};

/// As long as a node with many packages takes.
const LIMIT: Duration = Duration::from_secs(120);

/// Why rpm would not remove exactly these packages, a line each; none where it would. `nvras` as
/// [`Package::nvra`](super::Package::nvra).
pub fn erasure(runner: &dyn Runner, nvras: &[String]) -> Probed<Vec<String>> {
    let args = ["--erase", "--test"].into_iter().chain(nvras.iter().map(String::as_str));
    let cmd = Cmd { limit: LIMIT, ..Cmd::new(Program::Rpm, args) };
    match runner.run(&cmd) {
        Ok(output) if output.status == Some(0) => Probed::Known(Vec::new()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let lines: Vec<String> =
                said.lines().map(|line| line.trim().to_owned()).filter(|l| !l.is_empty()).collect();
            if lines.is_empty() {
                Probed::Unreadable(format!("{cmd} fails without a word"))
            } else {
                Probed::Known(lines)
            }
        }
        Err(e) => Probed::Unreadable(e.to_string()),
    }
}
