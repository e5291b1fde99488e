//! Arguments that name the disks of a powered-off node.

use std::path::PathBuf;

use clap::Args;

use crate::io::image::vm::Reach;

/// The disks of a powered-off node.
#[derive(Debug, Args)]
pub struct Images {
    /// Judge a powered-off node by its disks or images of them (raw, qcow2, VMDK, VHDX, OVA) and the files on them;
    /// what only a running node shows is not judged, and the verdict unknown.
    #[arg(
        long,
        value_name = "DISK",
        num_args = 1..,
        conflicts_with_all = ["root", "certificate", "certificate_from", "server_info", "server_status", "earlier"]
    )]
    pub image: Vec<PathBuf>,

    /// Let an image name files outside its folder: backing files, extents and data files.
    #[arg(long, requires = "image")]
    pub backing_anywhere: bool,
}

impl Images {
    /// Which files an image may name.
    pub fn reach(&self) -> Reach {
        if self.backing_anywhere { Reach::Anywhere } else { Reach::Folder }
    }
}
