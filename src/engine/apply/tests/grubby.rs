//! What sets the boot loader's default and does nothing: C grubby of Oracle Linux 7 ends with status 0 where it does
//! not find the kernel, and prints at most a warning on the locale.

use super::*;
use crate::engine::SubjectProof;
use crate::io::tool::{Cmd, Output, ToolError};
use crate::subjects::next_start::facts::sample::{Layout, OTHER, RELEASE};

/// Every program ends with status 0 and does nothing.
struct Silent;

impl Runner for Silent {
    fn run(&self, _: &Cmd) -> Result<Output, ToolError> {
        let warning = b"/bin/sh: warning: setlocale: LC_ALL: cannot change locale (C.UTF-8)\n".to_vec();
        Ok(Output { status: Some(0), stdout: Vec::new(), stderr: warning })
    }
}

/// How a run ends that makes `release` the default.
fn ends(layout: Layout, release: &str) -> Ending {
    let host = layout.host();
    let base = tempfile::tempdir().unwrap();
    fs::remove_dir(base.path()).unwrap();
    host.copied_to(base.path());
    fs::create_dir_all(base.path().join("var/lib/okv-host")).unwrap();
    let proof = SubjectProof::BootDefault { release: release.to_owned() };
    let run = ProgramRun {
        unless: Some(proof.clone().into()),
        proof: Some(proof.into()),
        ..ProgramRun::looks(Program::Grubby, [format!("--set-default=/boot/vmlinuz-{release}")])
    };
    let steps = vec![Step::new("the default stays", Action::Run(run))];
    let bench = Bench { base, plan: Plan { command: "kernel-prune", target: String::new(), steps, notes: vec![] } };
    let target = bench.host(&Silent);
    let mut journal = target.journal().unwrap();
    carry_out(&bench.plan, &target, &mut journal, &Interrupts::default(), &mut |_| {}).unwrap()
}

#[test]
fn a_grubby_that_silently_does_nothing_is_noticed_by_the_default_that_did_not_change() {
    for layout in [Layout::El7Bios, Layout::El8Uefi] {
        assert!(matches!(ends(layout, OTHER), Ending::RolledBack { .. }), "{:?}", ends(layout, OTHER));
        assert_eq!(ends(layout, RELEASE), Ending::Done, "it is the default already");
    }
}
