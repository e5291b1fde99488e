//! How far the upgrade of the node is.
//!
//! The release that the node says counts first. Where it says none, the log of `okv-host upgrade` tells that an upgrade
//! began, and only the operator that it ended: the first start after it takes hours.

use super::record::{OnRecord, on_record};
use super::step::Confirmed;
use crate::base::dates::DAY;
use crate::host::Probed;
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::upgrade::{SaidRelease, UpgradeRun, UpgradeState};

/// A run that ended so long ago, on a node that still says an older release, was that of an earlier upgrade: a figure
/// of this program, where the procedure says that the first start after it takes some hours.
const OLD: u64 = 7 * DAY;

/// How far it is, and what shows that.
pub(super) enum Progress {
    NotBegun(String),
    /// It began, and is not known to have ended.
    Begun(String),
    Upgraded(String),
    Unknown(String),
}

/// What is known of a run of the upgrade, as far as it is of this one.
pub(super) fn run_of_now<'f>(facts: &'f Facts, profile: &Profile) -> Probed<&'f UpgradeRun> {
    let Some(subjects) = &facts.subjects else { return Probed::Absent };
    match &subjects.upgrade.run {
        Probed::Known(run) => {
            let is_older = matches!(compare(facts, profile), Some(SaidRelease::Older(_)));
            let is_long_ago = run.began.is_some_and(|began| began.saturating_add(OLD) < facts.node.now);
            let goes_on = matches!(run.state, UpgradeState::Running | UpgradeState::WaitsForReboot);
            if is_older && is_long_ago && !goes_on { Probed::Absent } else { Probed::Known(run) }
        }
        Probed::Absent => Probed::Absent,
        Probed::Unreadable(why) => Probed::Unreadable(why.clone()),
    }
}

/// Why the last run of the upgrade counts for nothing, where it failed or was cut off.
pub(super) fn failed_run(facts: &Facts, profile: &Profile) -> Option<String> {
    let Probed::Known(run) = run_of_now(facts, profile) else { return None };
    let failed = matches!(
        run.state,
        UpgradeState::Failed(_) | UpgradeState::CutOff | UpgradeState::Silent | UpgradeState::Unheard
    );
    failed.then(|| format!("the upgrade of {} {}", run.when(), run.state))
}

/// `None` where the node says none that can be compared.
fn compare<'f>(facts: &'f Facts, profile: &Profile) -> Option<SaidRelease<'f>> {
    SaidRelease::beside(facts.release()?, &profile.release)
}

pub(super) fn of(facts: &Facts, profile: &Profile) -> Progress {
    let Some(subjects) = &facts.subjects else {
        return Progress::Unknown("only a running host shows this, not the disks of a powered-off node".into());
    };
    let release = compare(facts, profile);
    if let (Probed::Known(run), Some(SaidRelease::Reached(_))) = (run_of_now(facts, profile), &release)
        && run.state == UpgradeState::Unheard
    {
        return Progress::Begun(format!("the upgrade of {} {}", run.when(), run.state));
    }
    match (begun(&run_of_now(facts, profile), &release), &release) {
        // Before the restart, what its files say is only half of it.
        (Some(begun), Some(SaidRelease::Reached(_))) if !begun.is_restarted => return Progress::Begun(begun.why),
        (_, Some(SaidRelease::Reached(said))) => {
            return Progress::Upgraded(format!("the node shows release {said}"));
        }
        (Some(begun), _) => {
            return match on_record(facts, profile, "reboot") {
                // Only where the node itself says nothing, and only of an upgrade that is past its restart.
                OnRecord::Confirmed(confirmed) if begun.is_restarted && names_no_release(facts) => {
                    by_word_of(&confirmed)
                }
                _ => Progress::Begun(begun.why),
            };
        }
        (None, _) => {}
    }
    match release {
        Some(SaidRelease::Older(said)) => Progress::NotBegun(format!("the node shows release {said}")),
        Some(SaidRelease::Newer(said)) => Progress::NotBegun(format!("the node shows another release, {said}")),
        Some(SaidRelease::Reached(_)) | None => match (&subjects.upgrade.run, on_record(facts, profile, "reboot")) {
            (Probed::Unreadable(why), _) => Progress::Unknown(why.clone()),
            _ if !names_no_release(facts) => Progress::Unknown("the release that it shows is no release number".into()),
            (Probed::Absent, OnRecord::Confirmed(by)) => {
                Progress::Upgraded(format!("confirmed by {} at {}: {}", by.by, by.at, by.note))
            }
            (_, OnRecord::Damaged(why) | OnRecord::Unreadable(why)) => Progress::Unknown(why),
            _ => Progress::NotBegun("nothing on the node shows that it was upgraded".into()),
        },
    }
}

fn by_word_of(confirmed: &Confirmed) -> Progress {
    let Confirmed { by, at, note } = confirmed;
    Progress::Upgraded(format!("confirmed by {by} at {at}: {note}"))
}

/// Whether the node says no release at all, and was asked.
pub(super) fn names_no_release(facts: &Facts) -> bool {
    let releases = facts.subjects.as_ref().map(|subjects| &subjects.upgrade.release);
    releases.is_some_and(|releases| releases.said.is_empty() && releases.not_looked_at.is_empty())
}

struct Begun {
    why: String,
    is_restarted: bool,
}

fn begun(run: &Probed<&UpgradeRun>, release: &Option<SaidRelease<'_>>) -> Option<Begun> {
    let Probed::Known(run) = run else { return None };
    let at = run.when();
    let said = match release {
        Some(SaidRelease::Older(said) | SaidRelease::Newer(said) | SaidRelease::Reached(said)) => {
            format!("still shows {said}")
        }
        None => "does not show its release".to_owned(),
    };
    let (why, is_restarted) = match run.state {
        UpgradeState::Running => (format!("the upgrade runs since {at}"), false),
        UpgradeState::WaitsForReboot => (format!("the upgrade of {at} waits for the restart"), false),
        UpgradeState::Restarted => (format!("the node was restarted after the upgrade of {at}, and {said}"), true),
        UpgradeState::Failed(_) | UpgradeState::CutOff | UpgradeState::Silent | UpgradeState::Unheard => return None,
    };
    Some(Begun { why, is_restarted })
}
