//! Words with their variables in place.

use super::{Followed, LONGEST, Run, State, Status};
use crate::subjects::boot::facts::loader::script::{Part, Word};
use crate::subjects::boot::facts::loader::value::{hole, is_space};

/// The words that a word becomes, the last one still open.
#[derive(Default)]
struct Fields {
    done: Vec<String>,
    open: Option<String>,
}

impl Fields {
    fn push(&mut self, text: &str) {
        self.open.get_or_insert_default().push_str(text);
    }

    fn next(&mut self) {
        self.done.extend(self.open.take());
    }

    /// A value outside of quotes.
    fn split(&mut self, value: &str) {
        for (at, word) in value.split(is_space).filter(|word| !word.is_empty()).enumerate() {
            if at > 0 {
                self.next();
            }
            self.push(word);
        }
    }
}

impl Run<'_> {
    pub(super) fn expand(&mut self, state: &State, words: &[Word]) -> Followed<Vec<String>> {
        let mut all = Vec::new();
        for word in words {
            let mut fields = Fields::default();
            for part in &word.parts {
                match part {
                    Part::Text(text) => fields.push(text),
                    Part::Variable { name, quoted } => self.variable(state, name, *quoted, &mut fields)?,
                }
                self.spend(1)?;
                if fields.open.as_ref().is_some_and(|open| open.len() > LONGEST) {
                    return self.stop("a value is longer than any of GRUB's");
                }
            }
            if word.quoted {
                fields.push("");
            }
            fields.next();
            let bytes = fields.done.iter().fold(0_usize, |sum, word| sum.saturating_add(word.len()));
            self.spend(bytes / 4)?;
            if word.pattern && fields.done.iter().any(|word| word.starts_with(['/', '('])) {
                all.push(hole("which files a pattern names is not known"));
                continue;
            }
            all.extend(fields.done);
        }
        Ok(all)
    }

    fn variable(&self, state: &State, name: &str, quoted: bool, fields: &mut Fields) -> Followed<()> {
        match name {
            "@" => {
                for (at, param) in state.params.iter().enumerate() {
                    if at > 0 {
                        fields.next();
                    }
                    if quoted { fields.push(param) } else { fields.split(param) }
                }
                return Ok(());
            }
            "*" if !quoted => {
                for (at, param) in state.params.iter().enumerate() {
                    if at > 0 {
                        fields.next();
                    }
                    fields.split(param);
                }
                return Ok(());
            }
            _ => {}
        }
        let value = match name {
            "*" => state.params.join(" "),
            "#" => state.params.len().to_string(),
            "?" => match &state.status {
                Status::True => "0".to_owned(),
                Status::False => "1".to_owned(),
                Status::Unknown(why) => hole(why),
            },
            _ => match name.parse::<usize>() {
                Ok(number) => {
                    let param = number.checked_sub(1).and_then(|at| state.params.get(at));
                    param.cloned().unwrap_or_default()
                }
                Err(_) => state.get(name).to_owned(),
            },
        };
        if quoted {
            fields.push(&value)
        } else {
            fields.split(&value)
        }
        Ok(())
    }
}
