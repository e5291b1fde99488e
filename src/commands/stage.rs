//! `okv-host stage`.

use std::cell::RefCell;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::answer::Asked;
use super::defaults;
use super::judged::{facts_of, judged, root_at};
use super::planned_changes::{JudgedHost, planned_changes};
use super::progress::Progress;
use super::recorded::last_run_on;
use super::saved_host::{ELSEWHERE, has_program};
use super::surroundings::Surroundings;
use super::target::Target;
use super::usage_error::UsageError;
use super::{change, gate};
use crate::base::cause::cause;
use crate::base::digest::{Sha256, sum_of};
use crate::cli::Stage;
use crate::engine::{ExitStatus, Plan, Refusal, part_of};
use crate::host::{Probed, Root};
use crate::io::tool::Program;
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::media::facts::iso::SUM;
use crate::subjects::media::facts::staging::still_there;
use crate::subjects::media::plan::{COMMAND, Means, Request, Sums, is_cleaned, needs_sums, obstacles, plan, target};
use crate::subjects::media::rules::{images_mount, iso_space};
use crate::subjects::media::{Mounted, Staging};
use crate::subjects::rule::RuleId;

/// The rules that the plan judges itself, with the ISO at hand.
const OWN: &[RuleId] = &[iso_space::ID, images_mount::ID];

pub(super) fn run(args: &Stage, around: Surroundings) -> Result<ExitStatus> {
    let target = Target::asked(args.judge.profile.as_deref())?;
    let root = root_at(args.root.as_deref())?;
    let iso = named(&root, &args.iso)?;
    let profile = target.with_iso(&root, &iso)?;
    if !args.change.talk.quiet {
        defaults::show(&root, &args.judge);
    }
    let known = Known::default();
    let planner = || planned(&root, args, &profile, &iso, (&known, around));
    let asked = Asked { args: &args.change, root: &root, profile: Some(&profile) };
    if args.root.is_some() {
        return change::show_plan(COMMAND, asked, planner()?, Some(ELSEWHERE));
    }
    change::run(COMMAND, asked, around, &planner)
}

/// The file that was named, by its absolute path with every link followed; on a saved host, by its path there.
fn named(root: &Root, iso: &Path) -> Result<String> {
    let usage = |why: String| UsageError(format!("{}: {why}", iso.display()));
    if !root.is_live() {
        let place = iso.to_str().ok_or_else(|| "its path is no text".to_owned()).and_then(|path| root.at(path));
        let place = place.map_err(usage)?;
        return match place.metadata() {
            Probed::Known(meta) if meta.is_file() => Ok(place.host_path()),
            Probed::Known(_) => Err(usage("it is no regular file".into()).into()),
            Probed::Absent => Err(usage("there is no such file in the folder of --root".into()).into()),
            Probed::Unreadable(why) => Err(UsageError(why).into()),
        };
    }
    let path = fs::canonicalize(iso).map_err(|e| usage(cause(&e)))?;
    match path.to_str() {
        _ if !path.is_file() => Err(usage("it is no regular file".into()).into()),
        Some(path) if path.chars().any(char::is_control) => Err(usage("its path has control characters".into()).into()),
        Some(path) => Ok(path.to_owned()),
        None => Err(usage("its path is no text".into()).into()),
    }
}

fn planned(
    root: &Root,
    args: &Stage,
    profile: &Profile,
    iso: &str,
    (known, around): (&Known, Surroundings),
) -> Result<Result<Plan, Refusal>> {
    let places = &profile.places;
    let facts = facts_of(root, profile, &args.judge)?;
    let findings = judged(Some(root), &facts, profile, &args.judge)?.findings;
    let Some(subjects) = &facts.subjects else {
        bail!("this host was not read");
    };
    let iso = still_there(root, iso, places);
    // A saved host cannot be asked for its free space.
    let space = if root.has_answers() { subjects.media.space.clone() } else { Probed::Absent };
    let staging = Staging::gather(root, space, places, &iso, part_of).map_err(|why| anyhow!(why))?;
    let request = Request { sha256: args.sha256 };
    let host = JudgedHost { root, facts: &facts, findings: &findings, profile, judge: &args.judge, around };
    let means = Means {
        blocked: gate::blocks(&findings, || planned_changes(&host), OWN),
        cleaner: cleaner(root),
        is_cleaned: root.has_answers() && is_cleaned(last_run_on(root, COMMAND)?.as_ref(), &target(&staging, places)),
        mounted: Mounted::of(&staging, places, &facts.node).map_err(|why| anyhow!(why))?,
        release: profile.release.clone(),
    };
    // What takes minutes comes last, and only where nothing is in the way.
    let reasons = obstacles(&staging, places, &means);
    if !reasons.is_empty() {
        return Ok(Err(Refusal { reasons }));
    }
    let (of_iso, of_there) = needs_sums(&staging, &request);
    let sums = Sums {
        iso: if of_iso { Some(known.sum(root, &staging.iso.path)?) } else { None },
        there: if of_there { Some(known.sum(root, &staging.target)?) } else { None },
    };
    let mut planned = plan(&staging, places, &request, &means, &sums);
    if let (Ok(plan), false) = (&mut planned, root.has_answers()) {
        plan.notes.push(format!("the free space in {} is not known: this is a saved host", places.iso_folder));
    }
    Ok(planned)
}

/// Looks at what a plan looks at for each ISO in the folder.
pub(super) fn look(root: &Root, profile: &Profile, facts: &Facts) {
    let isos = facts.subjects.as_ref().and_then(|subjects| subjects.media.isos.known());
    for iso in isos.into_iter().flat_map(|isos| &isos.here) {
        let _ = named(root, Path::new(&iso.path));
        let iso = still_there(root, &iso.path, &profile.places);
        let _ = Staging::gather(root, Probed::Absent, &profile.places, &iso, part_of);
    }
    let _ = (last_run_on(root, COMMAND), cleaner(root));
}

/// What empties the cache. What a saved host has of programs is not known: the plan is that of a node.
fn cleaner(root: &Root) -> Option<Program> {
    let mut all = [Program::Yum, Program::Dnf].into_iter();
    if root.has_answers() { all.find(|program| has_program(root, *program)) } else { all.next() }
}

/// Sums of files that stay as they are: a plan is made several times in a run.
#[derive(Default)]
struct Known(RefCell<Vec<(Identity, Sha256)>>);

/// What a file is told by: device, inode, size, and when it was changed, in seconds and nanoseconds.
type Identity = (u64, u64, u64, i64, i64);

impl Known {
    fn sum(&self, root: &Root, path: &str) -> Result<Sha256> {
        let place = root.at(path).map_err(|why| anyhow!(why))?;
        if root.is_capture() {
            let sum: Result<Option<Sha256>, String> = place.answer(SUM, || Ok(None)).map_err(|why| anyhow!(why))?;
            return sum.map_err(|why| anyhow!(why))?.ok_or_else(|| anyhow!("{path}: it was not read"));
        }
        let place = place.real_path();
        let file = File::open(&place).with_context(|| path.to_owned())?;
        let meta = file.metadata().with_context(|| path.to_owned())?;
        let identity = (meta.dev(), meta.ino(), meta.len(), meta.ctime(), meta.ctime_nsec());
        if let Some((_, sum)) = self.0.borrow().iter().find(|(known, _)| *known == identity) {
            return Ok(*sum);
        }
        let mut progress = Progress::default();
        let sum = sum_of(file, &mut |read| {
            progress.report("read for its checksum", read, meta.len());
            ControlFlow::Continue(())
        });
        let sum = sum.with_context(|| path.to_owned())?.ok_or_else(|| anyhow!("{path}: it was not read"))?;
        self.0.borrow_mut().push((identity, sum));
        Ok(sum)
    }
}
