//! Configuration files that were edited by hand: those whose content differs from that of the package they came with.
//!
//! rpm reads every such file for that, which takes a while: it is asked only where somebody wants to know.

use std::time::Duration;

use crate::host::{Probed, Root, rpm_database};
use crate::io::tool::{Cmd, LONGEST, Output, Program, Runner, ToolError};
use crate::io::waiting::Waiting;

/// Where a saved host keeps what rpm answered.
pub const SAVED: &str = "/rpm-verify.txt";

/// rpm of el7 reads all files of all packages, and not their configuration alone.
const LIMIT: Duration = Duration::from_secs(180);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edited {
    /// Files with another content than that of their package, and files that are missing.
    pub files: Vec<String>,
    /// Files that rpm could not compare.
    pub not_compared: Vec<String>,
}

/// Contents alone are compared: no dependencies, no scripts of packages, no owners, modes and times.
pub fn question() -> Cmd {
    let but = ["deps", "scripts", "signature", "digest", "mtime", "mode", "user", "group", "linkto", "rdev", "caps"];
    let but: Vec<String> = but.iter().map(|what| format!("--no{what}")).collect();
    let args = ["-Va", "--configfiles"].into_iter().chain(but.iter().map(String::as_str));
    Cmd { limit: LIMIT, ..Cmd::new(Program::Rpm, args) }
}

/// What rpm answers: of the live host, or what a saved host has of it. Never [`Probed::Absent`].
pub fn gather(root: &Root, runner: &dyn Runner) -> Probed<Edited> {
    if root.has_answers() {
        if !rpm_database::is_there(root) {
            return Probed::Unreadable(rpm_database::NONE.to_owned());
        }
        let _waiting = Waiting::begin("rpm, which compares configuration files with their packages".to_owned());
        return ask(runner);
    }
    match root.parse(SAVED, parse) {
        Probed::Absent => Probed::Unreadable(format!("a saved host has no rpm to ask, and there is no {SAVED}")),
        probed => probed,
    }
}

fn ask(runner: &dyn Runner) -> Probed<Edited> {
    match runner.run(&question()) {
        Ok(output) => understood(output),
        Err(ToolError::TimedOut { limit, .. }) => {
            Probed::Unreadable(format!("rpm did not compare them within {} s", limit.as_secs()))
        }
        Err(why) => Probed::Unreadable(why.to_string()),
    }
}

fn understood(output: Output) -> Probed<Edited> {
    // 1: something differs, and is named; or an option that this release of rpm does not have.
    let names_any = !output.stdout.trim_ascii().is_empty();
    if !matches!((output.status, names_any), (Some(0), _) | (Some(1), true)) {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Probed::Unreadable(format!("rpm -Va failed: {}", reason.lines().next().unwrap_or("it gave no reason")));
    }
    if let Some(error) = String::from_utf8_lossy(&output.stderr).lines().find(|line| line.starts_with("error:")) {
        return Probed::Unreadable(format!("rpm -Va: {error}"));
    }
    if output.stdout.len() >= LONGEST {
        return Probed::Unreadable(format!("rpm -Va: its answer is longer than {LONGEST} bytes"));
    }
    match parse(&output.stdout) {
        Ok(edited) => Probed::Known(edited),
        Err(why) => Probed::Unreadable(format!("the answer of rpm -Va is not understood: {why}")),
    }
}

/// The configuration files in an answer, each once.
///
/// # Errors
/// Where a line is none that rpm writes of a file.
pub(crate) fn parse(text: &[u8]) -> Result<Edited, String> {
    let text = str::from_utf8(text).map_err(|_| "it is no text in UTF-8")?;
    let mut edited = Edited::default();
    for (number, line) in (1_usize..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let (marks, attribute, path) = fields(line).ok_or_else(|| format!("line {number} is about no file"))?;
        if attribute != Some('c') {
            continue;
        }
        let list = if marks == MISSING || marks.contains(['S', '5']) {
            &mut edited.files
        } else if marks.contains('?') {
            &mut edited.not_compared
        } else {
            continue;
        };
        if !list.iter().any(|known| known == path) {
            list.push(path.to_owned());
        }
    }
    Ok(edited)
}

const MISSING: &str = "missing";

/// What differs, what kind of file it is, and its path: `S.5....T.  c /etc/issue`, `missing     /usr/x (No such file)`.
fn fields(line: &str) -> Option<(&str, Option<char>, &str)> {
    let (marks, rest) = line.split_once(' ')?;
    let is_marks = marks == MISSING
        || matches!(marks.len(), 8 | 9) && marks.chars().all(|c| ".?".contains(c) || c.is_ascii_alphanumeric());
    let rest = rest.trim_start();
    let (attribute, path) = match rest.split_once(' ') {
        Some((word, path)) if word.len() == 1 => (word.chars().next(), path.trim_start()),
        _ => (None, rest),
    };
    let path = if marks == MISSING { path.rsplit_once(" (").map_or(path, |(path, _)| path) } else { path };
    let is_path = path.starts_with('/') && !path.contains(char::is_control);
    (is_marks && is_path).then_some((marks, attribute, path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;
    use crate::io::tool::{Script, Scripted};

    const ANSWER: &str = "S.5....T.  c /etc/ssh/sshd_config\n.......T.  c /etc/crontab\n..5......    /usr/lib/x.so\n\
        missing   c /etc/gone.conf (No such file or directory)\nS.?......  c /etc/with space\n..?......  c /etc/unread\n\
        S.5....T.  c /etc/ssh/sshd_config\nmissing     /usr/share/doc/x\n";

    #[test]
    fn configuration_files_whose_content_differs_are_kept_each_once() {
        let edited = parse(ANSWER.as_bytes()).unwrap();
        assert_eq!(edited.files, ["/etc/ssh/sshd_config", "/etc/gone.conf", "/etc/with space"]);
        assert_eq!(edited.not_compared, ["/etc/unread"]);
        assert_eq!(parse(b""), Ok(Edited::default()));
    }

    #[test]
    fn what_rpm_does_not_write_is_refused() {
        for bad in ["Unsatisfied dependencies for x: y", "package kernel is not installed", "S.5 c /etc/x", "x"] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        damage::battery(ANSWER.as_bytes(), parse);
    }

    #[test]
    fn that_files_differ_is_an_answer_and_an_error_of_rpm_is_none() {
        let asked = |status, stdout: &str, stderr: &str| {
            let output = Output { status, stdout: stdout.into(), stderr: stderr.into() };
            ask(&Script::new([Scripted { command: question().to_string(), answer: Ok(output) }]))
        };
        assert_eq!(asked(Some(1), ANSWER, "").known().unwrap().files.len(), 3);
        assert_eq!(asked(Some(0), "", "warning: x\n"), Probed::Known(Edited::default()));
        let no_option = "rpm: --configfiles: unknown option";
        for (status, stderr) in [(Some(1), no_option), (Some(2), "rpm: x"), (None, ""), (Some(1), "error: db5 error\n")]
        {
            assert!(matches!(asked(status, "", stderr), Probed::Unreadable(_)), "{status:?}");
        }
        let late = ToolError::TimedOut { command: "rpm".into(), limit: LIMIT };
        let late = ask(&Script::new([Scripted::breaks(&question().to_string(), late)]));
        assert_eq!(late, Probed::Unreadable("rpm did not compare them within 180 s".into()));
    }
}

#[cfg(test)]
mod real;
