//! `okv-host swap-extend`.

use std::io::{self, Write};

use anyhow::{Context, Result, bail};

use super::answer::{Asked, show};
use super::change::{self, take_host};
use super::columns::of_stdout;
use super::judged::root_at;
use super::made;
use super::recorded::last_run_on;
use super::saved_host::ELSEWHERE;
use super::surroundings::Surroundings;
use super::target;
use super::usage_error::UsageError;
use crate::base::units::{MIB, TIB};
use crate::cli::{PlainFormat, SwapExtend};
use crate::engine::{ExitStatus, Plan, RecordedRun, Refusal};
use crate::host::Root;
use crate::host::machine_id::Identities;
use crate::io::sys;
use crate::profile::Profile;
use crate::report::{self, PlanReport};
use crate::subjects::disks::record_inventory;
use crate::subjects::disks::{INVENTORY, Inventory, Known};
use crate::subjects::next_start::menu;
use crate::subjects::swap::facts::{gather, gather_saved};
use crate::subjects::swap::plan::{COMMAND, Request, disk_to_add, left_off, plan};
use crate::subjects::swap::{DiskState, Growth, Remembered, Wanted, broken_references};

/// Sizes of a swap area: its header counts pages of 4 KiB in 32 bits.
const SMALLEST: u64 = MIB;
const LARGEST: u64 = 16 * TIB;

pub(super) fn run(args: &SwapExtend, around: Surroundings) -> Result<ExitStatus> {
    let profile = target::named(&args.profile)?;
    if let Some(size) = args.size.filter(|size| !(SMALLEST..=LARGEST).contains(&size.0)) {
        return Err(UsageError(format!("--size {size}: a swap area has 1 MiB to 16 TiB")).into());
    }
    let root = root_at(args.root.as_deref())?;
    let link = args.disk.as_deref().filter(|disk| disk.starts_with('/'));
    let usual = usual(&profile);
    let request = Request {
        target_bytes: args.size.map_or(usual.target_bytes, |size| size.0),
        disk: args.disk.clone(),
        disk_path: link.and_then(|link| root.at(link).ok()).map(|place| place.host_path()),
        temporary_swap: args.temporary_swap,
        ..usual
    };
    let planner = || planned_by(&root, &request, around);
    let asked = Asked { args: &args.change, root: &root, profile: Some(&profile) };
    if args.prepare {
        return prepare(asked, &request, around);
    }
    if args.root.is_some() {
        return change::show_plan(COMMAND, asked, planner()?, Some(ELSEWHERE));
    }
    change::run(COMMAND, asked, around, &planner)
}

/// The request of who gives no option.
fn usual(profile: &Profile) -> Request {
    Request {
        group: profile.volume_group.clone(),
        volume: profile.swap_volume.clone(),
        target_bytes: profile.swap_bytes,
        disk: None,
        disk_path: None,
        temporary_swap: false,
        remembered: None,
        caches_off: Vec::new(),
    }
}

fn look(root: &Root, request: &Request, around: Surroundings) -> Growth {
    match root.has_answers() {
        true => gather(root, &root.runner(around.runner), &request.group, &request.volume),
        false => gather_saved(root, &request.group, &request.volume),
    }
}

fn planned_by(root: &Root, request: &Request, around: Surroundings) -> Result<Result<Plan, Refusal>> {
    let last = last_run_on(root, COMMAND)?;
    let unfinished = last.filter(RecordedRun::is_unfinished);
    let growth = look(root, request, around);
    let planned = plan(&growth, &going_on(request, unfinished.as_ref()));
    // In the middle of a run the area may have no header that a name could lead to.
    let is_whole = |plan: &Plan| unfinished.is_none() || plan.steps.is_empty();
    Ok(planned.and_then(|plan| if is_whole(&plan) { with_references(root, &growth, plan) } else { Ok(plan) }))
}

/// The plan without options.
pub(super) fn planned(root: &Root, profile: &Profile, around: Surroundings) -> Result<Result<Plan, Refusal>> {
    planned_by(root, &usual(profile), around)
}

/// The disk that `--prepare` would name.
pub(super) fn prepared(root: &Root, profile: &Profile, around: Surroundings) -> Result<Option<Wanted>, Refusal> {
    let request = usual(profile);
    disk_to_add(&look(root, &request, around), &request)
}

/// The plan where /etc/fstab and the default entry name swap that exists: before a run begins, and before it ends.
fn with_references(root: &Root, growth: &Growth, plan: Plan) -> Result<Plan, Refusal> {
    let reasons = broken_references(&growth.node, menu(root, &growth.node).known());
    if reasons.is_empty() { Ok(plan) } else { Err(Refusal { reasons }) }
}

/// The request with what an unfinished run knew.
fn going_on(request: &Request, run: Option<&RecordedRun>) -> Request {
    let steps = || run.into_iter().flat_map(|run| run.earlier.iter().map(|earlier| &earlier.step).chain(&run.steps));
    let standing = run.into_iter().flat_map(RecordedRun::changes);
    Request { remembered: Remembered::of(steps(), request), caches_off: left_off(standing), ..request.clone() }
}

/// Records the disks, where they are those of this host, and says which to add. It writes its own record and nothing
/// else.
fn prepare(asked: Asked<'_>, request: &Request, around: Surroundings) -> Result<ExitStatus> {
    let Asked { args, root, .. } = asked;
    let held = match root.is_live().then(|| take_host(around)).transpose()? {
        Some(None) => return Ok(ExitStatus::Locked),
        held => held.flatten(),
    };
    let growth = &look(root, request, around);
    let wanted = match disk_to_add(growth, request) {
        Ok(wanted) => wanted,
        Err(refusal) => {
            drop(held);
            show(asked, &PlanReport::of_refusal(COMMAND, &refusal))?;
            return Ok(ExitStatus::Blocked);
        }
    };
    let inventory = inventory(root, growth)?;
    let mut recorded_in = None;
    if let Some((host, _lock)) = held {
        record_inventory(&host, &inventory).with_context(|| format!("{INVENTORY} cannot be written"))?;
        recorded_in = Some(INVENTORY);
        // The lock ends here: a blocked terminal may make the answer wait.
    }
    let mut out = io::stdout().lock();
    match args.format {
        PlainFormat::Json => {
            report::prepare_json(&mut out, &inventory, wanted.as_ref(), &made::of_host(root, asked.profile))?;
        }
        PlainFormat::Text if args.talk.quiet => out.write_all(report::prepare_line(wanted.as_ref()).as_bytes())?,
        PlainFormat::Text => {
            out.write_all(report::prepare_text(&inventory, recorded_in, wanted.as_ref(), of_stdout()).as_bytes())?
        }
    }
    Ok(ExitStatus::Success)
}

fn inventory(root: &Root, growth: &Growth) -> Result<Inventory> {
    let known = |state: &DiskState| -> Result<Known> {
        let Some(identity) = state.identity.known() else {
            bail!("{}: its identity could not be read, which distinguishes it from a new disk", state.path);
        };
        let scanned = growth.node.disks.iter().find(|disk| disk.path == state.path);
        Ok(Known {
            path: state.path.clone(),
            bytes: state.bytes,
            wwn: identity.wwn.clone(),
            serial: identity.serial.clone(),
            table: scanned.and_then(|disk| disk.table.uuid).map(|id| id.to_string()),
        })
    };
    Ok(Inventory {
        schema: Inventory::SCHEMA.to_owned(),
        at: sys::seconds_since_1970(),
        machine: Identities::gather(root).machine.known().cloned(),
        memory_kib: growth.node.running.as_ref().and_then(|running| running.memory_kib.known().copied()),
        disks: growth.disks.iter().map(known).collect::<Result<_>>()?,
    })
}
