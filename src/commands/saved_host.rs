//! What a command plans for: this host, or a saved one in a folder.

use crate::host::{Probed, Root};
use crate::io::tool::Program;

/// What is shown below a plan for a saved host that has steps.
pub(super) const ELSEWHERE: &str = "Nothing was changed. On that host itself, --apply does this.";

/// Whether the host has one of the paths of `program`.
pub(super) fn has_program(root: &Root, program: Program) -> bool {
    let is_there = |path: &&str| root.at(path).is_ok_and(|place| matches!(place.kind(), Probed::Known(_)));
    program.paths().iter().any(is_there)
}
