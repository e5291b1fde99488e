//! A run that mounts, and is cut off by a reboot, which unmounts.

use super::*;
use crate::engine::{Back, Follow, Proof, SubjectProof};

const ROOT: &str = "20 1 253:0 / / rw - ext4 /dev/mapper/vg_root-lv_root rw\n";
const BOOT: &str = "21 20 8:1 / /boot rw - ext4 /dev/sda1 rw\n";

/// Mounts and unmounts /boot. The one look of these runs needs it.
struct Machine<'m>(&'m Path);

impl Machine<'_> {
    fn mountinfo(&self) -> std::path::PathBuf {
        self.0.join("proc/self/mountinfo")
    }

    fn reboot(&self) {
        fs::create_dir_all(self.0.join("proc/self")).unwrap();
        fs::write(self.mountinfo(), ROOT).unwrap();
    }

    fn is_mounted(&self) -> bool {
        fs::read_to_string(self.mountinfo()).unwrap().contains(BOOT)
    }
}

impl Runner for Machine<'_> {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        let line = cmd.to_string();
        let mounted = self.is_mounted();
        if line.ends_with("--version") {
            return Ok(Output { status: Some(0), stdout: line.into_bytes(), ..Output::default() });
        }
        let works = if line.ends_with("umount /boot") {
            fs::write(self.mountinfo(), ROOT).unwrap();
            mounted
        } else if line.ends_with("mount /boot") {
            fs::write(self.mountinfo(), format!("{ROOT}{BOOT}")).unwrap();
            !mounted
        } else {
            mounted
        };
        Ok(Output { status: Some(i32::from(!works)), ..Output::default() })
    }
}

fn plan(bench: &Bench) -> Plan {
    let step = |run| Step::new("", Action::Run(run));
    let point = "/boot".to_owned();
    let back = Back::by(Program::Umount, ["/boot"]);
    let mount = ProgramRun::changes(Program::Mount, ["/boot"], Proof::Mounted { point: point.clone() }, back);
    let look = || step(ProgramRun::looks(Program::Rpm, ["--verify"]));
    let unmount =
        ProgramRun { proof: Some(Proof::NotMounted { point }), ..ProgramRun::looks(Program::Umount, ["/boot"]) };
    let steps = vec![step(mount).in_role(Role::Temporary), bench.plan.steps[1].clone(), look(), step(unmount)];
    Plan { steps, ..bench.plan.clone() }
}

/// Cut off once so many records were written, rebooted, and finished.
fn finished_after(records: usize) -> RunState {
    let bench = bench();
    let machine = Machine(bench.base.path());
    machine.reboot();
    let host = bench.host(&machine);
    let mut journal = host.journal().unwrap();
    let outcome = carry_out(&plan(&bench), &host, &mut journal, &Interrupts::default(), &mut |_| {}).unwrap();
    assert_eq!(outcome, Ending::Done);
    cut(&bench, records);
    machine.reboot();
    let last = bench.last();
    assert!(last.begun().next().is_none(), "{last:?}");
    finish(&last, &host, &mut host.journal().unwrap(), &Interrupts::default(), &mut |_| {});
    assert!(!machine.is_mounted());
    bench.last().state
}

#[test]
fn a_run_that_a_reboot_cut_off_behind_its_last_change_mounts_again_for_what_is_left() {
    // The plan, two records a step: after the change, in and behind the look, in the unmounting.
    for records in 5..=8 {
        assert_eq!(finished_after(records), RunState::Ended(Ending::Done), "{records} records");
    }
}

/// The proof of a package transaction reads /boot.
#[test]
fn what_was_begun_is_proved_with_what_the_run_had_mounted() {
    /// The second half of the rename is proved only where /boot is mounted.
    struct Subject<'m>(&'m Machine<'m>);
    impl SubjectSteps for Subject<'_> {
        fn follow(&self, _: &TargetHost<'_>, _: &Follow, _: &mut Watch<'_>) -> Result<Performed, String> {
            panic!("nothing is followed")
        }
        fn has_followed(&self, _: &TargetHost<'_>, _: &Follow) -> Result<(), String> {
            panic!("nothing is followed")
        }
        fn holds(&self, _: &TargetHost<'_>, _: &SubjectProof) -> Result<bool, String> {
            if self.0.is_mounted() { Ok(true) } else { Err("/boot is not mounted".into()) }
        }
        fn is_there(&self, host: &TargetHost<'_>, proof: &SubjectProof) -> Result<bool, String> {
            self.holds(host, proof)
        }
        fn why_not(&self, _: &TargetHost<'_>, _: &SubjectProof) -> Option<String> {
            None
        }
    }
    let bench = bench();
    let machine = Machine(bench.base.path());
    machine.reboot();
    let mut plan = plan(&bench);
    let proof = SubjectProof::BootDefault { release: "x".into() };
    let back = Back::Stays { why: "packages are gone".into() };
    let removal = ProgramRun::changes(Program::Dnf, ["remove"], proof, back);
    plan.steps[1] = Step::new("", Action::Run(removal)).in_role(Role::Permanent);
    let subjects = Subject(&machine);
    let host = TargetHost { subjects: &subjects, ..bench.host(&machine) };
    let outcome = carry_out(&plan, &host, &mut host.journal().unwrap(), &Interrupts::default(), &mut |_| {}).unwrap();
    assert_eq!(outcome, Ending::Done);
    // The removal is begun.
    cut(&bench, 4);
    machine.reboot();
    finish(&bench.last(), &host, &mut host.journal().unwrap(), &Interrupts::default(), &mut |_| {});
    assert_eq!((bench.last().state, machine.is_mounted()), (RunState::Ended(Ending::Done), false));
}

#[test]
fn what_nothing_is_left_to_unmount_is_not_mounted_again() {
    assert_eq!(finished_after(9), RunState::Ended(Ending::Done));
}

/// Its look must not be killed, and still runs.
struct LeavesRunning<'m>(Machine<'m>);

impl Runner for LeavesRunning<'_> {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        if cmd.to_string().ends_with("--verify") { Err(self.still_runs().unwrap()) } else { self.0.run(cmd) }
    }

    fn still_runs(&self) -> Option<ToolError> {
        Some(ToolError::StillRuns { command: "dnf".into(), process: 4711 })
    }
}

#[test]
fn nothing_is_unmounted_beside_a_program_that_still_runs() {
    let bench = bench();
    let runner = LeavesRunning(Machine(bench.base.path()));
    runner.0.reboot();
    let host = bench.host(&runner);
    let ending = carry_out(&plan(&bench), &host, &mut host.journal().unwrap(), &Interrupts::default(), &mut |_| {});
    let ending = ending.unwrap();
    assert!(matches!(&ending, Ending::Stuck { undo_why, .. } if undo_why.contains("only swap")), "{ending:?}");
    assert!(runner.0.is_mounted());
    assert!(bench.last().is_unfinished());
}
