//! Two saved reports of one node: what improved, what got worse, and what else is different. Pure.
//!
//! Findings are matched by rule and subject. One that only the later report has counts as worse, except where nothing
//! need be done about it. One that only the earlier report has is gone, and never an improvement: another version of
//! this program may not judge it.

mod origin;

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cluster::saved::{Saved, SavedFinding};
use crate::subjects::rule::{Outcome, Verdict};

pub use origin::NotComparable;

/// What is different. Its JSON form is the contract of `okv-host compare`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparison {
    /// Name and version of this schema.
    #[schemars(extend("const" = Comparison::SCHEMA))]
    pub schema: &'static str,
    pub host: String,
    pub outcome: Change,
    pub before: Side,
    pub after: Side,
    /// From the first report to the second one, by the clock of the node; negative where the second one is older.
    pub seconds_between: Option<i64>,
    /// Why the differences may mean something else than they show.
    pub doubts: Vec<String>,
    /// The most severe first.
    pub worse: Vec<Pair>,
    pub improved: Vec<Pair>,
    /// As severe as before, with other figures or another message.
    pub changed: Vec<Pair>,
    pub new: Vec<Pair>,
    pub gone: Vec<Pair>,
    /// How many findings are the same in both reports.
    pub same: usize,
}

impl Comparison {
    pub const SCHEMA: &'static str = "okv-host.compare.v1";
}

/// What the differences come to: the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Something got worse, whatever improved.
    Worse,
    /// Something improved, and nothing got worse.
    Improved,
    /// Nothing of both reports is more or less severe than it was.
    Same,
}

/// A report as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Side {
    /// Release that the node was judged by.
    pub profile: String,
    /// The release that the node had.
    pub release: Option<String>,
    pub verdict: Outcome,
    /// When the report was made.
    pub at: Option<String>,
    /// Version of okv-host that made it.
    pub version: Option<String>,
}

impl From<&Saved> for Side {
    fn from(saved: &Saved) -> Self {
        let (profile, release, made) = (saved.profile.clone(), saved.release.clone(), saved.made.clone());
        Self { profile, release, verdict: saved.verdict, at: made.at, version: made.version }
    }
}

/// What both reports have of one rule and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair {
    pub id: String,
    pub subject: String,
    pub before: Option<State>,
    pub after: Option<State>,
}

/// What one report has of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct State {
    pub verdict: Verdict,
    /// Whether it does not count.
    pub waived: bool,
    pub message: String,
    pub measured: String,
}

impl From<&SavedFinding> for State {
    fn from(finding: &SavedFinding) -> Self {
        Self {
            verdict: finding.verdict,
            waived: finding.waived.is_some(),
            message: finding.message.clone(),
            measured: finding.measured.clone(),
        }
    }
}

/// Compares the reports of one node.
///
/// # Errors
/// Where they are of different nodes.
pub fn compare(before: &Saved, after: &Saved) -> Result<Comparison, NotComparable> {
    origin::verify(before, after)?;
    let mut found = Comparison {
        schema: Comparison::SCHEMA,
        host: before.host.clone(),
        outcome: Change::Same,
        before: before.into(),
        after: after.into(),
        seconds_between: origin::seconds_between(before, after),
        doubts: origin::doubts(before, after),
        worse: Vec::new(),
        improved: Vec::new(),
        changed: Vec::new(),
        new: Vec::new(),
        gone: Vec::new(),
        same: 0,
    };
    let mut left = by_key(&before.findings);
    for (key, later) in in_order(&after.findings) {
        let earlier = left.remove(&key).unwrap_or_default();
        found.add(&earlier, &later);
    }
    for (_, earlier) in in_order(&before.findings).into_iter().filter(|(key, _)| left.contains_key(key)) {
        found.add(&earlier, &[]);
    }
    found.worse.sort_by_key(|pair| std::cmp::Reverse(pair.after.as_ref().map(rank)));
    if !found.worse.is_empty() {
        found.outcome = Change::Worse;
    } else if !found.improved.is_empty() {
        found.outcome = Change::Improved;
    }
    Ok(found)
}

impl Comparison {
    /// Adds the findings of one rule and subject: the worst is compared with the worst, and what is left over is new
    /// or gone.
    fn add(&mut self, earlier: &[&SavedFinding], later: &[&SavedFinding]) {
        for at in 0..earlier.len().max(later.len()) {
            self.add_pair(earlier.get(at).copied(), later.get(at).copied());
        }
    }

    fn add_pair(&mut self, before: Option<&SavedFinding>, after: Option<&SavedFinding>) {
        let Some(any) = after.or(before) else { return };
        let (id, subject) = (any.id.clone(), any.subject.clone());
        let pair = Pair { id, subject, before: before.map(State::from), after: after.map(State::from) };
        let list = match (&pair.before, &pair.after) {
            (Some(old), Some(new)) if rank(new) > rank(old) => &mut self.worse,
            (Some(old), Some(new)) if rank(new) < rank(old) => &mut self.improved,
            (Some(old), Some(new)) if (&old.measured, &old.message) == (&new.measured, &new.message) => {
                self.same = self.same.saturating_add(1);
                return;
            }
            (Some(_), Some(_)) => &mut self.changed,
            (None, Some(new)) if severity(new.verdict) > 0 => &mut self.worse,
            (None, _) => &mut self.new,
            (_, None) => &mut self.gone,
        };
        list.push(pair);
    }
}

/// How bad it is. What is waived is as bad as its verdict, and less so than the same that counts.
fn rank(state: &State) -> (u8, bool) {
    (severity(state.verdict), !state.waived)
}

fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Note | Verdict::NotApplicable => 0,
        Verdict::Confirm => 1,
        Verdict::Warn => 2,
        Verdict::Unknown => 3,
        Verdict::Block => 4,
    }
}

/// A rule and a subject.
type Key<'s> = (&'s str, &'s str);

fn by_key(findings: &[SavedFinding]) -> HashMap<Key<'_>, Vec<&SavedFinding>> {
    in_order(findings).into_iter().collect()
}

/// The findings of each rule and subject, the worst first; in the order of the report.
fn in_order(findings: &[SavedFinding]) -> Vec<(Key<'_>, Vec<&SavedFinding>)> {
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    let mut groups: Vec<(Key<'_>, Vec<&SavedFinding>)> = Vec::new();
    for finding in findings {
        let key = (finding.id.as_str(), finding.subject.as_str());
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(finding),
            None => groups.push((key, vec![finding])),
        }
    }
    for (_, group) in &mut groups {
        group.sort_by_key(|finding| {
            let bad = (severity(finding.verdict), finding.waived.is_none());
            (std::cmp::Reverse(bad), finding.message.as_str(), finding.measured.as_str())
        });
    }
    groups
}

#[cfg(test)]
mod tests;
