//! What is to be done about a finding.

use std::borrow::Cow;
use std::fmt;

/// Words for a person, and the commands among them as argument vectors: one source for both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remedy {
    text: String,
    commands: Vec<Vec<String>>,
}

impl Remedy {
    pub(crate) fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), commands: Vec::new() }
    }

    /// A command alone, its words apart by blanks.
    pub(crate) fn command(line: &str) -> Self {
        Self::default().run(line)
    }

    /// The same with more words behind it.
    pub(crate) fn then(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// The same with a command behind it, its words apart by blanks.
    pub(crate) fn run(mut self, line: &str) -> Self {
        self.text.push_str(line);
        self.commands.push(line.split_whitespace().map(str::to_owned).collect());
        self
    }

    /// The same with a command behind it, whose last argument is one word whatever it contains.
    pub(crate) fn run_on(self, line: &str, argument: &str) -> Self {
        self.run(line).arg(argument)
    }

    /// The same with one more argument of its last command.
    pub(crate) fn arg(mut self, argument: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(&quoted(argument));
        self.commands.last_mut().into_iter().for_each(|command| command.push(argument.to_owned()));
        self
    }

    /// The same with words before it.
    pub(crate) fn after(self, text: &str) -> Self {
        Self { text: format!("{text}{}", self.text), ..self }
    }

    pub(super) fn into_parts(self) -> (String, Vec<Vec<String>>) {
        (self.text, self.commands)
    }
}

/// An argument as a shell takes it for one word.
pub(crate) fn quoted(argument: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    match !argument.is_empty() && argument.chars().all(is_plain) {
        true => Cow::Borrowed(argument),
        false => Cow::Owned(format!("'{}'", argument.replace('\'', r"'\''"))),
    }
}

impl From<&str> for Remedy {
    fn from(text: &str) -> Self {
        Self::words(text)
    }
}

impl From<String> for Remedy {
    fn from(text: String) -> Self {
        Self::words(text)
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_in_the_text_and_an_argument_vector() {
        let remedy = Remedy::words("Mount it: ").run_on("mount -r", "/a b").then(", then run: ").run("okv-host check");
        let (text, commands) = remedy.into_parts();
        assert_eq!(text, "Mount it: mount -r '/a b', then run: okv-host check");
        assert_eq!(commands, [vec!["mount", "-r", "/a b"], vec!["okv-host", "check"]]);
    }

    #[test]
    fn a_name_that_a_shell_would_run_is_one_word_to_it() {
        let text = |argument: &str| Remedy::command("rm").arg(argument).to_string();
        assert_eq!(text("/a/b.iso"), "rm /a/b.iso");
        assert_eq!(text("/a; id .iso"), "rm '/a; id .iso'");
        assert_eq!(text("/it's $(id)"), r"rm '/it'\''s $(id)'");
        assert_eq!(text(""), "rm ''");
    }
}
