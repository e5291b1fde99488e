//! How the reports were made.

use super::saved::Saved;

/// The sum of the profile, where all reports have the same.
pub(super) fn profile_sum(reports: &[Saved]) -> Option<String> {
    let first = reports.first()?.made.profile_sha256.as_ref()?;
    reports.iter().all(|report| report.made.profile_sha256.as_ref() == Some(first)).then(|| first.clone())
}
