//! Whether two reports are of one node, and in their order: by when, where and by what they were made.

use crate::base::dates::Moment;
use crate::cluster::saved::Saved;

/// Why two reports cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotComparable {
    /// The names of their hosts.
    Hosts { before: String, after: String },
    /// One name, and nothing else in common.
    Machines { host: String },
}

/// # Errors
/// Where they are of different nodes.
pub(super) fn verify(before: &Saved, after: &Saved) -> Result<(), NotComparable> {
    if before.host != after.host {
        return Err(NotComparable::Hosts { before: before.host.clone(), after: after.host.clone() });
    }
    // A node keeps its installation on another machine, and its machine under another installation.
    if differ(machine(before), machine(after)) && differ(installation(before), installation(after)) {
        return Err(NotComparable::Machines { host: before.host.clone() });
    }
    Ok(())
}

/// Seconds from the first report to the second one; negative where the second one is older.
pub(super) fn seconds_between(before: &Saved, after: &Saved) -> Option<i64> {
    let [before, after] = [before, after].map(|saved| saved.made.at.as_deref().and_then(Moment::parse));
    let [before, after] = [before?, after?].map(|moment| i64::try_from(moment.second).ok());
    after?.checked_sub(before?)
}

/// What a reader has to know before the differences mean anything.
pub(super) fn doubts(before: &Saved, after: &Saved) -> Vec<String> {
    let mut doubts = Vec::new();
    if seconds_between(before, after).is_some_and(|seconds| seconds < 0) {
        doubts.push("the second report is older than the first: give the earlier one first".to_owned());
    }
    if differ(machine(before), machine(after)) {
        doubts.push("the reports are of different machines (product UUID)".to_owned());
    }
    if differ(installation(before), installation(after)) {
        doubts.push("the node was installed anew between the reports (/etc/machine-id)".to_owned());
    }
    if differ(before.made.version.as_deref(), after.made.version.as_deref()) {
        let [before, after] = [before, after].map(|saved| saved.made.version.as_deref().unwrap_or_default());
        doubts.push(format!("the reports were made by different versions of okv-host: {before}, then {after}"));
    }
    // Profiles of different releases differ anyway, and the head shows both.
    if before.profile == after.profile
        && differ(before.made.profile_sha256.as_deref(), after.made.profile_sha256.as_deref())
    {
        doubts.push("the reports were made by profiles with different SHA-256 sums".to_owned());
    }
    doubts
}

/// Whether both are known, and not the same.
fn differ(before: Option<&str>, after: Option<&str>) -> bool {
    before.zip(after).is_some_and(|(before, after)| before != after)
}

/// A report of a version without `made` may have it too.
fn machine(saved: &Saved) -> Option<&str> {
    saved.made.machine.as_deref().or(saved.machine.as_deref())
}

fn installation(saved: &Saved) -> Option<&str> {
    saved.made.installation.as_deref()
}
