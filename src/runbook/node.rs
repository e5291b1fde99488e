//! Steps about whoever works on the node, its way in, and its kernels.

use super::answer::Answer;
use super::case::Case;
use super::step::State;
use super::tell::{Told, tell, words};
use crate::facts::Probed;
use crate::facts::procedure::session::Session;

/// 7.2-1: to be root on the node.
pub(super) fn be_root(case: &Case<'_>) -> Answer {
    let is_root = case.facts.running.as_ref().map(|running| &running.procedure.operator.is_root);
    let ready = |why: &str| Answer::ready("su -", why).how(case.row.how);
    match is_root {
        Some(Probed::Known(true)) => Answer::done("this runs as root"),
        Some(Probed::Known(false)) => ready("this does not run as root"),
        Some(Probed::Absent) => ready("nobody is logged in on a host in a directory"),
        Some(Probed::Unreadable(why)) => Answer::unknown(why.clone()),
        None => Answer::unknown("only a running host can tell"),
    }
}

/// 7.3-5: a session that outlives its connection.
pub(super) fn session(case: &Case<'_>) -> Answer {
    let words_of = |found: &[_]| Answer::ready("tmux", words(found)).confirmable();
    let session = case.facts.running.as_ref().and_then(|running| running.procedure.session.known());
    match (tell(case, &["session"]), session) {
        (Told::Passed(found), Some(Session::Multiplexer(_) | Session::Console)) => Answer::done(words(&found)),
        (Told::Waived(found), _) => Answer::not_needed(words(&found)),
        (Told::Unknown(found), _) => case.from(Answer::unknown(words(&found)), &found),
        (Told::Blocked(found), _) => case.from(Answer::blocked(words(&found)), &found),
        (Told::Amiss(found) | Told::Asks(found) | Told::Nothing(found) | Told::Passed(found), _) => {
            case.from(words_of(&found), &found)
        }
    }
}

/// 7.3-3: SSH is open to this node. Who came in by it has seen that.
pub(super) fn ssh_open(case: &Case<'_>) -> Answer {
    let session = case.facts.running.as_ref().map(|running| &running.procedure.session);
    match session {
        Some(Probed::Known(Session::Ssh)) => Answer::done("this session came in by SSH"),
        _ => case.by_person(&[]),
    }
}

/// 7.8-1 to 4: SSH again, for the one who retires the keys from afar.
pub(super) fn ssh_again(case: &Case<'_>) -> Answer {
    match tell(case, &["ssh-dsa-key"]) {
        Told::Passed(found) | Told::Nothing(found) => Answer::not_needed(words(&found)),
        _ => ssh_open(case),
    }
}

/// 7.7-5 to 7: old kernels, once the newest one runs.
pub(super) fn prune(case: &Case<'_>) -> Answer {
    let command = "okv-host kernel-prune";
    match tell(case, &["kernel-old"]) {
        Told::Passed(found) => Answer::done(words(&found)),
        Told::Waived(found) | Told::Nothing(found) => Answer::not_needed(words(&found)),
        Told::Blocked(found) => case.from(Answer::blocked(words(&found)).run(command), &found),
        Told::Unknown(found) => case.from(Answer::unknown(words(&found)), &found),
        Told::Amiss(found) | Told::Asks(found) => match case.state_of("look-at-kernels") {
            Some(State::Done | State::NotNeeded) => Answer::ready(command, words(&found)),
            _ => Answer::comes_after("look-at-kernels").run(command),
        },
    }
}

/// 7.8-5 and 6: DSA host keys, as long as sshd has another one.
pub(super) fn retire(case: &Case<'_>) -> Answer {
    let command = "okv-host ssh-dsa-retire";
    let keys = match tell(case, &["ssh-dsa-key"]) {
        Told::Passed(found) => return Answer::done(words(&found)),
        Told::Waived(found) | Told::Nothing(found) => return Answer::not_needed(words(&found)),
        Told::Blocked(found) => return case.from(Answer::blocked(words(&found)).run(command), &found),
        Told::Unknown(found) => return case.from(Answer::unknown(words(&found)), &found),
        Told::Amiss(found) | Told::Asks(found) => found,
    };
    match tell(case, &["ssh-host-keys"]) {
        Told::Passed(_) | Told::Nothing(_) | Told::Waived(_) => case.from(Answer::ready(command, words(&keys)), &keys),
        Told::Unknown(found) => case.from(Answer::unknown(words(&found)).run(command), &found),
        Told::Blocked(found) | Told::Amiss(found) | Told::Asks(found) => {
            case.from(Answer::blocked(format!("{}; {}", words(&found), words(&keys))).run(command), &found)
        }
    }
}
