//! JSON reports. Each carries the name and version of its schema.

use std::io::{self, Write};

use serde::Serialize;

use crate::disk::Disk;
use crate::rules::{Finding, Outcome};

/// What `check --format json` prints.
#[derive(Debug, Serialize)]
pub struct CheckReport<'r> {
    /// Name and version of this schema.
    pub schema: &'static str,
    /// Release profile that was judged by.
    pub profile: &'r str,
    /// The node.
    pub host: &'r str,
    /// The verdict on it.
    pub verdict: Outcome,
    /// Everything that was found, passes included.
    pub findings: &'r [Finding],
}

impl CheckReport<'_> {
    /// Name and version of the JSON schema.
    pub const SCHEMA: &'static str = "okv-host.check.v1";
}

/// Writes one line for a disk.
///
/// # Errors
/// What the writer says.
pub fn disk_line(out: &mut impl Write, disk: &Disk) -> io::Result<()> {
    serde_json::to_writer(&mut *out, disk)?;
    out.write_all(b"\n")
}

/// Writes an array of disks.
///
/// # Errors
/// What the writer says.
pub fn scan_json(out: &mut impl Write, disks: &[Disk]) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, disks)?;
    out.write_all(b"\n")
}

/// Writes the verdict on a node.
///
/// # Errors
/// What the writer says.
pub fn check_json(out: &mut impl Write, report: &CheckReport<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
}
