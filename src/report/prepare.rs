//! What `swap-extend --prepare` answers: the disks that are there, and the smallest one to add.

use std::fmt::Write;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::made::{self, Made};
use super::text::{Columns, Page, clean, sentence, wrap};
use crate::base::units::{Bytes, GIB, count};
use crate::subjects::disks::Inventory;
use crate::subjects::swap::Wanted;

/// The answer in JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer<'r> {
    disk_to_add: Option<Disk>,
    inventory: &'r Inventory,
}

impl Answer<'_> {
    pub(super) const SCHEMA: &'static str = "okv-host.prepare.v1";
}

/// The smallest disk that suffices.
#[derive(Serialize, JsonSchema)]
struct Disk {
    bytes: u64,
    sector_bytes: u64,
    extents: u64,
    whole_gib: u64,
}

/// Writes it as JSON.
///
/// # Errors
/// What the writer says.
pub fn prepare_json(
    out: &mut impl io::Write,
    inventory: &Inventory,
    wanted: Option<&Wanted>,
    made: &Made,
) -> io::Result<()> {
    let disk = wanted.map(|wanted| Disk {
        bytes: wanted.disk.0,
        sector_bytes: wanted.sector.bytes(),
        extents: wanted.extents,
        whole_gib: wanted.disk.0.div_ceil(GIB),
    });
    made::write(out, Answer::SCHEMA, made, &Answer { disk_to_add: disk, inventory })
}

/// The disk to add, in one line.
pub fn prepare_line(wanted: Option<&Wanted>) -> String {
    match wanted {
        None => format!("{NO_DISK}\n"),
        Some(wanted) => format!("{}\n", sentence(&to_add(wanted))),
    }
}

const NO_DISK: &str = "No disk is needed: the volume group has the extents, or the swap is there.";

fn to_add(wanted: &Wanted) -> String {
    let (gib, sector) = (wanted.disk.0.div_ceil(GIB), wanted.sector.bytes());
    format!("Add one blank disk of {gib} GiB or more (at least {} B) with {sector}-byte sectors", wanted.disk.0)
}

/// For people.
pub fn prepare_text(
    inventory: &Inventory,
    recorded_in: Option<&str>,
    wanted: Option<&Wanted>,
    columns: Columns,
) -> String {
    let mut out = Page::new(columns);
    match recorded_in {
        Some(place) => {
            let _ = writeln!(out, "Disks, recorded in {place}:");
        }
        None => out.push_str("Disks of this saved host; nothing was recorded:\n"),
    }
    for disk in &inventory.disks {
        let word = |text: &Option<String>| clean(text.as_deref().unwrap_or("none"));
        let (path, serial, wwn) = (clean(&disk.path), word(&disk.serial), word(&disk.wwn));
        out.push_str("  ");
        wrap(&mut out, &format!("{path}, serial {serial}, wwn {wwn}, {}", Bytes(disk.bytes)), 2, 4);
    }
    match wanted {
        None => {
            let _ = writeln!(out, "{NO_DISK}");
        }
        Some(wanted) => {
            let text = format!(
                "{}, for {}. Give it a serial number if you can. Before you power off, run: okv-host check \
                 --only next-start. After the start, run: okv-host swap-extend",
                to_add(wanted),
                count(usize::try_from(wanted.extents).unwrap_or(usize::MAX), "extent")
            );
            wrap(&mut out, &text, 0, 2);
        }
    }
    out.into_text()
}
