//! `okv-host scan`.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::columns::of_stdout;
use super::fleet;
use super::judged::saved_root;
use super::made::of_host;
use super::paths::{Batch, Paths};
use super::root::NOT_ROOT;
use super::usage_error::UsageError;
use crate::cli::{Scan, ScanFormat};
use crate::disk::{Disk, Source, scan};
use crate::engine::ExitStatus;
use crate::host::node::sources;
use crate::host::{Root, block};
use crate::io::sys;
use crate::report::{self, Made, Read};

pub(super) fn run(args: &Scan) -> Result<ExitStatus> {
    if let Some(path) = &args.root {
        return of_saved(args, &saved_root(path)?);
    }
    let of_this_machine =
        if args.disks.is_empty() && args.files_from.is_none() { disks_of_this_machine()? } else { Vec::new() };
    let named = if of_this_machine.is_empty() { &args.disks } else { &of_this_machine };
    let mut paths = Paths::new(named, args.files_from.as_deref(), args.null)?;
    if args.format == ScanFormat::Jsonl {
        return fleet::run(paths, args.reach(), args.jobs.map(usize::from));
    }
    let mut batch = Batch::default();
    paths.take(&mut batch, usize::MAX)?;
    paths.take(&mut Batch::default(), 1)?; // Whether the list ended, or could not be read on.
    let reach = args.reach();
    let sources: Vec<Source> = batch.iter().map(|path| Source::open(path).reaching(reach)).collect();
    let is_denied =
        |source: &Source| source.why_not_open().is_some_and(|why| why.kind() == ErrorKind::PermissionDenied);
    if !of_this_machine.is_empty() && !sys::is_root() && sources.iter().all(is_denied) {
        bail!("{NOT_ROOT}. Run as root, or name images: okv-host scan DISK...");
    }
    let found = scan(&sources);
    let mut out = io::stdout().lock();
    match args.format {
        ScanFormat::Json => {
            // Named disks may be those of any host.
            let made = match of_this_machine.is_empty() {
                true => Made::at(None, None, Read::Disks),
                false => of_host(&Root::live(), None),
            };
            report::scan_json(&mut io::BufWriter::new(&mut out), &found, &made)?;
        }
        ScanFormat::Text | ScanFormat::Jsonl => out.write_all(report::scan_text(&found, of_stdout()).as_bytes())?,
    }
    out.flush()?;
    Ok(exit(&found))
}

/// The disks of a saved host.
fn of_saved(args: &Scan, root: &Root) -> Result<ExitStatus> {
    let sources = sources(root, &block::gather(root));
    if sources.is_empty() {
        return Err(UsageError("--root: this saved host shows no disks in /sys/class/block".into()).into());
    }
    let found = scan(&sources);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.format {
        ScanFormat::Json => report::scan_json(&mut out, &found, &of_host(root, None))?,
        ScanFormat::Text => out.write_all(report::scan_text(&found, of_stdout()).as_bytes())?,
        ScanFormat::Jsonl => {
            let why = "--format jsonl is for disks that stand alone: give --format json".to_owned();
            return Err(UsageError(why).into());
        }
    }
    out.flush()?;
    Ok(exit(&found))
}

/// What the exit status says of disks: whether a part of the answer is missing.
pub(super) fn exit(disks: &[Disk]) -> ExitStatus {
    if disks.iter().any(Disk::is_incomplete) { ExitStatus::Undetermined } else { ExitStatus::Success }
}

fn disks_of_this_machine() -> Result<Vec<PathBuf>> {
    let root = Root::live();
    let disks = block::paths_of_each_disk(&root, &block::gather(&root));
    let paths: Vec<PathBuf> = disks.into_iter().filter_map(|paths| Some(paths.into_iter().next()?.1)).collect();
    if paths.is_empty() {
        return Err(UsageError("this machine shows no disks in /sys/class/block; name them".into()).into());
    }
    Ok(paths)
}
