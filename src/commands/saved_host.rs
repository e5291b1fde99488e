//! What a command plans for: this host, or a saved one in a folder.

use std::path::Path;

use anyhow::{Result, bail};

use super::judged::root_at;
use crate::host::{Probed, Root};
use crate::io::sys;
use crate::io::tool::Program;

/// What is shown below a plan for a saved host that has steps.
pub(super) const ELSEWHERE: &str = "Nothing was changed. On that host itself, --apply does this.";

/// The host in `root`, or this one, which takes root.
pub(super) fn root_to_plan_for(root: Option<&Path>) -> Result<Root> {
    match root {
        Some(_) => root_at(root),
        None if !sys::is_root() => bail!("run as root to plan for this host, or plan for a saved one: --root DIR"),
        None => Ok(Root::live()),
    }
}

/// Whether the host has one of the paths of `program`.
pub(super) fn has_program(root: &Root, program: Program) -> bool {
    let is_there = |path: &&str| root.at(path).is_ok_and(|place| matches!(place.kind(), Probed::Known(_)));
    program.paths().iter().any(is_there)
}
