//! What is on record of a step: what operators confirmed, and whether it is of this host and this upgrade.

use super::step::Confirmed;
use super::table::STEPS;
use crate::base::dates::format_minute;
use crate::base::versions::Version;
use crate::host::Probed;
use crate::io::journal::{Damaged, Record};
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::records::{Confirmation, Confirmations};

pub(super) enum OnRecord {
    Confirmed(Confirmed),
    /// It is not; what else is on record, where something is.
    No(Option<String>),
    /// A damaged line may have been its record.
    Damaged(String),
    /// No record could be read.
    Unreadable(String),
}

/// What is on record of the step `id`, for this host and the upgrade to the release of `profile`. The last record
/// counts.
pub(super) fn on_record(facts: &Facts, profile: &Profile, id: &str) -> OnRecord {
    let Some(subjects) = &facts.subjects else { return OnRecord::No(None) };
    let nothing = Confirmations::default();
    let all = match &subjects.records.confirmations {
        Probed::Known(all) => all,
        Probed::Absent => &nothing,
        Probed::Unreadable(why) => return OnRecord::Unreadable(why.clone()),
    };
    let records = all.records.as_slice();
    let is_meant =
        |record: &&Record<Confirmation>| record.entry.step == id && is_same(&record.entry.release, &profile.release);
    let node = subjects.records.node.known();
    let is_here =
        |entry: &Confirmation| entry.host == facts.node.name || entry.node.is_some() && entry.node.as_ref() == node;
    if let Some(damaged) =
        damaged_since(all, id, records.iter().rposition(|record| is_meant(&record) && is_here(&record.entry)))
    {
        return OnRecord::Damaged(damaged.why.clone());
    }
    let mut of_step = records.iter().rev().filter(is_meant);
    if let Some(Record { at, entry, .. }) = of_step.clone().find(|record| is_here(&record.entry)) {
        let (at, by, note) = (format_minute(*at), entry.user.clone(), entry.note.clone());
        return if entry.withdrawn {
            OnRecord::No(Some(format!("withdrawn by {by} at {at}: {note}")))
        } else {
            OnRecord::Confirmed(Confirmed { at, by, note })
        };
    }
    let elsewhere = of_step.next().map(|record| format!("what is on record was recorded on {}", record.entry.host));
    OnRecord::No(elsewhere)
}

/// A damaged line behind the `last` record of the step `id` that may have been one of it: that names it, or no other
/// step.
fn damaged_since<'c>(all: &'c Confirmations, id: &str, last: Option<usize>) -> Option<&'c Damaged> {
    let names = |damaged: &Damaged, id: &str| {
        let name = format!("\"step\":\"{id}\"");
        damaged.bytes.windows(name.len()).any(|bytes| bytes == name.as_bytes())
    };
    let names_another = |damaged: &Damaged| STEPS.iter().any(|row| row.id != id && names(damaged, row.id));
    let is_since = |damaged: &&Damaged| last.is_none_or(|last| damaged.before > last);
    all.damaged.iter().filter(is_since).find(|damaged| names(damaged, id) || !names_another(damaged))
}

/// Whether two releases are the same: `21.8` is `21.8.0.0.0`.
fn is_same(one: &str, other: &str) -> bool {
    match (Version::parse(one), Version::parse(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// Whether the step `id` is on record as confirmed, whatever that counts for.
///
/// # Errors
/// Where the record could not be read.
pub fn is_confirmed(facts: &Facts, profile: &Profile, id: &str) -> Result<bool, String> {
    match on_record(facts, profile, id) {
        OnRecord::Confirmed(_) => Ok(true),
        OnRecord::No(_) => Ok(false),
        OnRecord::Damaged(why) | OnRecord::Unreadable(why) => Err(why),
    }
}
