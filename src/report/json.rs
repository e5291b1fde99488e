//! JSON reports. Each carries the name and version of its schema.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::line;
use super::made::{self, Made};
use crate::disk::Disk;
use crate::profile::Profile;
use crate::subjects::rule::{Finding, Outcome, Rule, RuleId, Waivable};
use crate::subjects::waivers::Applied;

#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckReport<'r> {
    /// Release profile that was judged by.
    pub profile: &'r str,
    pub host: &'r str,
    /// The release of the node, where its files show it.
    pub release: Option<&'r str>,
    /// What identifies the machine, and its memory: a later check compares them.
    pub machine: Option<&'r str>,
    pub memory_kib: Option<u64>,
    /// What the rules come to: it is the exit status, and does not know what remains to be confirmed.
    pub verdict: Outcome,
    /// What the screen opens with.
    pub headline: &'static str,
    /// Everything that was found, passes included.
    pub findings: &'r [Finding],
    /// The waivers that were given, and what each does.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub waivers: &'r [Applied],
}

impl CheckReport<'_> {
    pub const SCHEMA: &'static str = "okv-host.check.v1";
}

/// Records of rules.
#[derive(Serialize, JsonSchema)]
pub(super) struct List<'p> {
    #[schemars(extend("const" = List::SCHEMA))]
    schema: &'static str,
    profile: &'p str,
    rules: Vec<Row>,
}

impl List<'_> {
    pub(super) const SCHEMA: &'static str = "okv-host.rules.v1";
}

#[derive(Serialize, JsonSchema)]
struct Row {
    id: RuleId,
    summary: &'static str,
    why: &'static str,
    fix: &'static str,
    required: String,
    source: String,
    inputs: &'static [&'static str],
    procedure: &'static [&'static str],
    waivable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    never_waived_because: Option<&'static str>,
}

/// Writes the records of rules, as `check --list` and `check --explain` print them with `--format json`.
///
/// # Errors
/// What the writer says.
pub fn list_json<'r>(
    out: &mut impl Write,
    profile: &Profile,
    rules: impl IntoIterator<Item = &'r Rule>,
) -> io::Result<()> {
    let row = |rule: &Rule| Row {
        id: rule.id,
        summary: rule.title,
        why: rule.why,
        fix: rule.fix,
        required: (rule.required)(profile),
        source: (rule.source)(profile),
        inputs: rule.inputs,
        procedure: rule.procedure,
        waivable: rule.waivable == Waivable::Yes,
        never_waived_because: match rule.waivable {
            Waivable::Yes => None,
            Waivable::Never(why) => Some(why),
        },
    };
    let rules = rules.into_iter().map(row).collect();
    let list = List { schema: List::SCHEMA, profile: &profile.release, rules };
    serde_json::to_writer_pretty(&mut *out, &list)?;
    out.write_all(b"\n")
}

/// Appends one line for a disk.
///
/// # Errors
/// None that a [`Disk`] can cause.
pub fn disk_line(out: &mut Vec<u8>, disk: &Disk) -> io::Result<()> {
    line::write(out, disk).map_err(io::Error::other)?;
    out.push(b'\n');
    Ok(())
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Scanned<'d> {
    #[serde(flatten)]
    disk: &'d Disk,
    made: &'d Made,
}

/// What `scan` prints: an array, or a line for each disk.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)] // no value of it is made
pub(super) enum ScanReport<'d> {
    Array(Vec<Scanned<'d>>),
    Line(&'d Disk),
}

/// Writes an array of disks, each with how the array was made: a disk may be taken out of it.
///
/// # Errors
/// What the writer says.
pub fn scan_json(out: &mut impl Write, disks: &[Disk], made: &Made) -> io::Result<()> {
    let scanned: Vec<Scanned<'_>> = disks.iter().map(|disk| Scanned { disk, made }).collect();
    serde_json::to_writer_pretty(&mut *out, &scanned)?;
    out.write_all(b"\n")
}

/// Writes the verdict on a node.
///
/// # Errors
/// What the writer says.
pub fn check_json(out: &mut impl Write, report: &CheckReport<'_>, made: &Made) -> io::Result<()> {
    made::write(out, CheckReport::SCHEMA, made, report)
}
