//! `okv-host scan`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;

use super::{Exit, UsageError, fleet};
use crate::cli::{Scan, ScanFormat};
use crate::disk::{Disk, Source, scan};
use crate::facts::{Root, block};
use crate::report;

pub(super) fn run(args: &Scan) -> Result<Exit> {
    let disks = if args.disks.is_empty() { disks_of_this_machine()? } else { args.disks.clone() };
    let jobs = args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    if args.format == ScanFormat::Jsonl {
        return fleet::run(&disks, jobs);
    }
    let sources: Vec<Source> = disks.iter().map(|path| Source::open(path)).collect();
    let found = scan(&sources);
    let mut out = io::stdout().lock();
    match args.format {
        ScanFormat::Json => report::scan_json(&mut io::BufWriter::new(&mut out), &found)?,
        ScanFormat::Text | ScanFormat::Jsonl => out.write_all(report::scan_text(&found).as_bytes())?,
    }
    out.flush()?;
    Ok(exit(&found))
}

/// What the exit status says of disks: whether a part of the answer is missing.
pub(super) fn exit(disks: &[Disk]) -> Exit {
    if disks.iter().any(Disk::is_incomplete) { Exit::Unknown } else { Exit::Done }
}

fn disks_of_this_machine() -> Result<Vec<PathBuf>> {
    let root = Root::live();
    let disks = block::disk_paths(&root, &block::gather(&root));
    let paths: Vec<PathBuf> = disks.into_iter().map(|(_, path)| path).collect();
    if paths.is_empty() {
        return Err(UsageError("this machine shows no disks in /sys/class/block; name them".into()).into());
    }
    Ok(paths)
}
