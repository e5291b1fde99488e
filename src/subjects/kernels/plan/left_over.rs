//! What a run that was cut off left to do beside packages, as the host shows it now.

use crate::engine::{Action, ProgramRun, Proof, RecordedRun, Step, SubjectProof};
use crate::host::{Node, mounts};
use crate::subjects::kernels::facts::Kernels;

/// Mount points that `run` mounted, and that neither somebody nor a start of the node has unmounted since.
pub fn left_mounted(run: &RecordedRun, node: &Node) -> Vec<String> {
    let mounts = node.setup.as_ref().and_then(|setup| setup.mounts.known());
    let booted = node.running.as_ref().and_then(|running| running.booted.known().copied()).unwrap_or_default();
    let is_mounted = |point: &&str| mounts.is_some_and(|mounts| mounts::mounted_at(mounts, point).is_some());
    let ours = run.left().filter(|left| !left.is_ended_by_start(booted));
    let mut points: Vec<String> = Vec::new();
    for point in ours.filter_map(|left| left.step.action.mounts_at()).filter(is_mounted) {
        if !points.iter().any(|before| before == point) {
            points.push(point.to_owned());
        }
    }
    points
}

/// Whether `run` has begun to remove packages, so that the kernels that stay have to be verified.
pub fn has_removed(run: &RecordedRun) -> bool {
    run.changes().any(|step| match &step.action {
        Action::Run(ProgramRun { proof: Some(Proof::Subject(proof)), .. }) => {
            matches!(proof, SubjectProof::Kernels { .. })
        }
        _ => false,
    })
}

/// The step by which `run` was to set the boot loader's default right, where the default is not what it was to be.
pub fn left_default(run: &RecordedRun, kernels: &Kernels) -> Option<Step> {
    let is_wrong = |step: &&Step| match &step.action {
        Action::Run(ProgramRun { proof: Some(Proof::Subject(SubjectProof::BootDefault { release })), .. }) => {
            kernels.default_release() != Some(release.as_str())
        }
        _ => false,
    };
    run.steps.iter().find(is_wrong).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Back, RunState, StandingStep};
    use crate::host::{Probed, sample};
    use crate::io::tool::Program;
    use crate::subjects::kernels::facts::sample::{UEK5, UEK6, good};

    fn run(steps: Vec<Step>) -> RecordedRun {
        let standing = (0..steps.len()).map(|step| StandingStep { step, done: true }).collect();
        RecordedRun {
            began: 0,
            done_at: None,
            command: "kernel-prune".into(),
            target: String::new(),
            steps,
            standing,
            earlier: vec![],
            undo_failed: false,
            state: RunState::CutOff,
            resumes: false,
        }
    }

    fn step(program: Program, proof: impl Into<Proof>) -> Step {
        Step::new("", Action::Run(ProgramRun::changes(program, ["x"], proof, Back::by(Program::Umount, ["x"]))))
    }

    #[test]
    fn what_a_run_mounted_is_left_until_somebody_unmounts_it() {
        let mount = |point: &str| step(Program::Mount, Proof::Mounted { point: point.into() });
        let run = run(vec![mount("/boot"), mount("/boot/efi")]);
        let mut node = sample::node();
        node.setup.as_mut().unwrap().mounts =
            Probed::Known(vec![sample::mount(8, 1, "/"), sample::mount(8, 2, "/boot")]);
        assert_eq!(left_mounted(&run, &node), ["/boot"]);
        node.running.as_mut().unwrap().booted = Probed::Known(run.began + 1);
        assert!(left_mounted(&run, &node).is_empty(), "the start of the node mounted it");
        node.running.as_mut().unwrap().booted = Probed::Known(run.began);
        assert_eq!(left_mounted(&run, &node), ["/boot"]);
        node.setup.as_mut().unwrap().mounts = Probed::Unreadable("EIO".into());
        assert!(left_mounted(&run, &node).is_empty());
    }

    #[test]
    fn a_default_is_left_to_set_only_where_it_is_not_what_it_was_to_be() {
        let default = |release: &str| step(Program::Grubby, SubjectProof::BootDefault { release: release.into() });
        assert_eq!(good().default_release(), Some(UEK6));
        assert_eq!(left_default(&run(vec![default(UEK6)]), &good()), None);
        assert_eq!(left_default(&run(vec![default(UEK6), default(UEK5)]), &good()), Some(default(UEK5)));
    }
}
