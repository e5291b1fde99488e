//! The words that name a rule, a step, or an item or a section of the procedure. Each is accepted where one of them
//! is; completions list them.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

use crate::procedure::{SECTIONS, STEPS, Step};
use crate::subjects::table::RULES;

/// Takes any word. What it names is found by the command, which has the nearest names for one that names nothing.
#[derive(Clone)]
pub(super) struct Word(pub(super) fn() -> Vec<String>);

impl TypedValueParser for Word {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter().map(PossibleValue::new)))
    }
}

/// The ids of the steps, and their items.
pub(super) fn steps() -> Vec<String> {
    STEPS.iter().map(|row| row.id.to_owned()).chain(STEPS.iter().flat_map(|row| row.item_names())).collect()
}

/// The words for how steps stand, then the ids of the steps, their items, and the sections.
pub(super) fn states_and_steps() -> Vec<String> {
    with_sections(Step::words().map(str::to_owned).chain(steps()).collect())
}

/// The same words, and the sections that have items: any other is its only item.
fn with_sections(mut words: Vec<String>) -> Vec<String> {
    let sections = SECTIONS.iter().map(|(section, _)| (*section).to_owned());
    let new: Vec<String> = sections.filter(|section| !words.contains(section)).collect();
    words.extend(new);
    words
}

/// The ids of the rules, then those of the steps, their items, and the sections.
pub(super) fn all() -> Vec<String> {
    let mut words: Vec<String> = RULES.iter().map(|rule| rule.id.as_str().to_owned()).collect();
    words.extend(steps().into_iter().filter(|step| RULES.iter().all(|rule| rule.id != **step)));
    with_sections(words)
}
