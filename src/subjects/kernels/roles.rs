//! Which kernels are old: of the running one's family, older than its newest, and not running. Pure.

use super::facts::{Installed, Kernel, Kernels, SeenBoot};
use crate::host::Probed;

/// What the kernels of a host are to each other.
#[derive(Debug, Clone, PartialEq)]
pub struct KernelRoles<'k> {
    pub running: &'k Kernel,
    /// The newest of its family; often the same.
    pub newest: &'k Kernel,
    /// The old ones, the oldest first. What is left of a kernel is among them.
    pub old: Vec<&'k Kernel>,
    /// Kernels of other families, which neither replaces.
    pub others: Vec<&'k Kernel>,
}

/// Why the kernels do not stand to each other as that needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoKernelRoles {
    Unknown(String),
    /// The kernel that runs, of this release, belongs to no installed package.
    Unowned(String),
}

impl Kernels {
    /// How they stand.
    ///
    /// # Errors
    /// Where it is not known what runs or what is installed, or what runs is not installed.
    pub fn roles(&self) -> Result<KernelRoles<'_>, NoKernelRoles> {
        let running = known(&self.running, "which kernel runs is not known")?;
        let installed: &Installed = known(&self.installed, "what is installed is not known")?;
        let own = installed.of(running).filter(|kernel| kernel.has_image);
        let running = own.ok_or_else(|| NoKernelRoles::Unowned(running.clone()))?;
        let newest = installed.newest(running.family).unwrap_or(running);
        let (same, others): (Vec<_>, Vec<_>) = installed.kernels.iter().partition(|k| k.family == running.family);
        let is_old = |kernel: &&Kernel| kernel.evr < newest.evr && kernel.release != running.release;
        Ok(KernelRoles { running, newest, old: same.into_iter().filter(is_old).collect(), others })
    }

    /// What the boot loader reads, where it is seen.
    pub fn seen_boot(&self) -> Option<&SeenBoot> {
        self.boot.known()?.seen().ok()
    }

    /// The release that is started where nobody chooses, where that is known.
    pub fn default_release(&self) -> Option<&str> {
        self.seen_boot()?.loader.known()?.default.known()?.entry.release.as_deref()
    }
}

fn known<'p, T>(probed: &'p Probed<T>, absent: &str) -> Result<&'p T, NoKernelRoles> {
    match probed {
        Probed::Known(value) => Ok(value),
        Probed::Absent => Err(NoKernelRoles::Unknown(absent.to_owned())),
        Probed::Unreadable(why) => Err(NoKernelRoles::Unknown(why.clone())),
    }
}
