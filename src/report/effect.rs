//! What a plan does to the host, in a line: what is there afterwards, and what is missing meanwhile.

use std::iter::successors;

use super::text::clean;
use crate::base::units::Bytes;
use crate::engine::{Action, Command, DiskIdentity, Step, SwapHeader};
use crate::io::tool::Program;

/// The effects of `steps`, in their order; none where they only look.
pub(super) fn effects(steps: &[Step]) -> Vec<String> {
    let mut effects = Vec::new();
    let renamed = steps.iter().filter(|step| matches!(step.action, Action::Rename { .. })).count();
    for step in steps {
        let effect = match &step.action {
            Action::Run(run) => of_program(&run.command, steps),
            Action::Copy(copy) => Some(format!("{} is written ({})", clean(&copy.to), Bytes(copy.bytes).rounded())),
            _ => None,
        };
        effects.extend(effect.filter(|_| step.role != crate::engine::Role::Temporary));
    }
    match renamed {
        0 => {}
        1 => effects.push("1 file is renamed".to_owned()),
        many => effects.push(format!("{many} files are renamed")),
    }
    effects
}

/// The disks that are written to.
pub(super) fn written_disks(steps: &[Step]) -> impl Iterator<Item = &DiskIdentity> {
    steps.iter().filter_map(|step| match &step.action {
        Action::WriteTable(table) => Some(&table.disk),
        _ => None,
    })
}

fn of_program(command: &Command, steps: &[Step]) -> Option<String> {
    let Command::Known { program, args } = command else { return None };
    let last = clean(args.last()?);
    let words = || args.iter().map(String::as_str).filter(|word| !word.starts_with('-'));
    match program {
        Program::Vgextend => {
            let group = words().next()?;
            let disk = written_disks(steps).find(|disk| last.starts_with(&disk.path));
            Some(match disk {
                Some(disk) => format!("{} gains {} ({})", clean(group), clean(&disk.path), Bytes(disk.bytes).rounded()),
                None => format!("{} gains {last}", clean(group)),
            })
        }
        Program::Lvresize => {
            let header = headers(steps).find(|header| header.area.ends_with(&last));
            let to = header.map_or(String::new(), |header| format!(" to {}", Bytes(header.bytes).rounded()));
            Some(format!("{last} grows{to}"))
        }
        Program::Swapoff if runs(steps, Program::Swapon) => {
            Some(format!("swap is off on {last} until it has its new size"))
        }
        Program::Dnf | Program::Yum if args.iter().any(|word| word == "remove") => {
            let packages = words().skip_while(|word| *word != "remove").skip(1).count();
            Some(format!("{packages} package{} removed", if packages == 1 { " is" } else { "s are" }))
        }
        Program::Mount => Some(format!("{last} is mounted")),
        Program::SystemdRun => Some("the vendor's upgrade runs as a service".to_owned()),
        Program::Systemctl if args.iter().any(|word| word == "reboot") => Some("the node restarts".to_owned()),
        _ => None,
    }
}

fn headers(steps: &[Step]) -> impl Iterator<Item = &SwapHeader> {
    steps.iter().filter_map(|step| match &step.action {
        Action::WriteSwapHeader(header) => Some(header),
        _ => None,
    })
}

fn runs(steps: &[Step], wanted: Program) -> bool {
    let is_it = |step: &Step| {
        matches!(&step.action, Action::Run(run)
        if matches!(&run.command, Command::Known { program, .. } if *program == wanted))
    };
    steps.iter().any(is_it)
}

/// Why a run of these steps cannot be taken back, once all are done.
pub(super) fn why_it_stays(steps: &[Step]) -> Option<&str> {
    steps.iter().find_map(|step| match &step.action {
        Action::Run(run) => match &run.back {
            crate::engine::Back::Stays { why } if step.role.stays_done() => Some(why.as_str()),
            _ => None,
        },
        _ => None,
    })
}

/// Seconds for people: `7 s`, `2 min 5 s`, `3 h 0 min`.
pub fn duration(seconds: u64) -> String {
    let parts: Vec<u64> = successors(Some(seconds), |rest| (*rest >= 60).then(|| rest / 60)).take(3).collect();
    match parts.as_slice() {
        [seconds] => format!("{seconds} s"),
        [all, minutes] => format!("{minutes} min {} s", all % 60),
        [_, minutes, hours] => format!("{hours} h {} min", minutes % 60),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Back, ProgramRun, Role};

    fn run(program: Program, args: &[&str]) -> Step {
        let back = Back::Stays { why: "it is gone".into() };
        let run = ProgramRun { back, ..ProgramRun::looks(program, args.iter().copied()) };
        Step::new("", Action::Run(run)).in_role(Role::Permanent)
    }

    #[test]
    fn a_plan_is_named_by_what_it_does() {
        let steps = [
            run(Program::Vgextend, &["vg_root", "/dev/sdb1"]),
            run(Program::Lvresize, &["--extents", "2048", "vg_root/lv_swap"]),
            run(Program::Dnf, &["--assumeyes", "remove", "a", "b"]),
            run(Program::Rpm, &["--erase", "--test", "a"]),
        ];
        assert_eq!(effects(&steps), ["vg_root gains /dev/sdb1", "vg_root/lv_swap grows", "2 packages are removed"]);
        assert_eq!(why_it_stays(&steps), Some("it is gone"));
    }

    #[test]
    fn a_time_is_shown_in_two_units_at_most() {
        assert_eq!([0, 59, 125, 10_800].map(duration), ["0 s", "59 s", "2 min 5 s", "3 h 0 min"]);
    }
}
