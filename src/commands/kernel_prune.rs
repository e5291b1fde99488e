//! `okv-host kernel-prune`.

use anyhow::{Result, anyhow, bail};

use super::answer::Asked;
use super::change;
use super::judged::root_at;
use super::recorded::last_run_on;
use super::saved_host::ELSEWHERE;
use super::surroundings::Surroundings;
use crate::base::parallel;
use crate::cli::KernelPrune;
use crate::engine::{ExitStatus, Plan, Reason, RecordedRun, Refusal};
use crate::host::{Node, Probed, Root, Setup};
use crate::io::tool::Program;
use crate::subjects::boot::{Loader, unmounted};
use crate::subjects::kernels::Kernels;
use crate::subjects::kernels::facts::{self, erasure, installed, read_only, with_unmounted};
use crate::subjects::kernels::plan::{
    COMMAND, Means, Request, UNKNOWN, has_removed, left_default, left_mounted, plan, start_reasons, steps,
};
use crate::subjects::next_start::Images;

pub(super) fn run(args: &KernelPrune, around: Surroundings) -> Result<ExitStatus> {
    let root = root_at(args.root.as_deref())?;
    let request = Request { keep: args.keep.clone(), has_removed: false };
    let planner = || planned(&root, &request, around);
    let asked = Asked { args: &args.change, root: &root, profile: None };
    if args.root.is_some() {
        return change::show_plan(COMMAND, asked, planner()?, Some(ELSEWHERE));
    }
    change::run(COMMAND, asked, around, &planner)
}

pub(super) fn planned(root: &Root, request: &Request, around: Surroundings) -> Result<Result<Plan, Refusal>> {
    let (installed, node) = parallel::both(|| installed(root, &root.runner(around.runner)), || Node::gather(root));
    let (Some(setup), Some(running)) = (&node.setup, &node.running) else { bail!("this host was not read") };
    let kernels = facts::gather(root, setup, &running.cmdline, installed, &Images::default());
    let kernels = with_unmounted(root, &node, kernels).map_err(|why| anyhow!(why))?;
    let unfinished = last_run_on(root, COMMAND)?.filter(RecordedRun::is_unfinished);
    let request = &Request { has_removed: unfinished.as_ref().is_some_and(has_removed), ..request.clone() };
    let prune = match plan(&kernels, request) {
        Ok(prune) => prune,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // A directory that stands for a host may have no disks that could be read.
    let counts = |reason: &Reason| root.has_answers() || reason.id != UNKNOWN;
    let reasons: Vec<Reason> = start_reasons(&kernels, request, &prune, &node).into_iter().filter(counts).collect();
    if !reasons.is_empty() {
        return Ok(Err(Refusal { reasons }));
    }
    // A directory that stands for a host has no rpm that could be asked.
    let runner = root.runner(around.runner);
    let ask = |nvras: &[String]| if root.has_answers() { erasure(&runner, nvras) } else { Probed::Known(Vec::new()) };
    let erasures = prune.remove.iter().map(|removal| ask(&removal.nvras)).collect();
    Ok(steps(&prune, &Means { erasures, ..means(root, &node, setup, &kernels, unfinished.as_ref()) }))
}

fn means(root: &Root, node: &Node, setup: &Setup, kernels: &Kernels, unfinished: Option<&RecordedRun>) -> Means {
    let is_there = |program: &Program| {
        program.paths().iter().any(|path| root.at(path).is_ok_and(|place| matches!(place.kind(), Probed::Known(_))))
    };
    // What a fixture host has of programs is not known: the plan is that of a node of el8.
    let of = |programs: [Program; 2]| match root.has_answers() {
        true => programs.into_iter().find(is_there),
        false => programs.into_iter().next(),
    };
    let loader = kernels.seen_boot().and_then(|seen| seen.loader.known());
    Means {
        manager: of([Program::Dnf, Program::Yum]),
        default_setter: of([Program::Grubby, Program::GrubEditenv]),
        mounts: unmounted(setup).into_iter().map(str::to_owned).collect(),
        left_mounted: unfinished.map(|run| left_mounted(run, node)).unwrap_or_default(),
        left_default: unfinished.and_then(|run| left_default(run, kernels)),
        read_only: read_only(setup),
        erasures: Vec::new(),
        default: loader.and_then(|loader| loader.default.known().cloned()),
        environment: loader.map(Loader::environment),
    }
}
