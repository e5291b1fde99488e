//! The steps of a prune, as commands.

use super::*;
use crate::engine::{Action, Back, Plan, ProgramRun, Proof, Refusal, Role, Step, SubjectProof, assert_roles_fit};
use crate::io::tool::Program;
use crate::subjects::kernels::facts::ReadOnly;

/// What a node of el8 has, with /boot not mounted.
fn means() -> Means {
    Means {
        manager: Some(Program::Dnf),
        default_setter: Some(Program::GrubEditenv),
        mounts: vec!["/boot".into(), "/boot/efi".into()],
        erasures: vec![Probed::Known(vec![])],
        default: example().seen_boot().unwrap().loader.known().unwrap().default.known().cloned(),
        environment: Some("/boot/efi/EFI/redhat/grubenv".into()),
        ..Means::default()
    }
}

fn made(kernels: &Kernels, means: &Means) -> Result<Plan, Refusal> {
    let made = steps(&plan(kernels, &Request::default()).unwrap(), means);
    made.inspect(|plan| assert_roles_fit(&plan.steps))
}

fn words(plan: &Plan) -> Vec<String> {
    let argv = |step: &Step| match &step.action {
        Action::Run(run) => run.command.to_string().replace("/usr/bin/", "").replace("/usr/sbin/", ""),
        other => panic!("{other:?}"),
    };
    plan.steps.iter().map(argv).collect()
}

fn why(means: &Means) -> (&'static str, String) {
    let refusal = made(&example(), means).unwrap_err();
    assert!(!refusal.reasons[0].remedy.is_empty());
    (refusal.reasons[0].id, refusal.reasons[0].message.clone())
}

const MOUNTS: [&str; 2] = ["mount --options dirsync /boot", "mount --options dirsync /boot/efi"];
const UNMOUNTS: [&str; 2] = ["umount /boot/efi", "umount /boot"];

#[test]
fn boot_is_mounted_the_old_kernel_goes_by_full_name_the_default_stays_and_boot_is_unmounted() {
    let plan = made(&example(), &means()).unwrap();
    let words = words(&plan);
    assert_eq!((&words[..2], &words[5..]), (&MOUNTS.map(String::from)[..], &UNMOUNTS.map(String::from)[..]));
    let bare = UEK5.trim_end_matches(".x86_64");
    assert_eq!(words[2], format!("rpm --erase --test kernel-uek-{bare}.x86_64 kernel-uek-devel-{bare}.x86_64"),);
    assert_eq!(
        words[3],
        format!(
            "dnf --assumeyes --disablerepo=* --setopt=clean_requirements_on_remove=False remove \
             kernel-uek-0:{bare}.x86_64 kernel-uek-devel-0:{bare}.x86_64"
        ),
    );
    assert!(words[4].starts_with("grub2-editenv /boot/efi/EFI/redhat/grubenv set saved_entry="), "{}", words[4]);
    // The survivors are part of the proof, and /boot comes back whatever else stays.
    let Action::Run(ProgramRun { proof: Some(Proof::Subject(SubjectProof::Kernels { gone, whole })), back, .. }) =
        &plan.steps[3].action
    else {
        panic!("{:?}", plan.steps[3])
    };
    assert_eq!((gone.len(), whole.as_slice()), (2, &[UEK6.to_owned()][..]));
    assert!(matches!(back, Back::Stays { .. }));
    assert_eq!((plan.steps[0].role, plan.steps[3].role), (Role::Temporary, Role::Permanent));
}

#[test]
fn what_is_in_the_way_of_the_removal_is_named_and_nothing_is_planned() {
    assert_eq!(why(&Means { manager: None, ..means() }).0, "manager-missing");
    let needed = vec!["kernel-uek-uname-r is needed by (installed) kmod-x".to_owned()];
    let (id, message) = why(&Means { erasures: vec![Probed::Known(needed)], ..means() });
    assert!(id == "needed-by-others" && message.contains("kmod-x") && message.contains(UEK5), "{message}");
    let (id, message) = why(&Means { erasures: vec![Probed::Unreadable("rpm hangs".into())], ..means() });
    assert!(id == "erasure-unknown" && message.contains("rpm hangs"), "{message}");
}

#[test]
fn a_boot_that_is_mounted_read_only_let_a_transaction_stop_half_way() {
    let place = |line| ReadOnly { point: "/boot".into(), line };
    let (id, message) = why(&Means { read_only: vec![place(None)], ..means() });
    assert!(id == "read-only" && message.contains("/boot is mounted read-only"), "{message}");
    let (id, message) = why(&Means { read_only: vec![place(Some(2))], ..means() });
    assert!(id == "read-only" && message.contains("line 2 of /etc/fstab"), "{message}");
    // Where nothing goes, nothing is written to.
    assert!(made(&good(), &Means { read_only: vec![place(None)], ..means() }).unwrap().steps.is_empty());
}

#[test]
fn a_node_without_old_kernels_needs_no_package_manager_and_gets_no_step() {
    let plan = made(&good(), &Means::default()).unwrap();
    assert!(plan.steps.is_empty(), "{plan:?}");
}

#[test]
fn a_boot_that_a_killed_run_left_mounted_is_unmounted_behind_what_is_left_to_remove() {
    let left_mounted = vec!["/boot".to_owned()];
    let plan = made(&example(), &Means { left_mounted: left_mounted.clone(), mounts: vec![], ..means() }).unwrap();
    assert_eq!(words(&plan).last().unwrap(), "umount /boot");
    // Else the run itself is finished: it mounts for its proofs, and unmounts.
    assert!(made(&good(), &Means { left_mounted, ..Means::default() }).unwrap().steps.is_empty());
}

#[test]
fn a_default_that_a_killed_run_left_wrong_is_set_by_the_next_run() {
    let left = made(&example(), &means()).unwrap().steps[4].clone();
    let means = Means { left_default: Some(left), ..means() };
    let words = words(&made(&good(), &means).unwrap());
    assert_eq!((&words[..2], &words[3..]), (&MOUNTS.map(String::from)[..], &UNMOUNTS.map(String::from)[..]));
    assert!(words[2].starts_with("grub2-editenv "), "{words:?}");
}
