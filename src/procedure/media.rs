//! The steps about the ISO: room, copy, mount, cache.

use super::answer::Answer;
use super::combined::{Combined, combine, words};
use super::inputs::StepInputs;
use super::progress::Progress;
use super::step::State;
use super::upgrade::is_behind;
use crate::host::Probed;
use crate::host::mounts::mounted_at;
use crate::subjects::media::IsoFile;
use crate::subjects::media::rules::{images_mount, iso_present, iso_space, ssl_jars};

/// The command that copies, mounts, and cleans the cache.
/// What stages an ISO, whichever it is.
pub const STAGE: &str = "okv-host stage ISO --sha256 HEX";

/// 7.2-8: the jars may go where space is needed, and only there.
pub(super) fn free_space(inputs: &StepInputs<'_>) -> Answer {
    let jars = match combine(inputs, &[ssl_jars::ID]) {
        Combined::Unknown(found) => return inputs.from(Answer::unknown(words(&found)), &found),
        Combined::Nothing(found) | Combined::Waived(found) => return Answer::not_needed(words(&found)),
        Combined::Blocked(found) | Combined::Amiss(found) | Combined::Asks(found) | Combined::Passed(found) => found,
    };
    let is_empty = inputs.facts.subjects.as_ref().and_then(|subjects| subjects.media.jars.known());
    if is_empty.is_some_and(|jars| jars.jars.is_empty()) {
        return Answer::not_needed(words(&jars));
    }
    let both = |space: &[_]| format!("{}; {}", words(space), words(&jars));
    match combine(inputs, &[iso_space::ID]) {
        Combined::Passed(space) | Combined::Waived(space) | Combined::Nothing(space) => {
            Answer::not_needed(both(&space))
        }
        Combined::Blocked(space) => inputs.from(Answer::new(State::Ready, both(&space)).confirmable(), &jars),
        Combined::Unknown(space) => inputs.from(Answer::unknown(both(&space)), &space),
        Combined::Amiss(space) | Combined::Asks(space) => inputs.from(Answer::ask(both(&space)), &jars),
    }
}

/// 7.3-6: the ISO lies whole in its folder.
pub(super) fn stage(inputs: &StepInputs<'_>) -> Answer {
    // It has to lie there until the first start after the upgrade is over.
    if let Progress::Upgraded(why) = inputs.progress {
        return Answer::done(format!("the upgrade had it: {why}"));
    }
    let found = match combine(inputs, &[iso_present::ID]) {
        Combined::Blocked(found) => return inputs.from(Answer::blocked(words(&found)).run(STAGE), &found),
        Combined::Unknown(found) => return inputs.from(Answer::unknown(words(&found)), &found),
        Combined::Amiss(found)
        | Combined::Asks(found)
        | Combined::Waived(found)
        | Combined::Nothing(found)
        | Combined::Passed(found) => found,
    };
    let isos = inputs.facts.subjects.as_ref().and_then(|subjects| subjects.media.isos.known());
    let is_it = |iso: &IsoFile| iso.brings(&inputs.profile.release);
    if isos.is_some_and(|isos| isos.here.iter().any(is_it)) {
        return Answer::done(words(&found));
    }
    match combine(inputs, &[iso_space::ID]) {
        Combined::Blocked(space) => inputs.from(Answer::blocked(words(&space)).run(STAGE), &space),
        _ => Answer::ready(STAGE, words(&found)),
    }
}

/// 7.3-7: it is mounted where the upgrade looks for it.
pub(super) fn mount(inputs: &StepInputs<'_>) -> Answer {
    if let Some(answer) = is_behind(inputs) {
        return answer;
    }
    let found = match combine(inputs, &[images_mount::ID]) {
        Combined::Blocked(found) => return inputs.from(Answer::blocked(words(&found)), &found),
        Combined::Unknown(found) => return inputs.from(Answer::unknown(words(&found)), &found),
        Combined::Amiss(found) => return inputs.from(Answer::ready(STAGE, words(&found)), &found),
        Combined::Asks(found) | Combined::Waived(found) | Combined::Nothing(found) | Combined::Passed(found) => found,
    };
    let point = &inputs.profile.places.iso_mount;
    let mounts = inputs.facts.node.setup.as_ref().map(|setup| &setup.mounts);
    let is_mounted = matches!(mounts, Some(Probed::Known(mounts)) if mounted_at(mounts, point).is_some());
    match inputs.state_of("stage-iso") {
        _ if is_mounted => Answer::done(words(&found)),
        Some(State::Done) => Answer::ready(STAGE, words(&found))
            .how(format!("Name the copy in {} as ISO: it is not copied again.", inputs.profile.places.iso_folder)),
        _ => Answer::comes_after("stage-iso").run(STAGE),
    }
}

/// 7.3-8: the cache of its repository. Nothing on the node shows it: the command that mounts the ISO cleans it.
pub(super) fn clean_cache(inputs: &StepInputs<'_>) -> Answer {
    if let Some(answer) = is_behind(inputs) {
        return answer;
    }
    match inputs.state_of("mount-iso") {
        Some(State::Done) => Answer::done(
            "the ISO is mounted, and okv-host stage cleans the cache with the mount; after a mount by hand, run \
             okv-host stage too: it does the rest",
        ),
        Some(State::Ready) => Answer::ready(STAGE, "goes with the mount"),
        Some(State::Unknown) => Answer::unknown("goes with the mount, and whether that is there is unknown"),
        _ => Answer::comes_after("mount-iso").run(STAGE),
    }
}
