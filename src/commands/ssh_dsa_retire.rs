//! `okv-host ssh-dsa-retire`.

use anyhow::Result;

use super::{Exit, change};
use crate::cli::SshDsaRetire;

pub(super) fn run(args: &SshDsaRetire) -> Result<Exit> {
    change::run("ssh-dsa-retire", &args.change, &|| anyhow::bail!("not joined yet"))
}
