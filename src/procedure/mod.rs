//! The upgrade procedure as a list that knows where a node stands: every numbered item of sections 7.2 to 7.9 belongs
//! to one step.
//!
//! Pure: facts, findings with their waivers, and what operators confirmed, which is among the facts. What could not be
//! told is [`State::Unknown`], never done; what only a person knows is [`State::Confirm`] until he says so, and no word
//! of his lifts what a rule blocks or could not tell.

use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::rule::Finding;
use inputs::StepInputs;

mod answer;
mod by_rules;
mod combined;
mod confirmed;
mod headline;
pub mod inputs;
mod judge;
mod media;
mod next_action;
mod next_start;
mod node;
mod open;
mod progress;
mod record;
mod row;
mod standing;
mod step;
mod swap;
mod table;
mod upgrade;
mod urgency;

pub use confirmed::{NotConfirmable, may_confirm};
pub use headline::Headline;
pub use media::STAGE;
pub use next_action::{Next, remedy};
pub use open::reasons_against_upgrade;
pub use record::is_confirmed;
pub use row::Row;
pub use standing::{Standing, standing};
pub use step::{Confirmed, Scope, State, Step, When, next, open_before};
pub use table::{SECTIONS, STEPS, row, row_of_item, rows_of_section, section};
pub use urgency::{asks_for_another_node, by_urgency, must_be_replaced};

/// How every step stands, in the order of the procedure.
pub fn steps(facts: &Facts, findings: &[Finding], profile: &Profile) -> Vec<Step> {
    let progress = progress::of(facts, profile);
    let mut steps: Vec<Step> = Vec::with_capacity(STEPS.len());
    for (row, order) in STEPS.iter().zip(1_usize..) {
        let answer = StepInputs { facts, findings, profile, progress: &progress, earlier: &steps, row }.answer();
        steps.push(Step {
            order,
            id: row.id,
            source: row.source(),
            section: row.section,
            title: row.title,
            scope: row.scope,
            when: row.when,
            rules: row.rules(),
            state: answer.state,
            evidence: answer.evidence,
            how: if answer.state.is_closed() { String::new() } else { answer.how },
            command: answer.command.filter(|_| !answer.state.is_closed()),
            confirmed: answer.confirmed,
            is_confirmable: answer.is_confirmable,
            waits_for: if answer.state == State::Blocked { answer.waits_for } else { Vec::new() },
        });
    }
    steps
}
