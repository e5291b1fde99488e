//! The environment block, and variables.

use super::{Followed, Run, State, Status};
use crate::subjects::boot::facts::loader::grubenv;
use crate::subjects::boot::facts::loader::script::{Part, Word};
use crate::subjects::boot::facts::loader::value::{hole, leading_number, unknown};

impl Run<'_> {
    /// `load_env`: all variables of the block, or those that are named.
    pub(super) fn load_env(&self, state: &mut State, words: &[String]) -> Followed<()> {
        let (mut file, mut names) = (format!("{}/grubenv", state.get("prefix")), Vec::new());
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-f" | "--file" => file = words.next().cloned().unwrap_or_default(),
                "-s" | "--skip-sig" => {}
                word => match word.strip_prefix("--file=") {
                    Some(path) => file = path.to_owned(),
                    None => names.push(word),
                },
            }
        }
        let Some((path, block)) = self.file_of(state, &file)? else {
            state.status = Status::False;
            return Ok(());
        };
        let variables = match grubenv::parse(&block) {
            Ok(variables) => variables,
            Err(why) => return self.stop(&format!("{path}: {why}")),
        };
        let wanted = |name: &str| names.is_empty() || names.contains(&name);
        for (name, value) in variables.iter().filter(|(name, _)| wanted(name) && !self.without.contains(&name.as_str()))
        {
            state.set(name, value);
            if name == "default" {
                state.default_from = format!("default of {path}");
            }
        }
        state.status = Status::True;
        Ok(())
    }

    /// `NAME=VALUE`, with or without `set` before it.
    pub(super) fn assign(&self, state: &mut State, assignment: &str, words: &[Word]) {
        let Some((name, value)) = assignment.split_once('=') else {
            state.status = Status::False;
            return;
        };
        // GRUB takes the brackets off a device.
        let bare = value.strip_prefix('(').and_then(|value| value.strip_suffix(')'));
        state.set(name, bare.filter(|_| name == "root").unwrap_or(value));
        state.status = Status::True;
        if name == "default" {
            state.default_from = self.origin(words);
        }
    }

    /// What gives the default its value.
    fn origin(&self, words: &[Word]) -> String {
        let of_block = words.iter().flat_map(|word| &word.parts).find_map(|part| match part {
            Part::Variable { name, .. } if matches!(name.as_str(), "saved_entry" | "next_entry") => Some(name),
            _ => None,
        });
        let folder = self.config.rsplit_once('/').map_or("", |(folder, _)| folder);
        match of_block {
            Some(name) => format!("{name} of {folder}/grubenv"),
            None => format!("default of {}", self.file),
        }
    }

    /// `increment` and `decrement` of el8.
    pub(super) fn count(&self, state: &mut State, command: &str, words: &[String]) {
        let Some(name) = words.first() else { return };
        let value = state.get(name).to_owned();
        let counted = match (unknown(&value), leading_number(&value)) {
            (None, Some((number, ""))) if command == "increment" => number.checked_add(1),
            (None, Some((number, ""))) => number.checked_sub(1),
            _ => None,
        };
        let counted = counted.map_or_else(|| hole(&format!("{}: a count", self.here())), |number| number.to_string());
        state.set(name, &counted);
        state.status = Status::True;
    }

    /// Variables that a command sets to what only a running GRUB knows.
    pub(super) fn learns(&self, state: &mut State, command: &str, words: &[String]) {
        let mut words = words.iter();
        let learnt = hole(&format!("{}: what {command} finds", self.here()));
        while let Some(word) = words.next() {
            let name = match word.as_str() {
                "-s" | "--set" => words.next().map(String::as_str),
                word if command == "read" || command == "getenv" => Some(word),
                word => word.strip_prefix("--set="),
            };
            if let Some(name) = name {
                state.set(name.rsplit(':').next().unwrap_or(name), &learnt);
            }
        }
    }
}
