//! What rules are made of: the record of one, what it is given, what it finds, and what the findings come to.
//!
//! Every rule is a pure function of the facts and the release profile, in a file of its own, in its subject's folder.
//!
//! A rule answers with one finding for each subject it judged, passes included. What could not be looked at is
//! `unknown`, which is never a pass; so is what the disks of a powered-off node do not show. What no node lets us see,
//! whoever looks, is `confirm`: a question to the operator, which does not change the verdict on the node, because it
//! would stand for ever.
//!
//! All that is known of a rule is in its record ([`Rule`]), at the top of its file, and nowhere else: lists and
//! documents are made from [`RULES`](crate::subjects::table::RULES).

pub(crate) mod figures;
pub(crate) mod finding;

mod outcome;
pub(crate) mod record;
mod remedy;

#[cfg(test)]
pub(crate) mod tests;

pub use figures::Figures;
pub use finding::{Finding, RuleId, Verdict, Waived};
pub use outcome::{Outcome, outcome};
pub(crate) use record::RuleInputs;
pub use record::{Rule, Waivable};
pub use remedy::Remedy;
pub(crate) use remedy::quoted;
