//! The picture after the steps of a plan.

use super::{Area, DiskPicture, FREE, Look, Part, Physical};
use crate::base::units::MIB;
use crate::engine::{Action, Command, Role, Step};
use crate::io::tool::Program;

/// Where a new physical volume begins to have extents: `pvcreate --dataalignment 1m`.
const DATA_STARTS: u64 = MIB;

/// The disks after `steps`; `None` where these change nothing that a picture shows.
pub(in crate::report) fn after(before: &[DiskPicture], steps: &[Step]) -> Option<Vec<DiskPicture>> {
    let mut disks = before.to_vec();
    for step in steps.iter().filter(|step| step.role != Role::Temporary) {
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
    (area.content, area.look) = ("lvm2-pv".to_owned(), Look::New);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::TableKind;
    use crate::engine::{DiskIdentity, ProgramRun, TableWrite};

    const EXTENT: u64 = 32 * MIB;

    fn part(volume: Option<&str>, extents: u64, look: Look) -> Part {
        Part { volume: volume.map(str::to_owned), extents, content: String::new(), look }
    }

    /// A disk of the group with 128 extents of swap and 100 free ones, and a blank one with room for 2000.
    fn disks() -> Vec<DiskPicture> {
        let parts = vec![part(Some("lv_swap"), 128, Look::Swap), part(None, 100, Look::Free)];
        let volume = Some(Physical { group: "vg_root".into(), extent_bytes: EXTENT, parts });
        let pv = Area { number: Some(3), bytes: 0, content: "lvm2-pv".into(), look: Look::Lvm, volume };
        let blank = Area { number: None, bytes: 0, content: "blank".into(), look: Look::Free, volume: None };
        vec![
            DiskPicture { path: "/dev/sda".into(), bytes: 1 << 40, areas: vec![pv] },
            DiskPicture { path: "/dev/sdaa".into(), bytes: 2001 * EXTENT, areas: vec![blank] },
        ]
    }

    fn run(program: Program, args: &[&str]) -> Step {
        Step::new("", Action::Run(ProgramRun::looks(program, args.iter().copied())))
    }

    fn write_table() -> Step {
        let disk = DiskIdentity {
            path: "/dev/sdaa".into(),
            bytes: 2001 * EXTENT,
            sector_bytes: 512,
            model: None,
            serial: None,
            wwn: None,
        };
        Step::new("", Action::WriteTable(TableWrite { disk, kind: TableKind::Gpt, sectors: Vec::new() }))
    }

    #[test]
    fn a_disk_that_is_added_is_a_physical_volume_and_swap_grows_on_its_own_disk_first() {
        let steps = [
            write_table(),
            run(Program::Vgextend, &["vg_root", "/dev/sdaa1"]),
            run(Program::Lvresize, &["--extents", "2048", "vg_root/lv_swap"]),
        ];
        let after = after(&disks(), &steps).unwrap();
        let shown = |disk: &DiskPicture| {
            let parts = &disk.areas[0].volume.as_ref().unwrap().parts;
            parts.iter().map(|part| (part.volume.clone(), part.extents, part.look)).collect::<Vec<_>>()
        };
        let swap = || Some("lv_swap".to_owned());
        assert_eq!(shown(&after[0]), [(swap(), 128, Look::Swap), (swap(), 100, Look::New)]);
        assert_eq!(shown(&after[1]), [(swap(), 1820, Look::New), (None, 180, Look::Free)]);
        assert_eq!((after[1].areas[0].number, after[1].areas[0].look), (Some(1), Look::New));
    }

    #[test]
    fn steps_that_change_no_disk_have_no_picture() {
        let looks =
            [run(Program::Swapoff, &["/dev/vg_root/lv_swap"]), run(Program::Lvresize, &["--extents", "x", "y"])];
        assert_eq!(after(&disks(), &looks), None);
        assert_eq!(after(&disks(), &[run(Program::Vgextend, &["vg_other", "/dev/sdb1"])]), None);
        let temporary = run(Program::Lvresize, &["--extents", "200", "vg_root/lv_swap"]).in_role(Role::Temporary);
        assert_eq!(after(&disks(), &[temporary]), None);
    }
}
