//! Write caches are off while a disk joins the group.
//!
//! `vgextend` writes to the new disk that it belongs to the group, and then to the others that the group has it. If the
//! power is cut and the new disk loses what it has only in its cache, the group is never complete at the next start,
//! and the node does not find its root file system. Nothing can flush the new disk between the two writes of one
//! program.

use super::Request;
use super::disk::Choice;
use super::group::System;
use crate::engine::{Action, CacheSwitch, Command, DiskIdentity, Role, Step};
use crate::host::block::{WriteCache, whole_disks_below};
use crate::io::tool::Program;
use crate::subjects::swap::facts::{DiskState, Growth};

/// The caches that the steps of a run which was cut off switched off, and not on again.
pub fn left_off<'s>(steps: impl IntoIterator<Item = &'s Step>) -> Vec<CacheSwitch> {
    let mut off: Vec<CacheSwitch> = Vec::new();
    for step in steps {
        let Action::SwitchCaches(switches) = &step.action else { continue };
        for switch in switches {
            off.retain(|before| before.file != switch.file);
            if switch.to == WriteCache::OFF {
                off.push(switch.clone());
            }
        }
    }
    off
}

/// The same steps, with the caches off while the group gets the disk; and on again where a run that was cut off left
/// them off.
pub(super) fn without_caches(
    mut steps: Vec<Step>,
    growth: &Growth,
    system: &System<'_>,
    choice: Option<&Choice<'_>>,
    request: &Request,
) -> Vec<Step> {
    let extend = steps.iter().position(is_extend);
    let disks = growth.disks.iter().filter(|_| extend.is_some()).filter(|state| can_be_off(state));
    let off: Vec<CacheSwitch> =
        disks.filter(|state| takes_part(state, growth, system, choice, request)).filter_map(switch_off).collect();
    let left = request.caches_off.iter().filter(|switch| is_off_still(switch, growth));
    let on: Vec<CacheSwitch> = left.chain(&off).cloned().map(reversed).collect();
    if !on.is_empty() {
        let on = Step::new("the write caches of the disks are on again", Action::SwitchCaches(on));
        steps.insert(extend.map_or(0, |at| at.saturating_add(1)), on);
    }
    if let (Some(at), false) = (extend, off.is_empty()) {
        let purpose = "the write caches of the disks are off while the group gets the new one";
        steps.insert(at, Step::new(purpose, Action::SwitchCaches(off)).in_role(Role::Temporary));
    }
    steps
}

/// Whether its cache is on, and can be off.
fn can_be_off(state: &DiskState) -> bool {
    state.write_cache.known().is_some_and(|cache| cache.mode == WriteCache::ON && cache.can_switch)
}

/// A note for each disk that takes part and whose cache stays on.
pub(super) fn notes(
    growth: &Growth,
    system: &System<'_>,
    choice: Option<&Choice<'_>>,
    request: &Request,
) -> Vec<String> {
    let stays_on = |state: &&DiskState| {
        let is_on = state.write_cache.known().is_some_and(|cache| cache.mode == WriteCache::ON);
        is_on && !can_be_off(state) && takes_part(state, growth, system, choice, request)
    };
    let note = |state: &DiskState| {
        let path = &state.path;
        format!(
            "the write cache of {path} cannot be switched off: the power must not fail while the group gets the disk"
        )
    };
    growth.disks.iter().filter(|_| choice.is_some()).filter(stays_on).map(note).collect()
}

fn is_extend(step: &Step) -> bool {
    matches!(&step.action, Action::Run(run)
        if matches!(run.command, Command::Known { program: Program::Vgextend, .. }))
}

/// Whether a physical volume of the group is on this disk, or will be.
fn takes_part(
    state: &DiskState,
    growth: &Growth,
    system: &System<'_>,
    choice: Option<&Choice<'_>>,
    request: &Request,
) -> bool {
    let block = growth.node.running.as_ref().and_then(|running| running.block.known());
    let block = block.map(Vec::as_slice).unwrap_or_default();
    let is_on = |device: &str| {
        whole_disks_below(block, device).into_iter().any(|disk| state.path.strip_prefix("/dev/") == Some(disk))
    };
    choice.is_some_and(|choice| choice.is_of(state))
        || system.lvm.physical_volumes(&request.group).any(|volume| is_on(&volume.name))
}

fn switch_off(state: &DiskState) -> Option<CacheSwitch> {
    let (identity, cache) = (state.identity.known()?, state.write_cache.known()?);
    let disk = DiskIdentity {
        path: state.path.clone(),
        bytes: state.bytes,
        sector_bytes: state.sector_bytes,
        model: identity.model.clone(),
        serial: identity.serial.clone(),
        wwn: identity.wwn.clone(),
    };
    Some(CacheSwitch { disk, file: cache.file.clone(), from: WriteCache::ON.into(), to: WriteCache::OFF.into() })
}

fn is_off_still(switch: &CacheSwitch, growth: &Growth) -> bool {
    growth.disks.iter().any(|state| {
        let cache = state.write_cache.known();
        state.path == switch.disk.path
            && state.identity.known().is_some_and(|now| now.serial == switch.disk.serial && now.wwn == switch.disk.wwn)
            && cache.is_some_and(|cache| cache.file == switch.file && cache.mode == switch.to)
    })
}

fn reversed(switch: CacheSwitch) -> CacheSwitch {
    CacheSwitch { from: switch.to, to: switch.from, ..switch }
}
