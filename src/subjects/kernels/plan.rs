//! `kernel-prune`: which old kernels go, and which stay and are proved able to boot.
//!
//! What runs stays, and the newest, what the boot loader starts by default, and what the operator names. Of the family
//! of the running kernel everything older than the newest goes, one release a transaction, the oldest first. Kernels of
//! another family stay: none replaces the other.
//!
//! Refuses where the running kernel is not the newest (what was never started may not come up), where something could
//! not be looked at, and where a kernel that stays could not boot.
//!
//! With /boot not mounted the default and what the survivors need there are not seen. The plan then says
//! [`Prune::mount`] and is provisional: whoever carries it out mounts /boot first, looks again and plans again, and
//! that plan may refuse.

use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::{Boot, Kernel, Kernels, Package};
use super::roles::KernelRoles;
use crate::engine::{Reason, Refusal};
use crate::host::Probed;

pub const COMMAND: &str = "kernel-prune";

mod left_over;
mod obstacles;
mod start;
mod steps;

pub use left_over::{has_removed, left_default, left_mounted};
pub use start::{UNKNOWN, start_reasons};
pub use steps::{Means, steps};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// Releases that stay, as `uname -r` would print them.
    pub keep: Vec<String>,
    /// Whether a run that was cut off has begun to remove packages: the kernels that stay are verified also where
    /// nothing is left to remove.
    pub has_removed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prune {
    /// The kernels that stay, the oldest first.
    pub keep: Vec<Kept>,
    /// The kernels that go, in this order, each in a transaction of its own; none where nothing is old.
    pub remove: Vec<Removal>,
    /// The line of /etc/fstab by which /boot must be mounted first. Until then the plan is provisional.
    pub mount: Option<u32>,
    /// Free bytes in /boot now, where it is mounted and was asked.
    pub boot_free_bytes: Option<u64>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    pub release: String,
    pub because: Vec<Because>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    Running,
    Newest,
    BootDefault,
    /// The operator named it.
    Named,
}

impl Because {
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Newest => "newest",
            Self::BootDefault => "boot default",
            Self::Named => "named by --keep",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removal {
    pub release: String,
    /// Its packages, as `NAME-EPOCH:VERSION-RELEASE.ARCH`: these and no others leave in its transaction.
    pub nevras: Vec<String>,
    /// The same as `NAME-VERSION-RELEASE.ARCH`.
    pub nvras: Vec<String>,
    /// Bytes of its packages, as rpm counts them. What a package itself holds in /boot (el7) is counted here too.
    pub bytes_root: u64,
    /// Bytes of its files in /boot; `None` where /boot is not seen.
    pub bytes_boot: Option<u64>,
    /// Whether only parts are left of it, such as `-devel`, and no kernel.
    pub is_left_over: bool,
}

/// The plan. Nothing to remove is success, and asks nothing of /boot.
///
/// # Errors
/// With everything that is in the way.
pub fn plan(kernels: &Kernels, request: &Request) -> Result<Prune, Refusal> {
    let roles = match kernels.roles() {
        Ok(roles) => roles,
        Err(why) => return Err(Refusal { reasons: vec![obstacles::no_roles(kernels, &why)] }),
    };
    let keep = keep(kernels, &roles, request);
    let remove: Vec<&Kernel> = roles.old.iter().copied().filter(|old| !keep.contains_key(&old.release)).collect();
    let reasons = obstacles::find(kernels, &roles, request, &keep, &remove);
    if !reasons.is_empty() {
        return Err(Refusal { reasons });
    }
    let seen = kernels.seen_boot();
    let mount = match &kernels.boot {
        Probed::Known(Boot::NotMounted { line, .. }) if !remove.is_empty() => Some(*line),
        _ => None,
    };
    Ok(Prune {
        mount,
        boot_free_bytes: seen.and_then(|seen| seen.free_bytes.known().copied()),
        notes: notes(kernels, &roles, &keep, &remove),
        remove: remove
            .into_iter()
            .map(|kernel| Removal {
                release: kernel.release.clone(),
                nevras: kernel.packages.iter().map(Package::nevra).collect(),
                nvras: kernel.packages.iter().map(Package::nvra).collect(),
                bytes_root: kernel.packages.iter().filter_map(|p| p.bytes).fold(0, u64::saturating_add),
                bytes_boot: seen.map(|seen| seen.bytes_of(&kernel.release)),
                is_left_over: !kernel.has_image,
            })
            .collect(),
        keep: in_order(kernels, keep),
    })
}

impl Prune {
    /// Bytes that are free in /boot afterwards, where they are known.
    pub fn boot_free_bytes_after(&self) -> Option<u64> {
        let won = self.remove.iter().map(|removal| removal.bytes_boot).sum::<Option<u64>>()?;
        self.boot_free_bytes?.checked_add(won)
    }
}

/// What stays, by release.
type Keep = BTreeMap<String, Vec<Because>>;

fn keep(kernels: &Kernels, roles: &KernelRoles<'_>, request: &Request) -> Keep {
    let mut keep = Keep::new();
    let default = kernels.default_release().map(|release| (release, Because::BootDefault));
    let named = request.keep.iter().map(|release| (release.as_str(), Because::Named));
    let all = [(roles.running.release.as_str(), Because::Running), (roles.newest.release.as_str(), Because::Newest)]
        .into_iter()
        .chain(default)
        .chain(named);
    for (release, because) in all {
        let reasons = keep.entry(release.to_owned()).or_default();
        if !reasons.contains(&because) {
            reasons.push(because);
        }
    }
    keep
}

/// In the order of the installed kernels.
fn in_order(kernels: &Kernels, mut keep: Keep) -> Vec<Kept> {
    let installed = kernels.installed.known().map(|installed| installed.kernels.as_slice()).unwrap_or_default();
    let kept = installed.iter().filter_map(|kernel| keep.remove_entry(&kernel.release));
    kept.map(|(release, because)| Kept { release, because }).collect()
}

fn notes(kernels: &Kernels, roles: &KernelRoles<'_>, keep: &Keep, remove: &[&Kernel]) -> Vec<String> {
    let mut notes = Vec::new();
    for old in roles.old.iter().filter(|old| keep.contains_key(&old.release)) {
        let why = keep.get(&old.release).is_some_and(|reasons| reasons.contains(&Because::BootDefault));
        notes.push(if why {
            format!(
                "{} is old and stays: the boot loader starts it by default; make the newest the default to have it \
                 removed",
                old.release
            )
        } else {
            format!("{} is old and stays, as you say", old.release)
        });
    }
    for other in &roles.others {
        notes.push(format!("{} is of another family and stays", other.release));
    }
    let installed = kernels.installed.known().map(|installed| installed.kernels.as_slice()).unwrap_or_default();
    let is_of_family = |kernel: &&Kernel| kernel.family == roles.running.family;
    let is_gone = |kernel: &&Kernel| remove.iter().any(|removed| removed.release == kernel.release);
    for kernel in installed.iter().filter(is_of_family).filter(|k| !keep.contains_key(&k.release) && !is_gone(k)) {
        notes.push(format!("{} is not older than the newest kernel and stays", kernel.release));
    }
    let shadowed = match &kernels.boot {
        Probed::Known(Boot::NotMounted { shadowed, .. }) => shadowed.len(),
        _ => 0,
    };
    if shadowed > 0 {
        notes.push(format!("{shadowed} files of kernels lie in the folder below the mount point of /boot, and stay"));
    }
    notes
}

fn reason(id: &'static str, message: String, remedy: impl Into<String>) -> Reason {
    Reason { id, message, remedy: remedy.into() }
}

#[cfg(test)]
mod tests;
