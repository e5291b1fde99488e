//! `okv-host stage`.

use std::cell::RefCell;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use super::judged::{facts_of, judged, profile};
use super::progress::Progress;
use super::recorded::last_run_of;
use super::surroundings::Surroundings;
use super::usage_error::UsageError;
use super::{change, gate};
use crate::base::digest::{Sha256, sum_of};
use crate::cli::Stage;
use crate::engine::{ExitStatus, Plan, Refusal, part_of};
use crate::host::Root;
use crate::io::sys;
use crate::io::tool::Program;
use crate::profile::Profile;
use crate::subjects::media::facts::staging::still_there;
use crate::subjects::media::plan::{COMMAND, Means, Request, Sums, is_cleaned, needs_sums, obstacles, plan, target};
use crate::subjects::media::rules::{images_mount, iso_space};
use crate::subjects::media::{Mounted, Staging};
use crate::subjects::rule::RuleId;

/// The rules that the plan judges itself, with the ISO at hand.
const OWN: &[RuleId] = &[iso_space::ID, images_mount::ID];

pub(super) fn run(args: &Stage, around: Surroundings) -> Result<ExitStatus> {
    let profile = profile(&args.judge.profile)?;
    let iso = named(&args.iso)?;
    if !sys::is_root() {
        bail!("looking at the disks of this host takes root");
    }
    let known = Known::default();
    change::run(COMMAND, &args.change, around, &|| planned(args, &profile, &iso, &known))
}

/// The file that was named, by its absolute path with every link followed.
fn named(iso: &Path) -> Result<String> {
    let usage = |why: String| UsageError(format!("{}: {why}", iso.display()));
    let path = fs::canonicalize(iso).map_err(|e| usage(e.to_string()))?;
    match path.to_str() {
        _ if !path.is_file() => Err(usage("it is no regular file".into()).into()),
        Some(path) if path.chars().any(char::is_control) => Err(usage("its path has control characters".into()).into()),
        Some(path) => Ok(path.to_owned()),
        None => Err(usage("its path is no text".into()).into()),
    }
}

fn planned(args: &Stage, profile: &Profile, iso: &str, known: &Known) -> Result<Result<Plan, Refusal>> {
    let (root, places) = (Root::live(), &profile.places);
    let facts = facts_of(&root, places, &args.judge);
    let findings = judged(&facts, profile, &args.judge)?.findings;
    let (Some(running), Some(subjects)) = (&facts.node.running, &facts.subjects) else {
        bail!("this host was not looked at");
    };
    let iso = still_there(&root, iso, places);
    let staging =
        Staging::gather(&root, subjects.media.space.clone(), places, &iso, part_of).map_err(|why| anyhow!(why))?;
    let request = Request { sha256: args.sha256 };
    let is_there = |program: &Program| program.paths().iter().any(|path| Path::new(path).exists());
    let means = Means {
        blocked: gate::blocks(&findings, OWN),
        cleaner: [Program::Yum, Program::Dnf].into_iter().find(is_there),
        is_cleaned: is_cleaned(last_run_of(COMMAND)?.as_ref(), &target(&staging, places)),
        mounted: Mounted::of(&staging, places, running).map_err(|why| anyhow!(why))?,
        release: profile.release.clone(),
    };
    // What takes minutes comes last, and only where nothing is in the way.
    let reasons = obstacles(&staging, places, &means);
    if !reasons.is_empty() {
        return Ok(Err(Refusal { reasons }));
    }
    let (of_iso, of_there) = needs_sums(&staging, &request);
    let sums = Sums {
        iso: if of_iso { Some(known.sum(&staging.iso.path)?) } else { None },
        there: if of_there { Some(known.sum(&staging.target)?) } else { None },
    };
    Ok(plan(&staging, places, &request, &means, &sums))
}

/// Sums of files that stay as they are: a plan is made several times in a run.
#[derive(Default)]
struct Known(RefCell<Vec<(Identity, Sha256)>>);

/// What a file is told by: device, inode, size, and when it was changed, in seconds and nanoseconds.
type Identity = (u64, u64, u64, i64, i64);

impl Known {
    fn sum(&self, path: &str) -> Result<Sha256> {
        let place = PathBuf::from(path);
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
