//! The record of the disks that are there, written whole or not at all.

use std::fs::{File, OpenOptions, rename};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;

use crate::engine::apply::TargetHost;
use crate::subjects::disks::{INVENTORY, Inventory};

/// Puts `inventory` in the place of the one before it.
///
/// # Errors
/// Where it cannot be written: then the one before it stays.
pub fn record_inventory(host: &TargetHost<'_>, inventory: &Inventory) -> io::Result<()> {
    let folder = host.state_folder()?;
    let (new, place) = (folder.join("disks.json.new"), host.path(INVENTORY));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    serde_json::to_writer_pretty(&mut file, inventory)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    rename(&new, &place)?;
    File::open(folder)?.sync_all()
}
