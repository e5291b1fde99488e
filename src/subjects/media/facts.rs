//! ISOs and the folders that the procedure names.

use crate::base::digest::Sha256;
use crate::host::{Probed, Root, space};
use crate::profile::Places;

pub mod iso;
pub mod jars;
pub mod staging;

/// ISOs and what else lies in the folders that the procedure names.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// Upgrade ISOs; `Absent` where their folder is not there.
    pub isos: Probed<iso::Isos>,
    /// Room in the folder of the ISO; `Absent` where it is not there.
    pub space: Probed<space::Space>,
    /// Jars in the folder of the TLS files; `Absent` where it is not there.
    pub jars: Probed<jars::Jars>,
    /// Whether the sum of an ISO was given, and no upgrade ISO is in the folder to compare it with.
    pub has_nothing_to_compare: bool,
}

impl Media {
    /// Looks into the folders that `places` names.
    pub fn gather(root: &Root, places: &Places) -> Self {
        Self {
            isos: iso::gather(root, places),
            space: space::gather(root, &places.iso_folder),
            jars: jars::gather(root, &places.ssl_folder),
            has_nothing_to_compare: false,
        }
    }

    /// Reads every upgrade ISO in the folder, and keeps its sum beside the one that it must have. `on` gets the bytes
    /// that were read, of all.
    pub fn compare(&mut self, root: &Root, wanted: Sha256, on: &mut dyn FnMut(u64, u64)) {
        self.has_nothing_to_compare = match &mut self.isos {
            Probed::Known(isos) => {
                isos.compare(root, wanted, on);
                isos.here.iter().all(|iso| iso.checksum.is_none())
            }
            Probed::Absent => true,
            Probed::Unreadable(_) => false,
        };
    }
}
