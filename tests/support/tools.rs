//! Runs the real tools: absolute path, empty environment, no standard input, a time limit, both streams kept.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where tools are looked for. A user's PATH has no sbin on Debian.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// No tool of these tests needs a tenth of it.
const SECONDS: &str = "300";

/// One call of a tool.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    argv: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    input: Option<String>,
}

/// How a call ended.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// The exit code; 124 or 137 where the time was up, -1 where a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A call that failed, with all that is needed to see why.
pub(crate) struct ToolFailed(String);

impl fmt::Debug for ToolFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ToolFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ToolFailed {}

impl Tool {
    pub(crate) fn new(program: &str) -> Self {
        Self { argv: vec![program.into()], env: Vec::new(), input: None }
    }

    /// A call written as one line; words are separated by spaces, `{}` stands for `target`.
    pub(crate) fn line(line: &str, target: &Path) -> Self {
        let mut words = line.split_whitespace();
        let mut tool = Self::new(words.next().unwrap_or_default());
        for word in words {
            tool = if word == "{}" { tool.arg(target) } else { tool.arg(word) };
        }
        tool
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.argv.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.argv.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Text for its standard input, which is empty otherwise.
    pub(crate) fn input(mut self, text: impl Into<String>) -> Self {
        self.input = Some(text.into());
        self
    }

    /// Runs it. An exit code other than 0 is an answer here; only a tool that cannot be started is an error.
    pub(crate) fn outcome(&self) -> Result<Outcome, ToolFailed> {
        let name = self.argv.first().cloned().unwrap_or_default();
        let program = find(&name).ok_or_else(|| {
            ToolFailed(format!("{} is not installed; scripts/install-test-tools installs it", name.display()))
        })?;
        // timeout(1) runs the tool in a process group of its own and ends the whole group.
        let mut argv: Vec<OsString> = ["--kill-after=5", SECONDS].map(OsString::from).to_vec();
        argv.push(program.into());
        argv.extend(self.argv.iter().skip(1).cloned());
        let env = [("LC_ALL", "C.UTF-8"), ("PATH", PATH), ("LVM_SUPPRESS_FD_WARNINGS", "1")];
        let env = env.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let call = duct::cmd("/usr/bin/timeout", argv).full_env(env.into_iter().chain(self.env.iter().cloned()));
        let call = match &self.input {
            Some(text) => call.stdin_bytes(text.as_bytes()),
            None => call.stdin_null(),
        };
        let output = call.stdout_capture().stderr_capture().unchecked().run();
        let output = output.map_err(|e| ToolFailed(format!("{self}: cannot be run: {e}")))?;
        Ok(Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs it and returns its standard output; any exit code but 0 is an error.
    pub(crate) fn run(&self) -> Result<String, ToolFailed> {
        let outcome = self.outcome()?;
        if outcome.code == 0 {
            return Ok(outcome.stdout);
        }
        let Outcome { code, stdout, stderr } = outcome;
        let input = self.input.as_deref().unwrap_or("(none)");
        Err(ToolFailed(format!("{self}\nexit code {code}\ninput: {input}\nstdout: {stdout}\nstderr: {stderr}")))
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.argv.iter().map(|w| w.to_string_lossy()).collect();
        f.write_str(&words.join(" "))
    }
}

/// Runs a tool that has to succeed, and returns what it printed; panics with both its streams where it fails.
pub(crate) fn run(program: &str, args: &[&str]) -> String {
    Tool::new(program).args(args).run().unwrap_or_else(|e| panic!("{e}"))
}

fn find(program: &OsStr) -> Option<PathBuf> {
    PATH.split(':').map(|dir| Path::new(dir).join(program)).find(|path| path.is_file())
}
