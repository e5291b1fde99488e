//! Which disk gives the extents: exactly one that is new and blank, or the one that is named; or the one that a run which was cut off
//! has begun.

use super::group::System;
use super::{Request, refuse, step};
use crate::disk::new_table::Begun;
use crate::disk::{Disk, TableKind, smallest_disk};
use crate::facts::growth::{DiskState, Growth, PAGE};
use crate::facts::lvm::DevicesFile;
use crate::facts::{Firmware, Probed};
use crate::format::content::Kind;
use crate::plan::{
    Action, Back, BytesAt, DiskIdentity, KernelPartition, Proof, Reason, Refusal, Run, Step, TableWrite,
};
use crate::tool::Program;
use crate::units::{Bytes, MIB, SectorSize, TIB};

/// What a new physical volume keeps for itself at its start.
const PV_DATA_START: u64 = MIB;

/// A disk that is added.
pub struct Choice<'g> {
    state: &'g DiskState,
    scanned: &'g Disk,
    stage: Stage,
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
    /// The extents it gives.
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
                Some(volume) if volume.group.is_empty() => Stage::Group,
                Some(_) => return None,
                None => Stage::PhysicalVolume,
            }
        }
        Begun::Blank | Begun::Foreign { .. } => return None,
    };
    Some(Choice { state, scanned, stage })
}

fn by_name<'g>(growth: &'g Growth, request: &Request, named: &str) -> Result<Choice<'g>, Refusal> {
    let mut found = growth.disks.iter().filter(|state| is_named(state, named, request));
    let (Some(state), None) = (found.next(), found.next()) else {
        let known: Vec<String> = growth.disks.iter().map(shown).collect();
        let message = format!("\"{named}\" is not exactly one disk of this host");
        return Err(refuse("disk-unknown", message, format!("these are here: {}", known.join("; "))));
    };
    let Some(scanned) = scanned(growth, state) else {
        return Err(refuse("disk-unreadable", format!("{} could not be scanned", state.path), "look at okv-host scan"));
    };
    match unfit(growth, state, scanned) {
        Some(reason) => Err(Refusal { reasons: vec![reason] }),
        None => Ok(Choice { state, scanned, stage: Stage::Table }),
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
    let list = |of: &[(&DiskState, &Disk)]| of.iter().map(|(state, _)| shown(state)).collect::<Vec<_>>().join("; ");
    let inventory = match &growth.inventory {
        _ if fit.is_empty() => {
            let not: Vec<String> = growth
                .disks
                .iter()
                .filter_map(|state| unfit(growth, state, scanned(growth, state)?).map(|reason| reason.message))
                .collect();
            return Err(refuse("disk-none", format!("no disk can be added: {}", not.join("; ")), add));
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
    let is_new = |state: &DiskState| state.identity.known().is_some_and(|id| !inventory.has_blank(id, state.bytes));
    let new: Vec<(&DiskState, &Disk)> = fit.iter().copied().filter(|(state, _)| is_new(state)).collect();
    match *new {
        [(state, scanned)] => Ok(Choice { state, scanned, stage: Stage::Table }),
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

/// Why a disk cannot be added, whatever its size.
fn unfit(growth: &Growth, state: &DiskState, scanned: &Disk) -> Option<Reason> {
    let path = &state.path;
    let no = |id, message: String, remedy: &str| Some(Reason { id, message, remedy: remedy.into() });
    match &state.held {
        Probed::Known(None) => {}
        Probed::Known(Some(who)) => return no("disk-in-use", format!("{path}: {who}"), "add a disk that nothing uses"),
        Probed::Absent => return no("disk-unreadable", format!("{path} is gone"), "look at okv-host scan"),
        Probed::Unreadable(why) => return no("disk-unreadable", why.clone(), "look at okv-host scan"),
    }
    let Some(identity) = state.identity.known() else {
        return no("disk-unreadable", format!("{path}: its identity could not be read"), "look at /sys/block");
    };
    let twin = |other: &&DiskState| {
        let same = other.identity.known().is_some_and(|id| id.wwn.is_some() && id.wwn == identity.wwn);
        same && other.path != *path
    };
    if let Some(other) = growth.disks.iter().find(twin) {
        let message = format!("{path} and {} have one world wide name: they are two paths to one disk", other.path);
        return no("disk-seen-twice", message, "add a disk without multipath");
    }
    if identity.read_only {
        return no("disk-read-only", format!("{path} is read-only"), "make it writable, or add another");
    }
    if scanned.table.kind != TableKind::None {
        let message = format!("{path} has a partition table with {} partitions", scanned.partitions.len());
        return no("disk-has-table", message, "add a blank disk; this tool wipes none");
    }
    match scanned.content.kind {
        Kind::Blank => {}
        Kind::Unreadable => return no("disk-unreadable", format!("{path} cannot be read"), "add another disk"),
        Kind::Unknown => {
            let message = match &state.table {
                Ok((_, Begun::Foreign { at })) => {
                    format!("{path} is not zero at byte {at}, and nothing here knows what is there")
                }
                _ => format!("{path} holds bytes that nothing here knows"),
            };
            return no("disk-not-blank", message, "add a blank disk");
        }
        kind => {
            let message = format!("{path} holds {}", kind.word());
            return no("disk-has-signature", message, "add a blank disk; this tool wipes none");
        }
    }
    match &state.table {
        Ok((_, Begun::Blank)) if scanned.problems.is_empty() => None,
        Ok((_, Begun::Foreign { at })) => {
            no("disk-not-blank", format!("{path} is not zero at byte {at}"), "add a blank disk")
        }
        Ok(_) => {
            let what = scanned.problems.first().map_or("is not blank", |problem| problem.message.as_str());
            no("disk-not-blank", format!("{path}: {what}"), "add a blank disk")
        }
        Err(why) => no("disk-unreadable", format!("{path}: {why}"), "add another disk"),
    }
}

/// That it is large enough, and of the kind that the group and LVM2 take.
fn fits(choice: &Choice<'_>, system: &System<'_>, extents: u64, want: Option<Wanted>) -> Result<(), Refusal> {
    let path = &choice.state.path;
    let (Ok((table, _)), Some(want)) = (&choice.state.table, want) else {
        return Err(refuse("disk-unreadable", format!("{path} cannot have a table"), "add another disk"));
    };
    if choice.state.sector_bytes != want.sector.bytes() {
        let message = format!(
            "{path} has {}-byte sectors, the disks of {} have {}",
            choice.state.sector_bytes,
            system.group.name,
            want.sector.bytes()
        );
        return Err(refuse(
            "disk-sector-size",
            message,
            format!("add a disk with {}-byte sectors", want.sector.bytes()),
        ));
    }
    let gives = system.in_extents(table.partition.len().saturating_sub(PV_DATA_START));
    if gives < extents {
        let message =
            format!("{path} has {} and gives {gives} extents, where {extents} are missing", Bytes(choice.state.bytes));
        return Err(refuse("disk-too-small", message, format!("the smallest disk that does is one of {}", want.disk)));
    }
    if choice.stage == Stage::Table && system.lvm.devices_file == DevicesFile::NotUsed && !system.lvm.sees(path) {
        let message =
            format!("LVM2 does not see {path}: a filter in /etc/lvm/lvm.conf would hide the new physical volume");
        return Err(refuse("lvm-filter", message, "let the filter accept the disk and its partitions"));
    }
    if choice.stage == Stage::PhysicalVolume && !is_free(choice) {
        let kind = choice.scanned.partitions.first().map_or("nothing", |partition| partition.content.kind.word());
        let message = format!("{} holds {kind}", partition_path(path));
        return Err(refuse("disk-has-signature", message, "this tool wipes nothing; clear the disk by hand"));
    }
    match &choice.state.held {
        Probed::Known(None) => {}
        Probed::Known(Some(who)) => return Err(refuse("disk-in-use", format!("{path}: {who}"), "free the disk")),
        Probed::Absent => return Err(refuse("disk-unreadable", format!("{path} is gone"), "look at okv-host scan")),
        Probed::Unreadable(why) => return Err(refuse("disk-unreadable", why.clone(), "look at okv-host scan")),
    }
    Ok(())
}

/// Whether its partition is empty, or holds what a `pvcreate` that was cut off leaves.
fn is_free(choice: &Choice<'_>) -> bool {
    choice
        .scanned
        .partitions
        .first()
        .is_some_and(|partition| matches!(partition.content.kind, Kind::Blank | Kind::Lvm2Pv | Kind::Unknown))
}

fn scanned<'g>(growth: &'g Growth, state: &DiskState) -> Option<&'g Disk> {
    growth.facts.disks.iter().find(|disk| disk.path == state.path)
}

fn partition_path(disk: &str) -> String {
    let between = if disk.ends_with(|c: char| c.is_ascii_digit()) { "p" } else { "" };
    format!("{disk}{between}1")
}

/// A disk for people: path, model, serial number, size.
fn shown(state: &DiskState) -> String {
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

impl Choice<'_> {
    /// What the operator should know of it.
    pub(super) fn notes(&self, growth: &Growth) -> Vec<String> {
        let mut notes = vec![format!("the disk that is added: {}", shown(self.state))];
        let firmware = growth.facts.running.as_ref().and_then(|running| running.firmware.known());
        if self.state.bytes > 2 * TIB && !matches!(firmware, Some(Firmware::Uefi { .. })) {
            notes.push(format!(
                "{} is larger than 2 TiB, and this node does not boot by UEFI: check warns of such a disk",
                self.state.path
            ));
        }
        notes
    }

    /// The steps that bring it into the group, from where it is.
    pub(super) fn steps(&self, system: &System<'_>, request: &Request) -> Result<Vec<Step>, Refusal> {
        let path = &self.state.path;
        let table = match &self.state.table {
            Ok((table, _)) => table,
            Err(why) => return Err(refuse("disk-unreadable", format!("{path}: {why}"), "add another disk")),
        };
        let mut steps = Vec::new();
        if self.stage <= Stage::Table {
            table.rehearse(self.state.bytes, system.sector).map_err(|why| {
                refuse("disk-unreadable", format!("{path} cannot have a table: {why}"), "add another disk")
            })?;
            let sectors = table.sectors.iter().map(|sector| BytesAt { at: sector.at, hex: sector.bytes.clone() });
            let identity = self.state.identity.known().cloned().unwrap_or_default();
            steps.push(Step {
                purpose: format!("{} gets one partition for LVM", shown(self.state)),
                action: Action::WriteTable(TableWrite {
                    disk: DiskIdentity {
                        path: path.clone(),
                        bytes: self.state.bytes,
                        sector_bytes: self.state.sector_bytes,
                        model: identity.model,
                        serial: identity.serial,
                        wwn: identity.wwn,
                    },
                    kind: if table.kind == TableKind::Gpt { "gpt".into() } else { "mbr".into() },
                    sectors: sectors.collect(),
                }),
            });
        }
        if self.stage <= Stage::PhysicalVolume {
            steps.extend(self.physical_volume_steps(table, system));
        }
        steps.extend(self.group_steps(system, request));
        Ok(steps)
    }

    fn physical_volume_steps(&self, table: &crate::disk::new_table::NewTable, system: &System<'_>) -> Vec<Step> {
        let (disk, partition) = (self.state.path.clone(), partition_path(&self.state.path));
        let kernel =
            KernelPartition { disk, number: 1, start_bytes: table.partition.start(), bytes: table.partition.len() };
        let proof = Proof::PhysicalVolume { device: partition.clone(), group: None, beside: beside(system) };
        let create = Run::changes(
            // What the disk says of its best alignment must not cost an extent.
            [Program::Pvcreate.path(), "--dataalignment", "1m", &partition],
            proof,
            Back::by([Program::Pvremove.path(), &partition]),
        );
        // LVM2 takes its devices from udev, and udev reads the table of a disk anew when it was written to.
        let settle =
            |purpose: &str| step(purpose, Run::looks([Program::Udevadm.path(), "settle", "--timeout=60"]).within(90));
        vec![
            settle("udev has looked at the disk"),
            Step { purpose: format!("the kernel knows {partition}"), action: Action::TellKernel(kernel) },
            settle("udev has looked at the partition"),
            step(format!("{partition} becomes a physical volume"), create),
        ]
    }

    fn group_steps(&self, system: &System<'_>, request: &Request) -> Vec<Step> {
        let (group, partition) = (request.group.as_str(), partition_path(&self.state.path));
        let file = format!("{}/{group}-{}.vg", crate::facts::inventory::STATE, system.group.seqno);
        let backup = Run {
            proof: Some(Proof::File { path: file.clone() }),
            ..Run::looks([Program::Vgcfgbackup.path(), "--file", &file, group])
        };
        let proof =
            Proof::PhysicalVolume { device: partition.clone(), group: Some(group.to_owned()), beside: beside(system) };
        let extend = Run::changes(
            [Program::Vgextend.path(), group, &partition],
            proof,
            Back::by([Program::Vgreduce.path(), group, &partition]),
        );
        vec![
            step(format!("the metadata of {group} is kept"), backup),
            step(format!("{partition} joins {group}"), extend),
        ]
    }
}

/// Identifiers of the physical volumes that LVM2 sees now.
fn beside(system: &System<'_>) -> Vec<String> {
    let mut seen: Vec<String> = system
        .lvm
        .devices
        .iter()
        .filter(|d| !d.uuid.is_empty() && !d.group.is_empty())
        .map(|d| d.uuid.clone())
        .collect();
    seen.sort_unstable();
    seen
}

const _: () = assert!(PAGE == 4096);
