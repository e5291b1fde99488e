//! `test` and `[` (`grub-core/commands/test.c`).

use super::{Run, State, Status};
use crate::host::Probed;
use crate::subjects::boot::facts::loader::files::FileKind;
use crate::subjects::boot::facts::loader::value::{leading_number, unknown};

/// Most brackets within brackets.
const DEEPEST: usize = 32;

/// Yes, no, or why it is not known.
type Answer = Result<bool, String>;

fn and(a: Answer, b: Answer) -> Answer {
    match (a, b) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Ok(true), b) => b,
        (a, _) => a,
    }
}

fn or(a: Answer, b: Answer) -> Answer {
    match (a, b) {
        (Ok(true), _) | (_, Ok(true)) => Ok(true),
        (Ok(false), b) => b,
        (a, _) => a,
    }
}

impl Run<'_> {
    pub(super) fn test(&self, state: &State, words: &[String]) -> Status {
        let words = words.strip_suffix(&["]".to_owned()]).unwrap_or(words);
        let mut at = 0;
        match self.expression(state, words, &mut at, 0) {
            Ok(is) => is.into(),
            Err(why) => Status::Unknown(why),
        }
    }

    fn expression(&self, state: &State, words: &[String], at: &mut usize, depth: usize) -> Answer {
        let (mut any, mut all, mut inverted) = (Ok(false), Ok(true), false);
        while let Some(word) = words.get(*at) {
            let ahead = |by: usize| words.get(at.saturating_add(by)).map(String::as_str);
            let found = match (ahead(1), ahead(2)) {
                (Some(operator), Some(right)) => compared(word, operator, right).map(|is| (is, 3)),
                _ => None,
            };
            let found = found.or_else(|| self.one(state, word, ahead(1)?).map(|is| (is, 2)));
            let (is, taken) = match (found, word.as_str()) {
                (Some(found), _) => found,
                (None, ")") => {
                    *at = at.saturating_add(1);
                    return or(any, all);
                }
                (None, "(") if depth >= DEEPEST => return Err("brackets too deep in each other".to_owned()),
                (None, "(") => {
                    *at = at.saturating_add(1);
                    (self.expression(state, words, at, depth.saturating_add(1)), 0)
                }
                (None, "!") => {
                    inverted = !inverted;
                    *at = at.saturating_add(1);
                    continue;
                }
                (None, "-a") => {
                    *at = at.saturating_add(1);
                    continue;
                }
                (None, "-o") => {
                    any = or(any, all);
                    all = Ok(true);
                    *at = at.saturating_add(1);
                    continue;
                }
                (None, word) => (super::is_set(word), 1),
            };
            all = and(all, is.map(|is| is != inverted));
            inverted = false;
            *at = at.saturating_add(taken);
        }
        or(any, all)
    }

    /// A test of one word.
    fn one(&self, state: &State, operator: &str, word: &str) -> Option<Answer> {
        Some(match operator {
            "-n" => super::is_set(word),
            "-z" => super::is_set(word).map(|is| !is),
            "-d" => self.at_path(state, word).map(|kind| kind == Some(FileKind::Folder)),
            "-e" => self.at_path(state, word).map(|kind| kind.is_some()),
            "-f" => self.at_path(state, word).map(|kind| matches!(kind, Some(FileKind::File { .. }))),
            "-s" => self.at_path(state, word).map(|kind| kind == Some(FileKind::File { is_empty: false })),
            _ => return None,
        })
    }

    fn at_path(&self, state: &State, path: &str) -> Result<Option<FileKind>, String> {
        match self.located(state, path)? {
            None => Ok(None),
            Some(path) => match self.files.kind(&path) {
                Probed::Known(kind) => Ok(Some(kind)),
                Probed::Absent => Ok(None),
                Probed::Unreadable(why) => Err(why),
            },
        }
    }
}

/// A test of two words; `None` where `operator` is none.
fn compared(left: &str, operator: &str, right: &str) -> Option<Answer> {
    let known = || match unknown(left).or_else(|| unknown(right)) {
        None => Ok(()),
        Some(why) => Err(why),
    };
    let number = |text: &str| match text.strip_prefix('-') {
        Some(text) => 0_i128.saturating_sub(leading_number(text).map_or(0, |(number, _)| i128::from(number))),
        None => leading_number(text).map_or(0, |(number, _)| i128::from(number)),
    };
    let numbers = || (number(left), number(right));
    let is = match operator {
        "=" | "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        "-eq" | "-ne" | "-ge" | "-gt" | "-le" | "-lt" => {
            let (left, right) = numbers();
            match operator {
                "-eq" => left == right,
                "-ne" => left != right,
                "-ge" => left >= right,
                "-gt" => left > right,
                "-le" => left <= right,
                _ => left < right,
            }
        }
        "-pgt" | "-plt" => return Some(Err(format!("okv-host does not follow {operator}"))),
        _ if operator.starts_with("-nt") || operator.starts_with("-ot") => {
            return Some(Err(format!("okv-host does not follow {operator}")));
        }
        _ => return None,
    };
    Some(known().map(|()| is))
}
