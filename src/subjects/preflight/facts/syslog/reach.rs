//! Whether targets can be reached: a TCP connect, all of them at once.

use std::thread::{Builder, scope};
use std::time::Instant;

use super::{Protocol, Syslog, Target};
use crate::host::Probed;
use crate::io::dial::{ALL_ADDRESSES, dial};
use crate::io::tool::Runner;
use crate::io::waiting::Waiting;

/// Most targets that are tried at once.
const AT_ONCE: usize = 32;

/// Tries every target that answers: TCP and RELP. What was found is kept in the targets: the address that took the
/// connection, or why none did.
pub fn reach(syslog: &mut Syslog, runner: &(dyn Runner + Sync)) {
    for group in syslog.targets.chunks_mut(AT_ONCE) {
        scope(|scope| {
            for target in group.iter_mut().filter(|target| target.protocol != Protocol::Udp) {
                // A thread that the kernel refuses leaves its target untried, which is no answer.
                let _ = Builder::new().spawn_scoped(scope, || target.reached = try_one(target, runner));
            }
        });
    }
}

fn try_one(target: &Target, runner: &dyn Runner) -> Probed<String> {
    let _waiting = Waiting::begin(format!("the log host {}:{}", target.host, target.port));
    match dial(&target.host, target.port, Instant::now() + ALL_ADDRESSES, runner) {
        Ok((_, address)) => Probed::Known(address.to_string()),
        Err(why) => Probed::Unreadable(why),
    }
}
