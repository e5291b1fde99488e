//! `kernel-old`: no kernel is left behind that is older than the newest.
//!
//! Removed after the upgrade, which brings a newer one: before it, the finding tells what will have to go. So it never blocks.

use crate::facts::kernel::Kernel;
use crate::rules::{Case, Finding, Rule, RuleId, Verdict, Waivable, kernel};
use crate::units::Bytes;

pub(crate) const ID: RuleId = RuleId::new("kernel-old");

pub(in crate::rules) const RULE: Rule = Rule {
    id: ID,
    title: "no kernel older than the newest is installed",
    why: "An old kernel takes room in /boot, and security scanners report it although it does not run.",
    required: |_| "none but the newest and the one that runs".into(),
    source: |p| p.kernel_source.clone(),
    inputs: &[
        "rpm (which packages are installed, and what they provide and contain)",
        "/proc/sys/kernel/osrelease",
        "the default entry of the boot loader",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.7-5", "7.7-7"],
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Finding> {
    let (kernels, standing) = match kernel::of(case).and_then(|kernels| Ok((kernels, kernel::standing(case)?))) {
        Ok(both) => both,
        Err(finding) => return vec![*finding],
    };
    if standing.old.is_empty() {
        let measured =
            format!("of its family: {}; of others: {}", standing.newest.release, kernel::list(standing.others));
        return vec![case.finding(Verdict::Pass, "node", "no older kernel is installed").measured(measured)];
    }
    let reboot = standing.running.evr < standing.newest.evr;
    let default = kernels.default_release();
    standing
        .old
        .iter()
        .map(|old| {
            let is_default = default == Some(old.release.as_str());
            let message = match (old.has_image, is_default) {
                (true, true) => "an old kernel, which the boot loader starts by default",
                (true, false) => "an old kernel, which the upgraded release may be flagged for",
                (false, _) => "what is left of a kernel that is gone",
            };
            let mut todo = Vec::new();
            if reboot {
                todo.push("reboot into the newest kernel");
            }
            if is_default {
                todo.push("make the newest kernel the default");
            }
            todo.push(kernel::PRUNE);
            case.finding(Verdict::Warn, old.release.as_str(), message)
                .measured(packages(old))
                .remedy(todo.join("; then "))
        })
        .collect()
}

fn packages(kernel: &Kernel) -> String {
    let bytes = kernel.packages.iter().filter_map(|package| package.bytes).fold(0, u64::saturating_add);
    let names: Vec<&str> = kernel.packages.iter().map(|package| package.name.as_str()).collect();
    let guests: Vec<String> = kernel.guests.iter().map(|package| package.nevra()).collect();
    let beside = if guests.is_empty() { String::new() } else { format!("; modules for it: {}", guests.join(", ")) };
    format!("{}, {} by rpm{beside}", names.join(", "), Bytes(bytes))
}
