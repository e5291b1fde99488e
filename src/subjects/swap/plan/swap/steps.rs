//! The steps on the swap volume: a temporary one first where memory is short; off, larger, formatted with its old
//! identity, on again.

use super::{Identity, Need, Temporary};
use crate::base::units::GIB;
use crate::disk::format::content::Kind;
use crate::disk::new_swap;
use crate::engine::{Action, Back, Guard, ProgramRun, Proof, Refusal, Role, Step, SwapHeader};
use crate::host::Probed;
use crate::io::tool::Program;
use crate::subjects::swap::facts::{Growth, TEMPORARY};
use crate::subjects::swap::plan::group::{System, TAG};
use crate::subjects::swap::plan::remembered::sectors;
use crate::subjects::swap::plan::{Request, refuse, step};

/// Pages of a full area come back in this time, in seconds.
const SWAPOFF_LIMIT: u64 = 1800;
/// swapon(8) discards the whole area first where fstab asks for that: seconds for each GiB, beside those of any
/// program.
const DISCARD_LIMIT: u64 = 10;

pub(crate) fn steps(
    growth: &Growth,
    request: &Request,
    system: &System<'_>,
    need: &Need,
) -> Result<Vec<Step>, Refusal> {
    let mut steps = Vec::new();
    if need.kernel.is_suspended {
        steps.push(resume(request));
    }
    if need.clears_temporary() {
        // Nothing was ever swapped to it in this run: an undo does not need it.
        if may_have_header(system) {
            steps.extend(ready(growth, request, system, Back::Needless));
            let area = format!("/dev/{}/{TEMPORARY}", request.group);
            let purpose = "the temporary swap volume that was left over loses its header";
            steps.push(Step::new(purpose, Action::ClearSwapHeader { area }));
        }
        steps.push(step(TEMPORARY_GOES, remove_temporary(request, Back::Needless)));
    } else if let Some(extents) = need.temporary_extents {
        steps.extend(temporary(growth, request, system, extents, need));
    }
    if need.off {
        steps.push(swap_off(request, need));
    }
    if need.grows() {
        steps.push(resize(request, system, need));
    } else if need.kernel.may_be_smaller && (need.format || need.on) {
        steps.push(refresh(request, need));
    }
    if need.format {
        steps.push(format(growth, request, system, need)?);
    }
    if need.on {
        steps.push(swap_on(request, system, need));
    }
    if need.temporary == Temporary::Used || need.temporary_extents.is_some() {
        let area = format!("/dev/{}/{TEMPORARY}", request.group);
        let run = ProgramRun::changes(
            Program::Swapoff,
            [&area],
            Proof::SwapUnused { area: area.clone() },
            Back::by(Program::Swapon, [&area]),
        );
        let guard = Guard::RoomForPages { area: area.clone(), margin_kib: need.margin_kib.max(64 << 10) };
        steps.push(step("the temporary swap volume gives its pages back", run.within(SWAPOFF_LIMIT).only_if(guard)));
        let back = Back::Stays { why: "it held nothing but pages, which went back".into() };
        steps.push(step(TEMPORARY_GOES, remove_temporary(request, back)).in_role(Role::Permanent));
    }
    Ok(steps)
}

/// Whether the temporary volume that was left over may begin with a swap header, or a part of one. Where its extents
/// began something else before, no mkswap ran.
fn may_have_header(system: &System<'_>) -> bool {
    let volume = system.group.logical_volumes.iter().find(|volume| volume.name == TEMPORARY);
    let kind = volume.and_then(|volume| volume.content.as_ref()).map(|content| content.kind);
    matches!(kind, None | Some(Kind::Swap | Kind::Blank | Kind::Unknown))
}

fn temporary(growth: &Growth, request: &Request, system: &System<'_>, extents: u64, need: &Need) -> Vec<Step> {
    let (area, name) = (format!("/dev/{}/{TEMPORARY}", request.group), format!("{}/{TEMPORARY}", request.group));
    let mut steps = Vec::new();
    let whole = system.temporary_extents.unwrap_or(0).saturating_add(extents);
    let count = whole.to_string();
    let proof = Proof::Extents { group: request.group.clone(), volume: TEMPORARY.into(), extents: whole };
    let gone = Back::by(Program::Lvremove, ["--yes", &name]);
    if need.temporary == Temporary::None {
        let args = ["--extents", &count, "--name", TEMPORARY, "--addtag", TAG, "--wipesignatures", "n", &request.group];
        steps.push(step(
            "a temporary swap volume is made",
            ProgramRun::changes(Program::Lvcreate, args, proof.clone(), gone.clone()),
        ));
    } else {
        steps.extend(ready(growth, request, system, gone.clone()));
    }
    if need.temporary != Temporary::None && extents > 0 {
        let args = ["--extents", &count, &name];
        steps.push(step(
            "the temporary swap volume that was left over is made large enough",
            ProgramRun::changes(Program::Lvresize, args, proof.clone(), gone.clone()),
        ));
    }
    // The kernel proves the header in the next step. On the way back it goes before its volume: a disk that is given
    // back has nothing on it that looks like somebody's.
    let blank = Back::Bytes { path: area.clone(), bytes: Vec::new(), of: SwapHeader::PAGE };
    let format = ProgramRun::changes(Program::Mkswap, [&area], proof, blank);
    steps.push(step("the temporary volume gets a swap header", format));
    let bytes = system.group.extent_bytes.saturating_mul(whole);
    let used = Proof::SwapUsed { area: area.clone(), bytes, priority: None };
    let run = ProgramRun::changes(Program::Swapon, [&area], used, Back::by(Program::Swapoff, [&area]));
    steps.push(step("the kernel swaps to the temporary volume too", run));
    steps
}

/// A temporary volume of which LVM2 was cut off: the kernel does not have it yet, or not all of it.
fn ready(growth: &Growth, request: &Request, system: &System<'_>, back: Back) -> Option<Step> {
    let (name, extents) = (format!("{}/{TEMPORARY}", request.group), system.temporary_extents.unwrap_or(0));
    let bytes = system.group.extent_bytes.saturating_mul(extents);
    let args = match &growth.temporary_device {
        Probed::Absent => vec!["--activate", "y", &name],
        Probed::Known(device) if device.is_suspended || device.bytes < bytes => vec!["--refresh", &name],
        Probed::Known(_) | Probed::Unreadable(_) => return None,
    };
    let proof = Proof::Extents { group: request.group.clone(), volume: TEMPORARY.into(), extents };
    let run = ProgramRun::changes(Program::Lvchange, args, proof, back);
    Some(step("the kernel takes the temporary swap volume that was left over as LVM2 has it", run))
}

/// The volume is resumed with what the kernel was given last. That can be an older table than that of the metadata:
/// LVM2 loads no other one for a volume that is suspended already.
fn resume(request: &Request) -> Step {
    let name = request.name();
    let look = ProgramRun::looks(Program::Lvchange, ["--refresh", &name]);
    step(format!("{name} is resumed"), ProgramRun { back: Back::Needless, ..look })
}

/// The kernel loads the table of the metadata.
fn refresh(request: &Request, need: &Need) -> Step {
    let name = request.name();
    let proof = Proof::Extents { group: request.group.clone(), volume: request.volume.clone(), extents: need.have };
    let run = ProgramRun::changes(Program::Lvchange, ["--refresh", &name], proof.clone(), Back::Needless);
    let run = ProgramRun { unless: Some(proof), ..run };
    step(format!("the kernel takes {name} as LVM2 has it"), run)
}

const TEMPORARY_GOES: &str = "the temporary swap volume goes away";

fn remove_temporary(request: &Request, back: Back) -> ProgramRun {
    let name = format!("{}/{TEMPORARY}", request.group);
    let proof = Proof::NoVolume { group: request.group.clone(), volume: TEMPORARY.into() };
    ProgramRun::changes(Program::Lvremove, ["--yes", &name], proof, back)
}

fn swap_on_args(request: &Request, identity: &Identity) -> Vec<String> {
    let mut args = Vec::new();
    if let Some(priority) = identity.priority {
        args.extend(["--priority".to_owned(), priority.to_string()]);
    }
    args.extend(identity.discard.iter().map(|discard| format!("--{discard}")));
    args.push(request.device());
    args
}

fn swap_off(request: &Request, need: &Need) -> Step {
    let area = request.device();
    let back = swap_on_args(request, &need.identity);
    let run = ProgramRun::changes(
        Program::Swapoff,
        [&area],
        Proof::SwapUnused { area: area.clone() },
        Back::by(Program::Swapon, back),
    );
    let guard = Guard::RoomForPages { area, margin_kib: need.margin_kib };
    let purpose = format!("the kernel stops swapping to {}", request.name());
    step(purpose, run.within(SWAPOFF_LIMIT).only_if(guard)).in_role(Role::MustBeRestored)
}

fn resize(request: &Request, system: &System<'_>, need: &Need) -> Step {
    let (name, extents) = (request.name(), need.extents.to_string());
    let mut args = vec!["--extents", &extents];
    if system.is_striped {
        // One new disk has room for one stripe.
        args.extend(["--stripes", "1"]);
    }
    args.push(&name);
    let proof = Proof::Extents { group: request.group.clone(), volume: request.volume.clone(), extents: need.extents };
    let why = format!("{name} stays larger, which harms nothing: its old header still limits the swap to its old size");
    let purpose = format!("{name} grows from {} to {extents} extents", need.have);
    step(purpose, ProgramRun::changes(Program::Lvresize, args, proof, Back::Stays { why }).within(120))
        .in_role(Role::Permanent)
}

fn format(growth: &Growth, request: &Request, system: &System<'_>, need: &Need) -> Result<Step, Refusal> {
    let (area, identity) = (request.device(), &need.identity);
    let bytes = system.group.extent_bytes.saturating_mul(need.extents);
    let page = new_swap::page(bytes, identity.uuid, identity.label.as_deref());
    let page = page.map_err(|why| refuse("swap-header", format!("{area}: {why}"), "make it swap by hand"))?;
    let remembered = || request.remembered.as_ref()?.header.clone();
    let Some(before) = growth.swap_header.known().map(|page| sectors(page)).or_else(remembered) else {
        let message = format!("the header of {area} could not be read, and could not be put back");
        return Err(refuse("swap-header", message, "look at okv-host scan"));
    };
    let header = SwapHeader {
        area,
        bytes,
        uuid: identity.uuid.to_string(),
        label: identity.label.clone(),
        page: sectors(&page),
        before,
        flushed: Vec::new(), // see `durable`
    };
    let purpose = format!("{} gets a swap header of its size, with the UUID it had", request.name());
    Ok(Step::new(purpose, Action::WriteSwapHeader(header)))
}

fn swap_on(request: &Request, system: &System<'_>, need: &Need) -> Step {
    let args = swap_on_args(request, &need.identity);
    let bytes = if need.format {
        system.group.extent_bytes.saturating_mul(need.extents)
    } else {
        system.volume.content.as_ref().and_then(|content| content.bytes).unwrap_or_default()
    };
    let proof = Proof::SwapUsed { area: request.device(), bytes, priority: need.identity.priority };
    let back = Back::Stays { why: "the node swaps to it".into() };
    let limit = (bytes / GIB).saturating_mul(DISCARD_LIMIT).saturating_add(60);
    let run = ProgramRun::changes(Program::Swapon, args, proof, back).within(limit);
    step(format!("the kernel swaps to {}", request.name()), run).in_role(Role::Restores)
}
