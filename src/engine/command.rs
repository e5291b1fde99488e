//! The command of a step.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::io::tool::{Cmd, Program};

/// A command of a plan. In JSON and in the journal it is one list: an absolute path, then the arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub enum Command {
    Known {
        program: Program,
        args: Vec<String>,
    },
    /// A journal can name a program by another path, or one that this version does not run: it is written as it was
    /// read, and its run can still be shown.
    Recorded(Vec<String>),
}

impl Command {
    pub fn new(program: Program, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Known { program, args: args.into_iter().map(Into::into).collect() }
    }

    /// What runs it, for at most `limit`.
    ///
    /// # Errors
    /// Where its program is none of the closed list.
    pub fn to_cmd(&self, limit: Duration) -> Result<Cmd, String> {
        match self {
            Self::Known { program, args } => Ok(Cmd { program: *program, args: args.clone(), limit }),
            Self::Recorded(argv) => {
                let (path, args) = argv.split_first().ok_or("an empty command")?;
                let program = Program::at(path).ok_or_else(|| format!("{path} is not a program that may be run"))?;
                Ok(Cmd { program, args: args.to_vec(), limit })
            }
        }
    }
}

impl From<Vec<String>> for Command {
    fn from(argv: Vec<String>) -> Self {
        let known = argv.split_first().and_then(|(path, args)| Some((Program::at(path)?, path, args)));
        match known {
            Some((program, path, args)) if program.path() == path => Self::new(program, args),
            _ => Self::Recorded(argv),
        }
    }
}

impl From<Command> for Vec<String> {
    fn from(command: Command) -> Self {
        match command {
            Command::Known { program, args } => std::iter::once(program.path().to_owned()).chain(args).collect(),
            Command::Recorded(argv) => argv,
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known { program, args } => {
                f.write_str(program.path())?;
                args.iter().try_for_each(|arg| write!(f, " {arg}"))
            }
            Self::Recorded(argv) => f.write_str(&argv.join(" ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Command {
        let command: Command = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&command).unwrap(), json);
        command
    }

    #[test]
    fn a_command_is_written_as_a_path_and_its_arguments() {
        let command = read(r#"["/usr/sbin/sshd","-t"]"#);
        assert_eq!(command, Command::new(Program::Sshd, ["-t"]));
        assert_eq!(command.to_string(), "/usr/sbin/sshd -t");
        let limit = Duration::from_secs(60);
        assert_eq!(command.to_cmd(limit), Ok(Cmd::sshd_test()));
    }

    #[test]
    fn another_path_of_a_program_is_written_as_it_was_read_and_runs_that_program() {
        let command = read(r#"["/bin/rpm","--version"]"#);
        let cmd = command.to_cmd(Duration::from_secs(60)).unwrap();
        assert_eq!((cmd.program, command.to_string().as_str()), (Program::Rpm, "/bin/rpm --version"));
    }

    #[test]
    fn a_path_of_no_known_program_is_read_and_refused_when_it_is_to_run() {
        let limit = Duration::from_secs(60);
        let command = read(r#"["/bin/true","--help"]"#);
        assert_eq!(command.to_string(), "/bin/true --help");
        assert_eq!(command.to_cmd(limit), Err("/bin/true is not a program that may be run".to_owned()));
        assert_eq!(read("[]").to_cmd(limit), Err("an empty command".to_owned()));
    }
}
