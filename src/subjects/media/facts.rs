//! ISOs and the folders that the procedure names.

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
}

impl Media {
    /// Looks into the folders that `places` names.
    pub fn gather(root: &Root, places: &Places) -> Self {
        Self {
            isos: iso::gather(root, places),
            space: space::gather(root, &places.iso_folder),
            jars: jars::gather(root, &places.ssl_folder),
        }
    }
}
