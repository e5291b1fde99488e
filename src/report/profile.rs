//! A release profile: where it comes from, its sum and its fields; or what is wrong in its file.

use std::fmt::Write as _;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::made::{self, Made};
use super::text::{Columns, Page, clean, wrap};
use crate::base::units::count;
use crate::profile::{Fault, Profile};

/// A profile that was looked at.
pub struct ProfileReport<'r> {
    /// Where it comes from, in words.
    pub source: &'r str,
    /// Nothing where it is damaged.
    pub profile: Option<&'r Profile>,
    pub faults: &'r [Fault],
}

/// What `profile` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer<'r> {
    /// A path, or `built in`.
    source: &'r str,
    release: Option<&'r str>,
    /// The built-in profile whose figures it has, where none is built in for its release.
    figures_of: Option<&'r str>,
    /// Of all fields as JSON, sorted by name and without white space.
    sha256: Option<&'r str>,
    faults: Vec<FaultJson<'r>>,
    /// All fields.
    profile: Option<&'r Map<String, Value>>,
}

/// What is wrong in the file.
#[derive(Serialize, JsonSchema)]
struct FaultJson<'r> {
    /// The name of the field with those around it; empty for the file as a whole.
    place: &'r str,
    message: &'r str,
}

impl Answer<'_> {
    pub(super) const SCHEMA: &'static str = "okv-host.profile.v1";
}

/// Writes it as JSON.
///
/// # Errors
/// What the writer says.
pub fn profile_json(out: &mut impl Write, report: &ProfileReport<'_>, made: &Made) -> io::Result<()> {
    let faults = report.faults.iter().map(|fault| FaultJson { place: &fault.place, message: &fault.message });
    let answer = Answer {
        source: report.source,
        release: report.profile.map(|profile| profile.release.as_str()),
        figures_of: report.profile.and_then(|profile| profile.figures_of.as_deref()),
        sha256: report.profile.map(|profile| profile.sha256.as_str()),
        faults: faults.collect(),
        profile: report.profile.map(|profile| &profile.fields),
    };
    made::write(out, Answer::SCHEMA, made, &answer)
}

/// The profile with all its fields, for people.
pub fn profile_text(report: &ProfileReport<'_>, columns: Columns) -> String {
    let mut out = Page::new(columns);
    if let Some(profile) = report.profile {
        let figures = profile.figures_of.as_ref().map_or_else(String::new, |of| format!(", with the figures of {of}"));
        let _ = writeln!(out, "release  {}{figures}", clean(&profile.release));
        out.push_str("source   ");
        wrap(&mut out, report.source, 9, 9);
        let _ = writeln!(out, "SHA-256  {}\n", profile.sha256);
        let _ = writeln!(out, "{:#}", Value::Object(profile.fields.clone()));
    }
    out.into_text()
}

/// Whether it is one, and everything that is wrong in it, for people.
pub fn profile_check_text(report: &ProfileReport<'_>, columns: Columns) -> String {
    let mut out = Page::new(columns);
    match report.profile {
        Some(profile) => {
            let words = format!("{}: a release profile for {}", report.source, profile.release);
            wrap(&mut out, &words, 0, 2);
            let _ = writeln!(out, "SHA-256  {}", profile.sha256);
        }
        None => {
            wrap(&mut out, &format!("{}: {}", report.source, count(report.faults.len(), "fault")), 0, 2);
            for fault in report.faults {
                let place = if fault.place.is_empty() { String::new() } else { format!("{}: ", fault.place) };
                out.push_str("  ");
                wrap(&mut out, &format!("{place}{}", fault.message), 2, 4);
            }
        }
    }
    out.into_text()
}
