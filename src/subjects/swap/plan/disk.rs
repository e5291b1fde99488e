//! Which disk gives the extents: exactly one that is new and blank, or the one that is named; or the one that a run
//! which was cut off has begun.

use super::group::System;
use super::{Request, refuse};
use crate::base::units::{Bytes, MIB, SectorSize};
use crate::disk::new_table::Begun;
use crate::disk::{Disk, smallest_disk};
use crate::engine::Refusal;
use crate::host::Probed;
use crate::subjects::swap::facts::{DiskState, Growth};
use fitness::{fits, unfit};

mod fitness;
mod steps;

/// What a new physical volume keeps for itself at its start.
const PV_DATA_START: u64 = MIB;

/// A disk that is added.
pub struct Choice<'g> {
    state: &'g DiskState,
    scanned: &'g Disk,
    stage: Stage,
    /// Whether a `pvcreate` or a `vgextend` that was cut off left its volume so that LVM2 refuses it.
    is_half_made: bool,
}

/// How far a disk is on its way into the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Nothing is on it, or a part of its table.
    Table,
    /// Its table is there.
    PhysicalVolume,
    /// It is a physical volume of no group.
    Group,
}

/// The smallest disk that will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Its size.
    pub disk: Bytes,
    /// Its logical block size.
    pub sector: SectorSize,
    pub extents: u64,
}

/// The smallest disk to add; `None` where the group has the extents.
///
/// # Errors
/// With everything that is in the way of knowing it.
pub fn disk_to_add(growth: &Growth, request: &Request) -> Result<Option<Wanted>, Refusal> {
    let system = super::group::system(growth, request)?;
    let mut need = super::swap::need(growth, request, &system)?;
    // Memory will be another when the disk is there: only what it asks for now is reckoned with.
    let _ = need.find_room(growth, request, &system);
    let extents = super::space::missing(&system, &need);
    Ok((extents > 0).then(|| wanted(&system, extents)).flatten())
}

fn wanted(system: &System<'_>, extents: u64) -> Option<Wanted> {
    let disk = smallest_disk(extents, system.group.extent_bytes, system.sector)?;
    Some(Wanted { disk, sector: system.sector, extents })
}

/// The disk that gives the missing `extents`; `None` where none are missing.
pub(super) fn choose<'g>(
    growth: &'g Growth,
    request: &Request,
    system: &System<'_>,
    extents: u64,
) -> Result<Option<Choice<'g>>, Refusal> {
    let begun: Vec<Choice<'g>> = growth.disks.iter().filter_map(|state| begun(growth, state, system)).collect();
    if extents == 0 {
        return Ok(None);
    }
    let want = wanted(system, extents);
    let choice = match (<[Choice<'g>; 1]>::try_from(begun), &request.disk) {
        (Ok([choice]), Some(named)) if !is_named(choice.state, named, request) => {
            let message = format!("{} was begun to be added, and another disk is named", choice.state.path);
            return Err(refuse("disk-begun", message, "go on with that disk: leave --disk away"));
        }
        (Ok([choice]), _) => choice,
        (Err(several), _) if several.len() > 1 => {
            let paths: Vec<&str> = several.iter().map(|choice| choice.state.path.as_str()).collect();
            let message = format!("more than one disk was begun to be added: {}", paths.join(", "));
            return Err(refuse("disk-begun", message, "detach all but one"));
        }
        (_, Some(named)) => by_name(growth, request, named)?,
        (_, None) => only_new(growth, want)?,
    };
    fits(&choice, system, extents, want)?;
    Ok(Some(choice))
}

/// A disk with our table on it, or the beginning of one.
fn begun<'g>(growth: &'g Growth, state: &'g DiskState, system: &System<'_>) -> Option<Choice<'g>> {
    let (_, begun) = state.table.as_ref().ok()?;
    let scanned = scanned(growth, state)?;
    let stage = match begun {
        Begun::Partly => Stage::Table,
        Begun::Whole => {
            let path = partition_path(&state.path);
            let seen = system.lvm.devices.iter().find(|device| device.name == path && !device.uuid.is_empty());
            match seen {
                Some(volume) if volume.is_orphan_in_use() || (volume.group.is_empty() && state.is_half_made) => {
                    return Some(Choice { state, scanned, stage: Stage::PhysicalVolume, is_half_made: true });
                }
                Some(volume) if volume.group.is_empty() => Stage::Group,
                Some(_) => return None,
                None => Stage::PhysicalVolume,
            }
        }
        Begun::Blank | Begun::Foreign { .. } => return None,
    };
    Some(Choice { state, scanned, stage, is_half_made: false })
}

fn by_name<'g>(growth: &'g Growth, request: &Request, named: &str) -> Result<Choice<'g>, Refusal> {
    let mut found = growth.disks.iter().filter(|state| is_named(state, named, request));
    let (Some(state), None) = (found.next(), found.next()) else {
        let known: Vec<String> = growth.disks.iter().map(describe).collect();
        let message = format!("\"{named}\" is not exactly one disk of this host");
        return Err(refuse("disk-unknown", message, format!("these are here: {}", known.join("; "))));
    };
    let Some(scanned) = scanned(growth, state) else {
        return Err(refuse("disk-unreadable", format!("{} could not be scanned", state.path), "look at okv-host scan"));
    };
    match unfit(growth, state, scanned) {
        Some(reason) => Err(Refusal { reasons: vec![reason] }),
        None => Ok(Choice { state, scanned, stage: Stage::Table, is_half_made: false }),
    }
}

fn is_named(state: &DiskState, named: &str, request: &Request) -> bool {
    let identity = state.identity.known();
    let bare = |text: &str| {
        let text = text.to_ascii_lowercase();
        let kinds = ["naa.", "eui.", "uuid.", "wwn-0x", "0x"];
        kinds.iter().find_map(|kind| text.strip_prefix(kind).map(str::to_owned)).unwrap_or(text)
    };
    let is_wwn = identity.and_then(|id| id.wwn.as_deref()).is_some_and(|wwn| bare(wwn) == bare(named));
    let is_serial = identity.and_then(|id| id.serial.as_deref()).is_some_and(|serial| serial == named);
    is_wwn || is_serial || state.path == named || request.disk_path.as_deref() == Some(state.path.as_str())
}

/// The only disk that is blank, fit and was not there before.
fn only_new(growth: &Growth, want: Option<Wanted>) -> Result<Choice<'_>, Refusal> {
    let fit: Vec<(&DiskState, &Disk)> = growth
        .disks
        .iter()
        .filter_map(|state| Some((state, scanned(growth, state)?)))
        .filter(|(state, scanned)| unfit(growth, state, scanned).is_none())
        .collect();
    let add = want.map_or_else(String::new, |want| {
        format!("add one blank disk of at least {} with {}-byte sectors", want.disk, want.sector.bytes())
    });
    let list = |of: &[(&DiskState, &Disk)]| of.iter().map(|(state, _)| describe(state)).collect::<Vec<_>>().join("; ");
    let inventory = match &growth.inventory {
        _ if fit.is_empty() => {
            let not: Vec<String> = growth
                .disks
                .iter()
                .filter_map(|state| unfit(growth, state, scanned(growth, state)?).map(|reason| reason.message))
                .collect();
            let first = match growth.inventory {
                Probed::Absent => "before the power-off, run: okv-host swap-extend --prepare; then ",
                _ => "",
            };
            return Err(refuse(
                "disk-none",
                format!("there is no blank disk that could be added: {}", not.join("; ")),
                format!("{first}{add}"),
            ));
        }
        Probed::Known(inventory) => inventory,
        Probed::Absent => {
            let message =
                format!("which disk is new is not known, as --prepare was not run before; blank are: {}", list(&fit));
            return Err(refuse("disk-not-known-new", message, "name the disk by --disk, best by its serial number"));
        }
        Probed::Unreadable(why) => {
            let remedy = "name the disk by --disk, best by its serial number";
            return Err(refuse("disk-not-known-new", format!("which disk is new is not known: {why}"), remedy));
        }
    };
    let was_there = |state: &DiskState| state.identity.known().is_some_and(|id| inventory.has(id, state.bytes));
    if !growth.disks.iter().any(was_there) {
        // Taken elsewhere, or names and numbers were given anew: then a blank disk that was always there looks new.
        let message = format!("none of the disks of this node was there at --prepare; blank are: {}", list(&fit));
        return Err(refuse("disk-not-known-new", message, "name the disk by --disk, best by its serial number"));
    }
    let is_new = |state: &DiskState| state.identity.known().is_some_and(|id| !inventory.has_blank(id, state.bytes));
    let new: Vec<(&DiskState, &Disk)> = fit.iter().copied().filter(|(state, _)| is_new(state)).collect();
    match *new {
        [(state, scanned)] => Ok(Choice { state, scanned, stage: Stage::Table, is_half_made: false }),
        [] => {
            let message = format!("no disk is new since --prepare; blank, and there before, are: {}", list(&fit));
            Err(refuse("disk-none", message, format!("{add}, or name one by --disk")))
        }
        _ => Err(refuse(
            "disk-several",
            format!("more than one blank disk is new: {}", list(&new)),
            "name the disk by --disk, best by its serial number",
        )),
    }
}

fn scanned<'g>(growth: &'g Growth, state: &DiskState) -> Option<&'g Disk> {
    growth.node.disks.iter().find(|disk| disk.path == state.path)
}

fn partition_path(disk: &str) -> String {
    let between = if disk.ends_with(|c: char| c.is_ascii_digit()) { "p" } else { "" };
    format!("{disk}{between}1")
}

/// A disk for people: path, model, serial number, size.
fn describe(state: &DiskState) -> String {
    let identity = state.identity.known();
    let word = |text: Option<&String>| text.map_or("none", String::as_str).to_owned();
    format!(
        "{} (model {}, serial {}, wwn {}, {})",
        state.path,
        word(identity.and_then(|id| id.model.as_ref())),
        word(identity.and_then(|id| id.serial.as_ref())),
        word(identity.and_then(|id| id.wwn.as_ref())),
        Bytes(state.bytes)
    )
}
