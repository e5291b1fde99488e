//! Rules on kernels, and what they share.

pub(crate) mod boot_consistent;
pub(crate) mod boot_free;
pub mod kernel_old;
pub mod kernel_running_newest;

use super::facts::{Kernel, Kernels};
use super::roles::{KernelRoles, NoKernelRoles};
use crate::subjects::rule::{Finding, RuleInputs, Verdict};

/// The command that removes what is old.
pub(super) const PRUNE: &str = "okv-host kernel-prune";

/// The kernels of a running host, or the finding that says why there is nothing to judge.
pub(super) fn of<'f>(inputs: &RuleInputs<'f>) -> Result<&'f Kernels, Box<Finding>> {
    Ok(&inputs.subjects()?.kernels)
}

/// How the kernels stand to each other, or the finding that says that it is not known.
pub(super) fn roles<'f>(inputs: &RuleInputs<'f>) -> Result<KernelRoles<'f>, Box<Finding>> {
    of(inputs)?.roles().map_err(|why| {
        Box::new(match why {
            NoKernelRoles::Unknown(why) => {
                inputs.finding(Verdict::Unknown, "node", format!("kernels could not be judged: {why}"))
            }
            NoKernelRoles::Unowned(release) => inputs
                .finding(
                    Verdict::Unknown,
                    "node",
                    format!(
                        "the running kernel {release} is of no installed package, so that no old one can be identified"
                    ),
                )
                .remedy("Restart the node with an installed kernel."),
        })
    })
}

/// The releases, in their order.
pub(super) fn list<'k>(kernels: impl IntoIterator<Item = &'k Kernel>) -> String {
    let releases: Vec<&str> = kernels.into_iter().map(|kernel| kernel.release.as_str()).collect();
    if releases.is_empty() { "none".to_owned() } else { releases.join(", ") }
}
