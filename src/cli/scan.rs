//! Arguments of `scan`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::io::image::vm::Reach;

/// Arguments of `scan`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Scan {
    /// Block devices or image files (raw, qcow2, VMDK, VHDX, OVA); none means every whole disk of this machine.
    #[arg(value_name = "DISK")]
    pub disks: Vec<PathBuf>,

    /// Scan the disks of the saved host whose proc, sys, etc and dev lie under DIR, or of a capture.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["disks", "files_from"])]
    pub root: Option<PathBuf>,

    /// Read further paths from FILE, one a line; - means stdin.
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,

    /// Paths in FILE end with a NUL, as find -print0 writes them.
    #[arg(short = '0', long, requires = "files_from")]
    pub null: bool,

    /// Let an image name files outside its folder: backing files, extents and data files.
    #[arg(long)]
    pub backing_anywhere: bool,

    /// How to print.
    #[arg(long, value_enum, default_value_t = ScanFormat::Text)]
    pub format: ScanFormat,

    /// Threads to scan with; as many as there are processors where not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}

impl Scan {
    /// Which files an image may name.
    pub fn reach(&self) -> Reach {
        if self.backing_anywhere { Reach::Anywhere } else { Reach::Folder }
    }
}

const HELP: &str = "\
Without a disk it reads every whole disk of this machine, as root. Volume groups are assembled over all disks \
given. With --format jsonl each disk stands alone, so that memory stays flat over any number of images.

Examples:
  okv-host scan
  okv-host scan --format json disk.img

Exit status: 0 everything was read; 2 usage error; 3 something could not be read.";

/// Formats of `scan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScanFormat {
    /// A picture of each disk in 80 columns.
    Text,
    /// An array of disks.
    Json,
    /// One line per disk, for fleets.
    Jsonl,
}
