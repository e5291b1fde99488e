//! Steps about whoever works on the node, its way in, and its kernels.

use super::answer::Answer;
use super::combined::{Combined, combine, words};
use super::inputs::StepInputs;
use super::step::State;
use crate::base::units::count;
use crate::host::Probed;
use crate::subjects::kernels::rules::kernel_old;
use crate::subjects::preflight::rules::session;
use crate::subjects::preflight::{Interface, Session};
use crate::subjects::ssh_keys::rules::{ssh_dsa_key, ssh_host_keys};

/// 7.2-1: to be root on the node.
pub(super) fn be_root(inputs: &StepInputs<'_>) -> Answer {
    let is_root = inputs.facts.subjects.as_ref().map(|subjects| &subjects.records.operator.is_root);
    let ready = |why: &str| Answer::ready("su -", why).how(inputs.row.how);
    match is_root {
        Some(Probed::Known(true)) => Answer::done("this runs as root"),
        Some(Probed::Known(false)) => ready("this does not run as root"),
        Some(Probed::Absent) => Answer::not_needed(SAVED),
        Some(Probed::Unreadable(why)) => Answer::unknown(why.clone()),
        None => Answer::unknown("only a running host shows this"),
    }
}

/// Why a step of a running node does not apply to a saved one.
const SAVED: &str = "not applicable: this is a saved host, not a running one";

/// 7.3-5: a session that outlives its connection.
pub(super) fn session(inputs: &StepInputs<'_>) -> Answer {
    if inputs.facts.subjects.as_ref().is_some_and(|subjects| matches!(subjects.preflight.session, Probed::Absent)) {
        return Answer::not_needed(SAVED);
    }
    let words_of = |found: &[_]| Answer::ready("tmux", words(found)).confirmable();
    let session = inputs.facts.subjects.as_ref().and_then(|subjects| subjects.preflight.session.known());
    match (combine(inputs, &[session::ID]), session) {
        (Combined::Passed(found), Some(Session::Multiplexer(_) | Session::Console)) => Answer::done(words(&found)),
        (Combined::Waived(found), _) => Answer::not_needed(words(&found)),
        (Combined::Unknown(found), _) => inputs.from(Answer::unknown(words(&found)), &found),
        (Combined::Blocked(found), _) => inputs.from(Answer::blocked(words(&found)), &found),
        (Combined::Amiss(found) | Combined::Asks(found) | Combined::Nothing(found) | Combined::Passed(found), _) => {
            inputs.from(words_of(&found), &found)
        }
    }
}

/// 7.3-3: SSH is open to this node. Who came in by it has seen that.
pub(super) fn ssh_open(inputs: &StepInputs<'_>) -> Answer {
    let session = inputs.facts.subjects.as_ref().map(|subjects| &subjects.preflight.session);
    match session {
        Some(Probed::Known(Session::Ssh)) => Answer::done("this session came in by SSH"),
        _ => inputs.by_person(&[]),
    }
}

/// 7.8-1 to 4: SSH again, for the one who retires the keys from afar.
pub(super) fn ssh_again(inputs: &StepInputs<'_>) -> Answer {
    match combine(inputs, &[ssh_dsa_key::ID]) {
        Combined::Passed(found) | Combined::Nothing(found) => Answer::not_needed(words(&found)),
        _ => ssh_open(inputs),
    }
}

/// 7.4: two interfaces only where the machine has two.
pub(super) fn network_mode(inputs: &StepInputs<'_>) -> Answer {
    let ask = inputs.by_person(&[]);
    let interfaces = inputs.facts.subjects.as_ref().map(|subjects| &subjects.preflight.interfaces);
    let shown = match interfaces {
        Some(Probed::Known(interfaces)) => {
            let all: Vec<String> = interfaces.iter().map(interface).collect();
            let possible = if all.len() < 2 { "two are needed for dual NIC mode" } else { "dual NIC mode is possible" };
            format!("{}; {possible}", counted(&all))
        }
        Some(Probed::Unreadable(why)) => format!("the network interfaces could not be read: {why}"),
        Some(Probed::Absent) | None => "the network interfaces are not known".to_owned(),
    };
    Answer { evidence: format!("{shown}; {}", ask.evidence), ..ask }
}

fn counted(interfaces: &[String]) -> String {
    let count = count(interfaces.len(), "physical interface");
    if interfaces.is_empty() { count } else { format!("{count}: {}", interfaces.join(", ")) }
}

fn interface(found: &Interface) -> String {
    let carrier = match (found.has_carrier, found.mbit) {
        (Some(true), Some(mbit)) => format!("carrier, {mbit} Mb/s"),
        (Some(true), None) => "carrier".to_owned(),
        (Some(false), _) => "no carrier".to_owned(),
        (None, _) => "down".to_owned(),
    };
    format!("{} ({carrier})", found.name)
}

/// 7.7-5 to 7: old kernels, once the newest one runs.
pub(super) fn prune(inputs: &StepInputs<'_>) -> Answer {
    let command = "okv-host kernel-prune";
    match combine(inputs, &[kernel_old::ID]) {
        Combined::Passed(found) => Answer::done(words(&found)),
        Combined::Waived(found) | Combined::Nothing(found) => Answer::not_needed(words(&found)),
        Combined::Blocked(found) => inputs.from(Answer::blocked(words(&found)).run(command), &found),
        Combined::Unknown(found) => inputs.from(Answer::unknown(words(&found)), &found),
        Combined::Amiss(found) | Combined::Asks(found) => match inputs.state_of("look-at-kernels") {
            Some(State::Done | State::NotNeeded) => Answer::ready(command, words(&found)),
            _ => Answer::comes_after("look-at-kernels").run(command),
        },
    }
}

/// 7.8-5 and 6: DSA host keys, as long as sshd has another one.
pub(super) fn retire(inputs: &StepInputs<'_>) -> Answer {
    let command = "okv-host ssh-dsa-retire";
    let keys = match combine(inputs, &[ssh_dsa_key::ID]) {
        Combined::Passed(found) => return Answer::done(words(&found)),
        Combined::Waived(found) | Combined::Nothing(found) => return Answer::not_needed(words(&found)),
        Combined::Blocked(found) => return inputs.from(Answer::blocked(words(&found)).run(command), &found),
        Combined::Unknown(found) => return inputs.from(Answer::unknown(words(&found)), &found),
        Combined::Amiss(found) | Combined::Asks(found) => found,
    };
    match combine(inputs, &[ssh_host_keys::ID]) {
        Combined::Passed(_) | Combined::Nothing(_) | Combined::Waived(_) => {
            inputs.from(Answer::ready(command, words(&keys)), &keys)
        }
        Combined::Unknown(found) => inputs.from(Answer::unknown(words(&found)).run(command), &found),
        Combined::Blocked(found) | Combined::Amiss(found) | Combined::Asks(found) => {
            inputs.from(Answer::blocked(format!("{}; {}", words(&found), words(&keys))).run(command), &found)
        }
    }
}
