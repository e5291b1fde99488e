//! Waivers: findings that an operator knows of and accepts, for a reason and until a day. Pure.
//!
//! A waived finding stays in the report, with its verdict and the reason, and no longer decides the verdict on the
//! node. What could cost data, or a node that does not start again, cannot be waived: its rule is [`Waivable::Never`].
//! A waiver that has run out, or that waives nothing, is reported.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use super::rule::finding::{Finding, RuleId, Verdict, Waived};
pub(crate) use super::rule::record::Waivable;
use super::rule::{Figures, Remedy};
use super::table::named;
use crate::base::dates::Date;

/// Name and version of the file's schema.
pub const SCHEMA: &str = "okv-host.waivers.v1";
/// Id of what is found on the waivers themselves.
pub const ID: RuleId = RuleId::new("waivers");
/// Most waivers of a file.
const MOST: usize = 1000;
/// Most bytes of a text in one.
const LONGEST: usize = 1000;

/// What a waiver names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Rule(RuleId),
    NoSuchRule(String),
}

impl Target {
    fn of(name: String) -> Self {
        named(&name).map_or(Self::NoSuchRule(name), |rule| Self::Rule(rule.id))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(id) => id.fmt(f),
            Self::NoSuchRule(name) => f.pad(name),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Rule whose findings it waives.
    pub target: Target,
    /// The one subject that it is for; every one where not given.
    pub subject: Option<String>,
    pub reason: String,
    /// The last day it holds, in UTC.
    pub until: Date,
}

/// What a waiver does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Active,
    /// It would, and nothing was found.
    Unused,
    Expired,
    NotAllowed,
    NoSuchRule,
}

/// A waiver and what it does, for reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Applied {
    /// Its rule.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub reason: String,
    pub until: String,
    pub state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverError(String);

impl fmt::Display for WaiverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WaiverError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    waivers: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    subject: Option<String>,
    reason: String,
    until: String,
}

/// The waivers of a JSON text:
/// `{"schema": "okv-host.waivers.v1", "waivers": [{"id", "subject"?, "reason", "until": "YYYY-MM-DD"}]}`.
///
/// # Errors
/// Where it is no such text, or one of them has no reason or no day.
pub fn parse(text: &str) -> Result<Vec<Waiver>, WaiverError> {
    let file: File = serde_json::from_str(text).map_err(|e| WaiverError(format!("no waivers: {e}")))?;
    if file.schema != SCHEMA {
        return Err(WaiverError(format!("its schema is not {SCHEMA}")));
    }
    if file.waivers.len() > MOST {
        return Err(WaiverError(format!("more than {MOST} waivers")));
    }
    file.waivers.into_iter().map(waiver).collect()
}

fn waiver(row: Row) -> Result<Waiver, WaiverError> {
    let bad = |why: &str| WaiverError(format!("the waiver of \"{}\": {why}", row.id.escape_debug()));
    if row.id.len() > LONGEST || row.reason.len() > LONGEST || row.subject.as_ref().is_some_and(|s| s.len() > LONGEST) {
        return Err(bad(&format!("a text of more than {LONGEST} bytes")));
    }
    if row.reason.trim().is_empty() {
        return Err(bad("it has no reason"));
    }
    let until = Date::parse(&row.until).ok_or_else(|| bad("its last day is no date YYYY-MM-DD"))?;
    Ok(Waiver { target: Target::of(row.id), subject: row.subject, reason: row.reason, until })
}

/// Marks the findings that are waived on `today`, and adds what there is to say of the waivers themselves.
pub fn apply(findings: &mut Vec<Finding>, waivers: &[Waiver], today: Date) -> Vec<Applied> {
    let mut described = Vec::new();
    let mut applied = Vec::new();
    for waiver in waivers {
        let state = apply_one(findings, waiver, today);
        described.extend(describe(waiver, state));
        applied.push(Applied {
            id: waiver.target.to_string(),
            subject: waiver.subject.clone(),
            reason: waiver.reason.clone(),
            until: waiver.until.to_string(),
            state,
        });
    }
    findings.extend(described);
    applied
}

fn apply_one(findings: &mut [Finding], waiver: &Waiver, today: Date) -> State {
    let Target::Rule(id) = waiver.target else { return State::NoSuchRule };
    if named(id.as_str()).is_none_or(|rule| rule.waivable != Waivable::Yes) {
        return State::NotAllowed;
    }
    if today > waiver.until {
        return State::Expired;
    }
    let mut state = State::Unused;
    for finding in findings.iter_mut() {
        let is_meant = finding.id == id && waiver.subject.as_ref().is_none_or(|s| *s == finding.subject);
        if is_meant && matches!(finding.verdict, Verdict::Block | Verdict::Unknown | Verdict::Warn) {
            let waived = Waived { reason: waiver.reason.clone(), until: waiver.until.to_string() };
            finding.waived.get_or_insert(waived);
            state = State::Active;
        }
    }
    state
}

fn describe(waiver: &Waiver, state: State) -> Option<Finding> {
    let (verdict, message, remedy) = match state {
        State::Active => return None,
        State::Unused => (Verdict::Note, "waives nothing that was found".to_owned(), "Remove it from the file.".into()),
        State::Expired => (
            Verdict::Warn,
            "has run out, and waives nothing any more".to_owned(),
            "Fix what it waived, or write a new waiver.".into(),
        ),
        State::NotAllowed => (
            Verdict::Warn,
            format!("waives nothing: what {} finds could cost data or the node", waiver.target),
            "Remove it from the file.".into(),
        ),
        State::NoSuchRule => (
            Verdict::Warn,
            "waives nothing: there is no rule of that name".to_owned(),
            Remedy::command("okv-host check --list"),
        ),
    };
    let subject = match &waiver.subject {
        Some(subject) => format!("{}: {subject}", waiver.target),
        None => waiver.target.to_string(),
    };
    let finding = Finding {
        id: ID,
        verdict,
        subject,
        measured: format!("until {}: {}", waiver.until, waiver.reason),
        figures: Figures::default(),
        required: "a rule that can be waived, a day that is not over, and something to waive".into(),
        message,
        remedy: String::new(),
        commands: Vec::new(),
        source: "the file given with --waivers".into(),
        waived: None,
    };
    Some(finding.remedy(remedy))
}

#[cfg(test)]
mod tests;
