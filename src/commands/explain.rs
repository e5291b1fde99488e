//! `okv-host check --explain`.

use std::io::{self, Write};

use anyhow::Result;

use super::usage_error::UsageError;
use crate::cli::PlainFormat;
use crate::engine::ExitStatus;
use crate::procedure as runbook;
use crate::procedure::STEPS;
use crate::profile::Profile;
use crate::report::{self, Explained};
use crate::subjects::table::RULES;

/// Most names that are suggested.
const MOST: usize = 3;
/// How like a name must be to be suggested, of 1.
const LIKE: f64 = 0.7;

pub(super) fn run(name: &str, profile: &Profile, format: PlainFormat) -> Result<ExitStatus> {
    let what = named(name).ok_or_else(|| unknown(name))?;
    let mut out = io::stdout().lock();
    match format {
        PlainFormat::Json => report::list_json(&mut out, profile, what.rules())?,
        PlainFormat::Text => out.write_all(report::explained_text(&what, profile).as_bytes())?,
    }
    Ok(ExitStatus::Success)
}

/// What has this name. Where a step and a rule share one, the rule: it is what `check` reports.
fn named(name: &str) -> Option<Explained> {
    let step = || runbook::row(name).or_else(|| runbook::row_of_item(name)).map(Explained::Step);
    crate::subjects::table::named(name).map(Explained::Rule).or_else(step)
}

fn unknown(name: &str) -> UsageError {
    let near = nearest(name);
    let near = if near.is_empty() { String::new() } else { format!(" Nearest: {}.", near.join(", ")) };
    let name = name.escape_debug();
    UsageError(format!("no rule, step or item has the name \"{name}\".{near} All rules: okv-host check --list"))
}

/// The ids that are most like the name.
fn nearest(name: &str) -> Vec<&'static str> {
    let ids = RULES.iter().map(|rule| rule.id.as_str()).chain(STEPS.iter().map(|row| row.id));
    let mut near: Vec<(f64, &str)> = ids.map(|id| (strsim::jaro_winkler(name, id), id)).collect();
    near.retain(|(like, _)| *like >= LIKE);
    near.sort_by(|(one, first), (other, second)| other.total_cmp(one).then(first.cmp(second)));
    near.dedup_by_key(|(_, id)| *id);
    near.into_iter().take(MOST).map(|(_, id)| id).collect()
}
