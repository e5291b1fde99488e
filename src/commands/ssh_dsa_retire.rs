//! `okv-host ssh-dsa-retire`.

use anyhow::{Result, bail};

use super::answer::Asked;
use super::change;
use super::judged::root_at;
use super::saved_host::ELSEWHERE;
use super::surroundings::Surroundings;
use crate::cli::SshDsaRetire;
use crate::engine::{ExitStatus, Plan, Refusal};
use crate::host::{Probed, Root};
use crate::io::tool::{Cmd, success};
use crate::subjects::ssh_keys::facts::gather;
use crate::subjects::ssh_keys::plan::{Request, plan, without_ssh};
use crate::subjects::ssh_keys::{Ssh, host_key_paths};

const COMMAND: &str = "ssh-dsa-retire";

pub(super) fn run(args: &SshDsaRetire, around: Surroundings) -> Result<ExitStatus> {
    let root = root_at(args.root.as_deref())?;
    let request = Request { reload: args.reload };
    let planner = || of_request(&root, around, &request);
    let asked = Asked { args: &args.change, root: &root, profile: None };
    if args.root.is_some() {
        return change::show_plan(COMMAND, asked, planner()?, Some(ELSEWHERE));
    }
    change::run(COMMAND, asked, around, &planner)
}

/// The plan without options.
pub(super) fn planned(root: &Root, around: Surroundings) -> Result<Result<Plan, Refusal>> {
    of_request(root, around, &Request { reload: false })
}

fn of_request(root: &Root, around: Surroundings, request: &Request) -> Result<Result<Plan, Refusal>> {
    Ok(facts(root, around)?.map_or_else(|| Ok(without_ssh()), |ssh| plan(&ssh, request)))
}

/// `None` where there is no /etc/ssh.
fn facts(root: &Root, around: Surroundings) -> Result<Option<Ssh>> {
    let mut ssh = match gather(root) {
        Probed::Known(ssh) => ssh,
        Probed::Absent => return Ok(None),
        Probed::Unreadable(why) => bail!("the SSH host keys could not be read: {why}"),
    };
    // Only the daemon of the host itself can say what it makes of its configuration.
    if root.has_answers() {
        let effective = match success(&root.runner(around.runner), &Cmd::sshd_effective()) {
            Ok(output) => host_key_paths(&output.stdout),
            Err(error) => Err(error.to_string()),
        };
        ssh.learn_effective(root, effective.into());
    }
    Ok(Some(ssh))
}
