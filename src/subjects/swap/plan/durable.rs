//! Which disks the programs of a plan write to, and which are flushed before the swap header is written.

use super::Request;
use super::disk::Choice;
use super::group::System;
use crate::engine::{Action, Command, ProgramRun, Step, SwapHeader};
use crate::io::tool::Program;

/// The same steps, each with what its program writes to. LVM2 writes the metadata of a group to every physical volume
/// of it.
pub(super) fn durable(
    steps: Vec<Step>,
    system: &System<'_>,
    choice: Option<&Choice<'_>>,
    request: &Request,
) -> Vec<Step> {
    let of_group = system.lvm.physical_volumes(&request.group).map(|device| device.name.clone());
    let mut devices: Vec<String> = of_group.chain(choice.map(Choice::partition)).collect();
    devices.sort_unstable();
    devices.dedup();
    let durable = |step: Step| match step.action {
        Action::Run(run) => Step { action: Action::Run(writing(run, &devices)), ..step },
        Action::WriteSwapHeader(header) => {
            Step { action: Action::WriteSwapHeader(SwapHeader { flushed: devices.clone(), ..header }), ..step }
        }
        action => Step { action, ..step },
    };
    steps.into_iter().map(durable).collect()
}

fn writing(run: ProgramRun, devices: &[String]) -> ProgramRun {
    let Command::Known { program, args } = &run.command else { return run };
    match program {
        Program::Pvcreate | Program::Vgextend | Program::Lvcreate | Program::Lvresize | Program::Lvremove => {
            run.writing(devices)
        }
        // The saved metadata, and the area that a header is written to.
        Program::Vgcfgbackup => run.writing([crate::host::state::STATE]),
        Program::Mkswap => {
            let area = args.last().cloned();
            run.writing(area)
        }
        _ => run,
    }
}
