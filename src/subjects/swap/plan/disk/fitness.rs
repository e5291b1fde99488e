//! Whether a disk can be added, and whether it is large enough and of the right kind.

use super::{Choice, PV_DATA_START, Stage, Wanted, partition_path};
use crate::base::units::Bytes;
use crate::disk::format::content::Kind;
use crate::disk::new_table::Begun;
use crate::disk::{Disk, TableKind};
use crate::engine::{Reason, Refusal};
use crate::host::Probed;
use crate::host::locate::{Volume, mapping_that_may_be_on};
use crate::host::lvm::DevicesFile;
use crate::subjects::swap::facts::{DiskState, Growth};
use crate::subjects::swap::plan::group::System;
use crate::subjects::swap::plan::refuse;

/// Why a disk cannot be added, whatever its size.
pub(super) fn unfit(growth: &Growth, state: &DiskState, scanned: &Disk) -> Option<Reason> {
    let path = &state.path;
    let no = |id, message: String, remedy: &str| Some(Reason { id, message, remedy: remedy.into() });
    match &state.held {
        Probed::Known(None) => {}
        Probed::Known(Some(who)) => return no("disk-in-use", format!("{path}: {who}"), "add a disk that nothing uses"),
        Probed::Absent => return no("disk-unreadable", format!("{path} is gone"), "look at okv-host scan"),
        Probed::Unreadable(why) => return no("disk-unreadable", why.clone(), "look at okv-host scan"),
    }
    if let Some(entry) = mapping_that_may_be_on(&growth.node, &Volume::WholeDisk(scanned)) {
        let (line, device, source) = (entry.line, entry.device(), &entry.source);
        let message = format!("line {line} of /etc/crypttab makes {device} of {source}, which is {path} or may be");
        return no("disk-in-use", message, "correct /etc/crypttab, or add another disk");
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
        Kind::Unknown if scanned.content.format.is_none() => {
            let message = match &state.table {
                Ok((_, Begun::Foreign { at })) => {
                    format!("{path} is not zero at byte {at}, and nothing here knows what is there")
                }
                _ => format!("{path} holds bytes that nothing here knows"),
            };
            return no("disk-not-blank", message, "add a blank disk");
        }
        _ => {
            let message = format!("{path} holds {}", scanned.content.word());
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
pub(super) fn fits(
    choice: &Choice<'_>,
    system: &System<'_>,
    extents: u64,
    want: Option<Wanted>,
) -> Result<(), Refusal> {
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
        let kind = choice.scanned.partitions.first().map_or("nothing", |partition| partition.content.word());
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
