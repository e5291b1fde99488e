//! The picture after the steps of a plan.

use super::{Area, DiskPicture, FREE, Look, Part, Physical};
use crate::base::units::MIB;
use crate::engine::{Action, Command, Step};
use crate::io::tool::Program;

/// Where a new physical volume begins to have extents: `pvcreate --dataalignment 1m`.
const DATA_STARTS: u64 = MIB;

/// The disks after `steps`; `None` where these change nothing that a picture shows.
pub(in crate::report) fn after(before: &[DiskPicture], steps: &[Step]) -> Option<Vec<DiskPicture>> {
    let mut disks = before.to_vec();
    for step in steps {
        match &step.action {
            Action::WriteTable(table) => {
                if let Some(disk) = disks.iter_mut().find(|disk| disk.path == table.disk.path) {
                    disk.areas = vec![area(1, disk.bytes)];
                }
            }
            Action::Run(run) => {
                if let Command::Known { program, args } = &run.command {
                    of_program(&mut disks, *program, args);
                }
            }
            _ => {}
        }
    }
    (disks != before).then_some(disks)
}

fn area(number: u32, bytes: u64) -> Area {
    Area { number: Some(number), bytes, content: "lvm2-pv".to_owned(), look: Look::New, volume: None }
}

fn of_program(disks: &mut [DiskPicture], program: Program, args: &[String]) -> Option<()> {
    let mut words = args.iter().map(String::as_str);
    match program {
        Program::Vgextend => {
            let device = args.last()?;
            let group = args.iter().rev().nth(1)?;
            add(disks, group, device)
        }
        Program::Lvresize => {
            words.find(|word| *word == "--extents")?;
            let to = words.next()?.parse().ok()?;
            let (group, volume) =
                args.iter().find_map(|word| word.split_once('/').filter(|_| !word.starts_with('/')))?;
            grow(disks, group, volume, to)
        }
        _ => None,
    }
}

/// A partition becomes a physical volume of a group.
fn add(disks: &mut [DiskPicture], group: &str, device: &str) -> Option<()> {
    let all = disks.iter().flat_map(|disk| &disk.areas).filter_map(|area| area.volume.as_ref());
    let extent_bytes = all.filter(|volume| volume.group == group).map(|volume| volume.extent_bytes).next()?;
    let area = disks.iter_mut().find_map(|disk| {
        let number = device.strip_prefix(disk.path.as_str())?.trim_start_matches('p').parse().ok()?;
        disk.areas.iter_mut().find(|area| area.number == Some(number))
    })?;
    let extents = area.bytes.saturating_sub(DATA_STARTS).checked_div(extent_bytes)?;
    let free = Part { volume: None, extents, content: FREE.to_owned(), look: Look::Free };
    area.volume = Some(Physical { group: group.to_owned(), extent_bytes, parts: vec![free] });
    Some(())
}

/// A volume gets so many extents: first on the disks that it lies on, then on others. LVM2 chooses the extents itself;
/// how many there are of each kind afterwards is sure.
fn grow(disks: &mut [DiskPicture], group: &str, volume: &str, to: u64) -> Option<()> {
    let mut physical: Vec<&mut Physical> = disks
        .iter_mut()
        .flat_map(|disk| &mut disk.areas)
        .filter_map(|area| area.volume.as_mut())
        .filter(|physical| physical.group == group)
        .collect();
    let of = |physical: &Physical| {
        let parts = physical.parts.iter().filter(|part| part.volume.as_deref() == Some(volume));
        parts.map(|part| part.extents).fold(0, u64::saturating_add)
    };
    let has = physical.iter().map(|physical| of(physical)).fold(0, u64::saturating_add);
    let mut missing = to.saturating_sub(has);
    physical.sort_by_key(|physical| of(physical) == 0);
    for physical in physical {
        let mut parts = Vec::with_capacity(physical.parts.len().saturating_add(1));
        for mut part in std::mem::take(&mut physical.parts) {
            let taken = if part.volume.is_none() { part.extents.min(missing) } else { 0 };
            if taken > 0 {
                let (name, content) = (Some(volume.to_owned()), "swap".to_owned());
                parts.push(Part { volume: name, extents: taken, content, look: Look::New });
                missing = missing.saturating_sub(taken);
                part.extents = part.extents.saturating_sub(taken);
            }
            if part.extents > 0 {
                parts.push(part);
            }
        }
        physical.parts = parts;
    }
    Some(())
}
