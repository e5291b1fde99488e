//! What a word names: a rule, a step, or an item or a section of the procedure.

use anyhow::Result;

use super::usage_error::UsageError;
use crate::procedure::{STEPS, row, row_of_item, rows_of_section, section};
use crate::report::Explained;
use crate::subjects::table::{self, RULES};

/// Most names that are suggested.
const MOST: usize = 3;
/// How like a name must be to be suggested, of 1.
const LIKE: f64 = 0.7;

/// What a word names. A step and a rule may share it.
#[derive(Debug)]
pub(super) struct Named {
    word: String,
    /// A rule counts before a step of the same id: it is what `check` reports.
    pub(super) what: Explained,
}

impl Named {
    /// The id of the step that is meant; of a rule, that of the only step it judges.
    pub(super) fn step(&self) -> Result<&'static str> {
        match self.what {
            Explained::Step(step) => Ok(step.id),
            Explained::Section(section) => {
                let steps = rows_of_section(section).map(|row| format!("{} ({})", row.id, row.source()));
                let steps = steps.collect::<Vec<_>>().join(", ");
                Err(UsageError(format!("the section {section} has several steps. Name one: {steps}")).into())
            }
            Explained::Rule(rule) => {
                if let Some(step) = row(&self.word) {
                    return Ok(step.id);
                }
                let judged: Vec<&str> =
                    STEPS.iter().filter(|row| row.rules().contains(&rule.id)).map(|row| row.id).collect();
                match judged.as_slice() {
                    [step] => Ok(step),
                    [] => Err(UsageError(format!("the rule {} judges no step", rule.id)).into()),
                    steps => {
                        let steps = steps.join(", ");
                        Err(UsageError(format!("the rule {} judges several steps. Name one: {steps}", rule.id)).into())
                    }
                }
            }
        }
    }
}

/// What `word` names.
///
/// # Errors
/// Where it names nothing; with the nearest names, and the commands that list all.
pub(super) fn named(word: &str) -> Result<Named> {
    let step = || row(word).or_else(|| row_of_item(word)).map(Explained::Step);
    let of_section = || section(word).map(Explained::Section);
    match table::named(word).map(Explained::Rule).or_else(step).or_else(of_section) {
        Some(what) => Ok(Named { word: word.to_owned(), what }),
        None => Err(unknown(word).into()),
    }
}

fn unknown(word: &str) -> UsageError {
    let near = nearest(word);
    let near = if near.is_empty() { String::new() } else { format!(" Nearest: {}.", near.join(", ")) };
    let word = word.escape_debug();
    let lists = "All rules: okv-host check --list. All steps: okv-host runbook";
    UsageError(format!("no rule, step or item has the name \"{word}\".{near} {lists}"))
}

/// The ids that are most like the word.
fn nearest(word: &str) -> Vec<&'static str> {
    let ids = RULES.iter().map(|rule| rule.id.as_str()).chain(STEPS.iter().map(|row| row.id));
    let mut near: Vec<(f64, &str)> = ids.map(|id| (strsim::jaro_winkler(word, id), id)).collect();
    near.retain(|(like, _)| *like >= LIKE);
    near.sort_by(|(one, first), (other, second)| other.total_cmp(one).then(first.cmp(second)));
    near.dedup_by_key(|(_, id)| *id);
    near.into_iter().take(MOST).map(|(_, id)| id).collect()
}
