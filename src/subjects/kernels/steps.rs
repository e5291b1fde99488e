//! What the host shows of its kernels: asked of rpm, /boot and the boot loader's files anew.

use crate::engine::apply::TargetHost;
use crate::host::{Node, Probed};
use crate::subjects::kernels::facts::{Kernels, now};

/// What is wrong with the kernels after packages went: one is still there, or a kernel that stays is not whole. `None`
/// where nothing is.
///
/// # Errors
/// Where that cannot be determined.
pub(crate) fn kernels_lack(host: &TargetHost<'_>, gone: &[String], whole: &[String]) -> Result<Option<String>, String> {
    let kernels = now(&host.root()?, host.runner);
    if let Some(still) = gone.iter().find(|nevra| installed(&kernels).is_some_and(|there| there.contains(nevra))) {
        return Ok(Some(format!("{still} is still installed")));
    }
    if let Probed::Unreadable(why) = &kernels.installed {
        return Err(why.clone());
    }
    for release in whole {
        let missing: Vec<String> = kernels.missing(release)?.iter().map(ToString::to_string).collect();
        if !missing.is_empty() {
            return Ok(Some(format!("{release}, which stays, lacks {}", missing.join(", "))));
        }
    }
    let node = Node::gather(&host.root()?);
    for release in whole {
        if let Some(why) = kernels.stops(release, &node)? {
            return Ok(Some(format!("{release}, which stays, would not start: {why}")));
        }
    }
    Ok(None)
}

/// Whether any of these packages is gone.
///
/// # Errors
/// Where that cannot be determined.
pub(crate) fn any_is_gone(host: &TargetHost<'_>, packages: &[String]) -> Result<bool, String> {
    let kernels = now(&host.root()?, host.runner);
    let there = installed(&kernels).ok_or("what is installed could not be told")?;
    Ok(packages.iter().any(|package| !there.contains(package)))
}

/// Whether the boot loader starts `release` by default.
///
/// # Errors
/// Where that cannot be determined.
pub(crate) fn starts_by_default(host: &TargetHost<'_>, release: &str) -> Result<bool, String> {
    let kernels = now(&host.root()?, host.runner);
    if kernels.seen_boot().is_none() {
        return Err("/boot is not seen".into());
    }
    // A default that names no entry is none.
    Ok(kernels.default_release() == Some(release))
}

fn installed(kernels: &Kernels) -> Option<Vec<String>> {
    let installed = kernels.installed.known()?;
    Some(installed.kernels.iter().flat_map(|kernel| &kernel.packages).map(|package| package.nevra()).collect())
}
