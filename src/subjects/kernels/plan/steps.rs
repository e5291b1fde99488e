//! The steps of a prune.

use super::{COMMAND, Prune, Removal, reason};
use crate::base::units::Bytes;
use crate::engine::{Action, Back, Guard, Plan, ProgramRun, Proof, Reason, Refusal, Role, Step, SubjectProof};
use crate::host::Probed;
use crate::io::tool::Program;
use crate::subjects::boot::DefaultEntry;
use crate::subjects::kernels::facts::ReadOnly;

/// Packages of a kernel go in this time, in seconds: scriptlets make initramfs files anew on slow disks.
const TRANSACTION: u64 = 1800;

/// Folders of the file systems that the package manager and what sets the default write to.
const WRITTEN: [&str; 5] = ["/", "/usr", "/var", "/boot", "/boot/efi"];

/// With what it is done, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Means {
    /// dnf, or yum; `None` where neither is there.
    pub manager: Option<Program>,
    /// What sets the boot loader's default: grubby, or GRUB's own editor; `None` where neither is there.
    pub default_setter: Option<Program>,
    /// Mount points that are to be mounted first, in order.
    pub mounts: Vec<String>,
    /// Mount points that a run which was cut off mounted, and that still are.
    pub left_mounted: Vec<String>,
    /// The step by which a run that was cut off was to set the boot loader's default right, where it is not right.
    pub left_default: Option<Step>,
    /// What a removal writes to and is mounted read-only, or would be.
    pub read_only: Vec<ReadOnly>,
    /// Of each removal, in order: why rpm would not remove exactly its packages.
    pub erasures: Vec<Probed<Vec<String>>>,
    pub default: Option<DefaultEntry>,
    /// The environment block that the boot loader reads its default from.
    pub environment: Option<String>,
}

/// The plan of a prune.
///
/// # Errors
/// Where the package manager is missing, or would not remove exactly the packages of the prune.
pub fn steps(prune: &Prune, means: &Means) -> Result<Plan, Refusal> {
    let reasons = in_the_way(prune, means);
    if !reasons.is_empty() {
        return Err(Refusal { reasons });
    }
    let mut steps = Vec::new();
    // One that goes by now is not made the default again.
    let left_default = means.left_default.as_ref().filter(|step| stays(step, prune));
    if !prune.remove.is_empty() || left_default.is_some() {
        steps.extend(means.mounts.iter().map(|point| mount(point)));
        steps.extend(left_default.cloned());
        if let Some(manager) = means.manager {
            steps.extend(prune.remove.iter().flat_map(|removal| transaction(removal, prune, manager, means)));
        }
        steps.extend(means.mounts.iter().rev().map(|point| unmount(point)));
        // Where nothing else is left, the run that was cut off is finished: with what it mounts, and with its proofs.
        steps.extend(means.left_mounted.iter().rev().map(|point| unmount(point)));
    }
    let keep: Vec<String> = prune.keep.iter().map(|kept| kept.release.clone()).collect();
    Ok(Plan {
        command: COMMAND,
        target: format!("of the kernels of this family only those that are needed: {}", keep.join(", ")),
        steps,
        notes: notes(prune),
    })
}

/// Whether the kernel that `step` makes the default is one that stays.
fn stays(step: &Step, prune: &Prune) -> bool {
    let Action::Run(ProgramRun { proof: Some(Proof::Subject(SubjectProof::BootDefault { release })), .. }) =
        &step.action
    else {
        return false;
    };
    prune.keep.iter().any(|kept| kept.release == *release)
}

fn in_the_way(prune: &Prune, means: &Means) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if prune.remove.is_empty() {
        return reasons;
    }
    if means.manager.is_none() {
        let message = "there is neither dnf nor yum on this host".to_owned();
        reasons.push(reason("manager-missing", message, "bring the package manager back; rpm alone is not used"));
    }
    reasons.extend(means.read_only.iter().map(read_only));
    for (removal, erasure) in prune.remove.iter().zip(&means.erasures) {
        match erasure {
            Probed::Known(others) if others.is_empty() => {}
            Probed::Known(others) => {
                let message = format!("rpm would not remove {} alone: {}", removal.release, others.join("; "));
                let remedy = format!("remove or move what needs it, or keep it: --keep {}", removal.release);
                reasons.push(reason("needed-by-others", message, remedy));
            }
            Probed::Absent => reasons.push(reason("erasure-unknown", "rpm was not asked".into(), "ask rpm")),
            Probed::Unreadable(why) => {
                let message = format!("whether {} can go alone could not be told: {why}", removal.release);
                reasons.push(reason("erasure-unknown", message, "fix the cause that is shown, then run it again"));
            }
        }
    }
    reasons
}

/// rpm begins a transaction that it cannot end: packages go from its database one by one, and their files stay.
fn read_only(place: &ReadOnly) -> Reason {
    let point = &place.point;
    match place.line {
        None => {
            let message = format!("{point} is mounted read-only, and kernels are removed from there");
            let remedy = format!("find the cause (dmesg shows errors of a disk); then mount -o remount,rw {point}");
            reason("read-only", message, remedy)
        }
        Some(line) => {
            let message =
                format!("line {line} of /etc/fstab mounts {point} read-only, and kernels are removed from there");
            reason("read-only", message, format!("mount -o rw {point}, or take ro out of that line"))
        }
    }
}

fn step(purpose: String, run: ProgramRun) -> Step {
    Step::new(purpose, Action::Run(run))
}

/// Mounted so that each entry of a folder is durable once it is made or removed (mount(8) `dirsync`): rpm commits to
/// its database on another file system that files are gone. If the power is cut then, nobody would remove them any
/// more.
fn mount(point: &str) -> Step {
    let proof = Proof::Mounted { point: point.to_owned() };
    let back = Back::by(Program::Umount, [point]);
    let run = ProgramRun::changes(Program::Mount, ["--options", "dirsync", point], proof, back);
    step(format!("{point} is mounted for the removal"), run).in_role(Role::Temporary)
}

fn unmount(point: &str) -> Step {
    let proof = Proof::NotMounted { point: point.to_owned() };
    let looks = ProgramRun::looks(Program::Umount, [point]);
    let run = ProgramRun { unless: Some(proof.clone()), proof: Some(proof), ..looks };
    step(format!("{point} is unmounted again"), run)
}

fn transaction(removal: &Removal, prune: &Prune, manager: Program, means: &Means) -> Vec<Step> {
    let release = &removal.release;
    let test = ["--erase", "--test"].into_iter().chain(removal.nvras.iter().map(String::as_str));
    let fixed = [
        "--assumeyes",
        "--disablerepo=*",
        // What was installed for the kernel and nobody else needs is not looked at: it may be needed by the operator.
        "--setopt=clean_requirements_on_remove=False",
        "remove",
    ];
    let remove = fixed.into_iter().chain(removal.nevras.iter().map(String::as_str));
    let whole = prune.keep.iter().map(|kept| kept.release.clone()).collect();
    let proof = SubjectProof::Kernels { gone: removal.nevras.clone(), whole };
    // A run that is finished later finds them gone.
    let are_gone = SubjectProof::Kernels { gone: removal.nevras.clone(), whole: Vec::new() };
    let nothing_else =
        ProgramRun { unless: Some(are_gone.into()), ..ProgramRun::looks(Program::Rpm, test).within(300) };
    let why = "packages come back only from where they came; run it again, once what failed is mended".to_owned();
    let mut steps = vec![
        step(format!("nothing else needs {release}"), nothing_else),
        step(
            format!("{} of {release} go, and every kernel that stays is whole", packages(removal)),
            ProgramRun::changes(manager, remove, proof, Back::Stays { why })
                .within(TRANSACTION)
                .writing(WRITTEN)
                .only_if(Guard::Removable { folder: "/boot".to_owned(), word: release.clone() }),
        )
        .in_role(Role::Permanent),
    ];
    steps.extend(means.default.as_ref().and_then(|default| default_stays(default, means)));
    steps
}

/// A package manager has been seen to leave the default pointing nowhere. It is set only where it moved.
fn default_stays(default: &DefaultEntry, means: &Means) -> Option<Step> {
    let release = default.entry.release.clone()?;
    let word = &default.word;
    let setter = means.default_setter?;
    let args = match setter {
        Program::Grubby => vec![format!("--set-default=/boot/vmlinuz-{release}")],
        _ => {
            vec![means.environment.clone()?, "set".to_owned(), format!("saved_entry={word}")]
        }
    };
    let proof = Proof::from(SubjectProof::BootDefault { release: release.clone() });
    let run = ProgramRun { unless: Some(proof.clone()), proof: Some(proof), ..ProgramRun::looks(setter, args) };
    let run = run.writing(WRITTEN);
    Some(step(format!("{release} is still started by default; set only if that moved"), run))
}

fn packages(removal: &Removal) -> String {
    match removal.nevras.len() {
        1 => "1 package".to_owned(),
        n => format!("{n} packages"),
    }
}

/// Nothing of kernels shows whether the node is upgraded already.
const LATER: &str = "the procedure removes old kernels after the upgrade: before it, they are what the node is started \
                     with where the new one fails";

fn notes(prune: &Prune) -> Vec<String> {
    let mut notes: Vec<String> = prune
        .keep
        .iter()
        .map(|kept| {
            let because: Vec<&str> = kept.because.iter().map(|because| because.word()).collect();
            format!("{} stays: {}", kept.release, because.join(", "))
        })
        .collect();
    for removal in &prune.remove {
        let boot = removal.bytes_boot.map_or("what is not known".to_owned(), |bytes| Bytes(bytes).to_string());
        notes.push(format!("{} holds {} of packages and {boot} in /boot", removal.release, Bytes(removal.bytes_root)));
    }
    if let (Some(now), Some(then)) = (prune.boot_free_bytes, prune.boot_free_bytes_after())
        && !prune.remove.is_empty()
    {
        notes.push(format!("free in /boot: {} now, {} afterwards", Bytes(now), Bytes(then)));
    }
    if !prune.remove.is_empty() {
        notes.push(LATER.to_owned());
    }
    notes.extend(prune.notes.iter().cloned());
    notes
}
