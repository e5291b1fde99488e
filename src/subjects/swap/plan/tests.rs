use super::{Request, plan};
use crate::engine::{Action, Plan, Reason, Step};
use crate::subjects::swap::facts::Growth;
use node::request;

mod bad_pages;
mod caches;
mod disks;
mod encrypted;
mod gathered;
mod kernel;
mod memory;
pub(crate) mod node;
mod programs;
mod refusals;
mod resume;
mod roles;
mod temporary;

/// The plan, made twice: it must be the same.
fn planned(growth: &Growth, request: &Request) -> Plan {
    let first = plan(growth, request).unwrap();
    assert_eq!(plan(growth, request).unwrap(), first, "a plan that is made twice is the same plan");
    first
}

/// The one reason of a refusal; each says what would lift it.
fn refused(growth: &Growth, request: &Request) -> Reason {
    let refusal = plan(growth, request).map(|plan| plan.steps).unwrap_err();
    assert_eq!(plan(growth, request).unwrap_err(), refusal, "a refusal that is made twice is the same");
    let [reason] = <[Reason; 1]>::try_from(refusal.reasons).unwrap();
    assert!(!reason.message.is_empty() && !reason.remedy.is_empty(), "{reason:?}");
    reason
}

/// A step in one word and what follows the program's name.
fn shown(step: &Step) -> String {
    match &step.action {
        Action::WriteTable(table) => format!("write {} {}", table.kind.word(), table.disk.path),
        Action::AddPartition(partition) => format!("tell {} {}", partition.disk, partition.number),
        Action::SwitchCaches(switches) => {
            let each = |switch: &crate::engine::CacheSwitch| format!("{} {}", switch.disk.path, switch.to);
            switches.iter().map(each).collect::<Vec<_>>().join(", ")
        }
        Action::ClearHalfMade { device } => format!("clear {device}"),
        Action::ClearSwapHeader { area } => format!("clear {area}"),
        Action::WriteSwapHeader(header) => {
            format!("swap header {} {} {}", header.uuid, header.label.as_deref().unwrap_or("-"), header.area)
        }
        Action::Run(run) => run.command.to_string().replace("/usr/sbin/", "").replace("/usr/bin/", ""),
        Action::Rename { from, .. } => format!("rename {from}"),
        Action::Copy(copy) => format!("copy {}", copy.from),
        Action::Follow(follow) => format!("follow {}", follow.log),
    }
}

fn argv(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(shown).collect()
}

fn pressed() -> Request {
    Request { temporary_swap: true, ..request() }
}

/// With `discard` in fstab, swapon(8) discards the whole area first, which can take minutes.
#[test]
fn the_last_swapon_has_ten_seconds_for_each_gib() {
    let plan = planned(&node::Node::small().growth(), &request());
    let last = plan.steps.iter().rev().find(|step| shown(step).starts_with("swapon")).unwrap();
    let Action::Run(run) = &last.action else { panic!("{last:?}") };
    let Some(crate::engine::Proof::SwapUsed { bytes, .. }) = &run.proof else { panic!("{last:?}") };
    assert_eq!(run.limit_seconds, 60 + 10 * (bytes >> 30));
    assert!(run.limit_seconds > 60, "{bytes} bytes");
}
