//! What the host shows of its kernels: asked of rpm, /boot and the boot loader's files anew.

use super::host::TargetHost;
use crate::host::{Probed, Root};
use crate::subjects::kernels::facts::{Kernels, now};

impl TargetHost<'_> {
    /// What is wrong with the kernels after packages went: one is still there, or a kernel that stays is not whole. `None` where nothing is.
    ///
    /// # Errors
    /// Where that cannot be determined.
    pub(super) fn kernels_lack(&self, gone: &[String], whole: &[String]) -> Result<Option<String>, String> {
        let kernels = now(&self.root()?, self.runner);
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
        Ok(None)
    }

    /// Whether any of these packages is gone.
    ///
    /// # Errors
    /// Where that cannot be determined.
    pub(super) fn any_is_gone(&self, packages: &[String]) -> Result<bool, String> {
        let kernels = now(&self.root()?, self.runner);
        let there = installed(&kernels).ok_or("what is installed could not be told")?;
        Ok(packages.iter().any(|package| !there.contains(package)))
    }

    /// Whether the boot loader starts `release` by default.
    ///
    /// # Errors
    /// Where that cannot be determined.
    pub(super) fn starts_by_default(&self, release: &str) -> Result<bool, String> {
        let kernels = now(&self.root()?, self.runner);
        if kernels.seen_boot().is_none() {
            return Err("/boot is not seen".into());
        }
        // A default that names no entry is none.
        Ok(kernels.default_release() == Some(release))
    }

    /// This host, to be asked.
    pub(super) fn root(&self) -> Result<Root, String> {
        if self.base == std::path::Path::new("/") {
            return Ok(Root::live());
        }
        Root::fixture(&self.base).map_err(|e| format!("{}: {e}", self.base.display()))
    }
}

fn installed(kernels: &Kernels) -> Option<Vec<String>> {
    let installed = kernels.installed.known()?;
    Some(installed.kernels.iter().flat_map(|kernel| &kernel.packages).map(|package| package.nevra()).collect())
}
