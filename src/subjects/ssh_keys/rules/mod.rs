//! Rules on the host keys of SSH.

use crate::host::Probed;
use crate::subjects::rule::{Finding, RuleInputs, Verdict};
use crate::subjects::ssh_keys::facts::Ssh;

pub(crate) mod ssh_dsa_key;
pub(crate) mod ssh_host_keys;

/// What is known of sshd's host keys, or the finding that says why there is nothing to judge.
fn host_keys<'f>(inputs: &RuleInputs<'f>) -> Result<&'f Ssh, Box<Finding>> {
    match &inputs.subjects()?.ssh {
        Probed::Known(ssh) => Ok(ssh),
        Probed::Absent => Err(Box::new(inputs.finding(Verdict::NotApplicable, "node", "there is no /etc/ssh"))),
        Probed::Unreadable(why) => {
            let message = format!("/etc/ssh could not be looked at: {why}");
            Err(Box::new(inputs.finding(Verdict::Unknown, "node", message).remedy("Run as root.")))
        }
    }
}
