//! The steps that only a subject knows, for the engine: which subject does which.

use super::{kernels, media, next_start, upgrade};
use crate::engine::apply::{Performed, SubjectSteps, TargetHost, Watch};
use crate::engine::{Follow, SubjectProof};

/// The steps of all subjects.
pub struct Steps;

impl SubjectSteps for Steps {
    fn follow(&self, host: &TargetHost<'_>, follow: &Follow, watch: &mut Watch<'_>) -> Result<Performed, String> {
        upgrade::steps::follow(host, follow, watch)
    }

    fn has_followed(&self, host: &TargetHost<'_>, follow: &Follow) -> Result<(), String> {
        upgrade::steps::has_followed(host, follow)
    }

    fn holds(&self, host: &TargetHost<'_>, proof: &SubjectProof) -> Result<bool, String> {
        match proof {
            SubjectProof::IsoMounted { iso, point, has } => media::steps::has_iso(host, iso, point, has),
            SubjectProof::Kernels { gone, whole } => Ok(kernels::steps::kernels_lack(host, gone, whole)?.is_none()),
            SubjectProof::BootDefault { release } => kernels::steps::starts_by_default(host, release),
            SubjectProof::NextStart => Ok(next_start::steps::stops(host)?.is_none()),
            SubjectProof::UpgradeBegan { log } => Ok(upgrade::steps::upgrade_has_begun(host, log)),
        }
    }

    fn is_there(&self, host: &TargetHost<'_>, proof: &SubjectProof) -> Result<bool, String> {
        match proof {
            SubjectProof::Kernels { gone, .. } => kernels::steps::any_is_gone(host, gone),
            SubjectProof::IsoMounted { iso, point, .. } => media::steps::is_iso_at(host, iso, point),
            SubjectProof::BootDefault { .. } | SubjectProof::NextStart | SubjectProof::UpgradeBegan { .. } => {
                self.holds(host, proof)
            }
        }
    }

    fn why_not(&self, host: &TargetHost<'_>, proof: &SubjectProof) -> Option<String> {
        match proof {
            SubjectProof::Kernels { gone, whole } => kernels::steps::kernels_lack(host, gone, whole).ok().flatten(),
            SubjectProof::NextStart => next_start::steps::stops(host).ok().flatten(),
            _ => None,
        }
    }
}
