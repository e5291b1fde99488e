//! `stage`: an upgrade ISO is brought to where the vendor's upgrade looks for it: copied into its folder, mounted
//! read-only, and the package manager's cache of its repository emptied.
//!
//! It refuses where the ISO is not whole or not the one of the sum that was given, where another file has its name,
//! where the copy would leave the node without room, and where something else is mounted at its place. It removes
//! nothing to make room.

use super::facts::staging::{Staging, There};
use super::mounted::Mounted;
use crate::base::digest::Sha256;
use crate::engine::{
    Action, Back, Ending, FileCopy, Plan, ProgramRun, Reason, RecordedRun, Refusal, RunState, Step, SubjectProof,
};
use crate::io::tool::Program;
use crate::profile::Places;
use crate::subjects::upgrade::PROGRAM;

mod obstacles;
#[cfg(test)]
mod tests;

pub use obstacles::obstacles;

pub const COMMAND: &str = "stage";
/// What describes its packages, in its ISO.
pub const REPOSITORY: &str = "upgrade.repo";
/// The cache of one repository is emptied in this time, in seconds.
const CLEAN: u64 = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// What the ISO sums up to, as its publisher says.
    pub sha256: Option<Sha256>,
}

/// With what it is done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Means {
    /// What is in the way of any upgrade of this node.
    pub blocked: Vec<Reason>,
    /// yum, or dnf; `None` where neither is there.
    pub cleaner: Option<Program>,
    /// What is mounted at the place of the ISO.
    pub mounted: Mounted,
    /// Whether the last run emptied the cache for this ISO.
    pub is_cleaned: bool,
    /// The release that the node is to be upgraded to.
    pub release: String,
}

/// Sums that are known; they take long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// That of the file that was named.
    pub iso: Option<Sha256>,
    /// That of the file which has its name.
    pub there: Option<Sha256>,
}

/// Which sums the plan needs: that of the file that was named, and of the one that has its name.
pub fn needs_sums(staging: &Staging, request: &Request) -> (bool, bool) {
    match staging.there {
        There::Nothing => (true, false),
        There::ItIs => (request.sha256.is_some(), false),
        // Another size is another file.
        There::File(bytes) => (bytes == staging.iso.bytes, bytes == staging.iso.bytes),
        There::NoFile => (false, false),
    }
}

/// The plan. Without steps where all is done.
///
/// # Errors
/// With everything that is in the way.
pub fn plan(
    staging: &Staging,
    places: &Places,
    request: &Request,
    means: &Means,
    sums: &Sums,
) -> Result<Plan, Refusal> {
    let mut reasons = obstacles(staging, places, means);
    reasons.extend(obstacles::sums(staging, request, sums));
    if !reasons.is_empty() {
        return Err(Refusal { reasons });
    }
    let mut steps: Vec<Step> = copy(staging, sums).into_iter().collect();
    let is_mounted = matches!(means.mounted, Mounted::This { .. });
    if !is_mounted {
        steps.push(mount(staging, places));
    }
    if !(is_mounted && steps.is_empty() && means.is_cleaned) {
        steps.extend(means.cleaner.map(|cleaner| clean(cleaner, places)));
    }
    Ok(Plan { command: COMMAND, target: target(staging, places), steps, notes: notes(staging, places, request, means) })
}

/// Whether the `last` run of this command reached `target`. Where another came since, the cache is emptied again, which
/// harms nothing.
pub fn is_cleaned(last: Option<&RecordedRun>, target: &str) -> bool {
    last.is_some_and(|run| run.state == RunState::Ended(Ending::Done) && run.target == target)
}

/// What a plan is for, in one sentence.
pub fn target(staging: &Staging, places: &Places) -> String {
    format!("{} is whole, and mounted read-only at {}", staging.target, places.iso_mount)
}

fn copy(staging: &Staging, sums: &Sums) -> Option<Step> {
    if staging.there != There::Nothing {
        return None;
    }
    let (from, to) = (staging.iso.path.clone(), staging.target.clone());
    let copy = FileCopy { from, to, bytes: staging.iso.bytes, sha256: sums.iso? };
    let purpose = format!("the ISO is copied to where it has to stay, SHA-256 {}", copy.sha256);
    Some(Step::new(purpose, Action::Copy(copy)))
}

fn mount(staging: &Staging, places: &Places) -> Step {
    let (iso, point) = (&staging.target, &places.iso_mount);
    let proof = SubjectProof::IsoMounted {
        iso: iso.clone(),
        point: point.clone(),
        has: vec![PROGRAM.to_owned(), REPOSITORY.to_owned()],
    };
    let args = ["-o", "loop,ro", iso, point];
    let run = ProgramRun::changes(Program::Mount, args, proof, Back::by(Program::Umount, [point]));
    Step::new(format!("{point} shows the upgrade, read-only"), Action::Run(run))
}

fn clean(cleaner: Program, places: &Places) -> Step {
    let repository = format!("{}/{REPOSITORY}", places.iso_mount);
    let run = ProgramRun::looks(cleaner, ["-c", &repository, "clean", "all"]).within(CLEAN);
    let run = ProgramRun { back: Back::Needless, ..run };
    Step::new("what the package manager remembers of an earlier ISO is forgotten", Action::Run(run))
}

fn notes(staging: &Staging, places: &Places, request: &Request, means: &Means) -> Vec<String> {
    let mut notes = vec![format!("the ISO stays in {} until the upgraded node has started again", places.iso_folder)];
    if request.sha256.is_none() {
        notes.push(match staging.there {
            There::Nothing => "without --sha256, only that the copy is the same as its source is proved".to_owned(),
            _ => "without --sha256, only that no byte of its volume is missing is proved".to_owned(),
        });
    }
    if let Mounted::Own(source) = &means.mounted {
        notes.push(format!("{} hides {source}, which is mounted there", places.iso_mount));
    }
    if !matches!(staging.there, There::ItIs) {
        notes.push(format!("{} is not needed once it is staged", staging.iso.path));
    }
    notes
}
