//! `okv-host ssh-dsa-retire`.

use anyhow::{Result, bail};

use super::change;
use super::surroundings::Surroundings;
use super::usage_error::UsageError;
use crate::cli::SshDsaRetire;
use crate::engine::ExitStatus;
use crate::host::{Probed, Root};
use crate::io::sys;
use crate::io::tool::{Cmd, success};
use crate::subjects::ssh_keys::facts::gather;
use crate::subjects::ssh_keys::plan::{Request, plan};
use crate::subjects::ssh_keys::{Ssh, host_key_paths};

const COMMAND: &str = "ssh-dsa-retire";

pub(super) fn run(args: &SshDsaRetire, around: Surroundings) -> Result<ExitStatus> {
    let root = match &args.root {
        Some(dir) => Root::fixture(dir).map_err(|e| UsageError(format!("--root {}: {e}", dir.display())))?,
        None if !sys::is_root() => {
            bail!("reading the host keys of this host takes root; use --root to plan for another")
        }
        None => Root::live(),
    };
    let request = Request { reload: args.reload };
    let planner = || Ok(plan(&facts(&root, around)?, &request));
    if args.root.is_some() {
        let elsewhere = "Nothing was changed. On that host itself, --apply does this.";
        return change::show_plan(COMMAND, &args.change, planner()?, Some(elsewhere));
    }
    change::run(COMMAND, &args.change, around, &planner)
}

fn facts(root: &Root, around: Surroundings) -> Result<Ssh> {
    let mut ssh = match gather(root) {
        Probed::Known(ssh) => ssh,
        Probed::Absent => bail!("there is no /etc/ssh"),
        Probed::Unreadable(why) => bail!("the SSH host keys could not be read: {why}"),
    };
    // Only the daemon of the host itself can say what it makes of its configuration.
    if root.is_live() {
        let effective = match success(around.runner, &Cmd::sshd_effective()) {
            Ok(output) => host_key_paths(&output.stdout),
            Err(error) => Err(error.to_string()),
        };
        ssh.learn_effective(root, effective.into());
    }
    Ok(ssh)
}
