//! `kernel-old`: no kernel is left behind that is older than the newest.
//!
//! Removed after the upgrade, which brings a newer one: before it, the finding tells what will have to go. So it never
//! blocks.

use crate::base::units::Bytes;
use crate::subjects::kernels::facts::Kernel;
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("kernel-old");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "no kernel older than the newest is installed",
    why: "An old kernel takes room in /boot, and security scanners report it although it does not run.",
    fix: "After the upgrade and a restart, run: okv-host kernel-prune --apply",
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

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let (kernels, roles) = match inputs.running().and_then(|_| Ok((super::of(inputs)?, super::roles(inputs)?))) {
        Ok(both) => both,
        Err(finding) => return vec![*finding],
    };
    if roles.old.is_empty() {
        let measured = format!("of its family: {}; of others: {}", roles.newest.release, super::list(roles.others));
        return vec![
            inputs
                .finding(Verdict::Pass, "node", "no older kernel is installed")
                .measured(measured)
                .figures(Figures::of_count(0)),
        ];
    }
    let reboot = roles.running.evr < roles.newest.evr;
    let default = kernels.default_release();
    roles
        .old
        .iter()
        .map(|old| {
            let is_default = default == Some(old.release.as_str());
            let message = match (old.has_image, is_default) {
                (true, true) => "an old kernel, which the boot loader starts by default",
                (true, false) => "an old kernel, which the upgraded release may be flagged for",
                (false, _) => "what is left of a kernel that is gone",
            };
            // The procedure removes it after the upgrade, whose kernel is the newest then.
            let mut todo = String::from("After the upgrade, ");
            if is_default {
                todo.push_str("make the newest kernel the default, ");
            }
            if reboot {
                todo.push_str("restart the node with the newest kernel, ");
            }
            let then = if reboot || is_default { "then " } else { "" };
            let todo = Remedy::words(format!("{todo}{then}run: ")).run(super::PRUNE);
            let figures = Figures::of_bytes(bytes(old)).counted(roles.old.len());
            inputs
                .finding(Verdict::Warn, old.release.as_str(), message)
                .measured(packages(old))
                .figures(figures)
                .remedy(todo)
        })
        .collect()
}

fn bytes(kernel: &Kernel) -> u64 {
    kernel.packages.iter().filter_map(|package| package.bytes).fold(0, u64::saturating_add)
}

fn packages(kernel: &Kernel) -> String {
    let names: Vec<&str> = kernel.packages.iter().map(|package| package.name.as_str()).collect();
    let guests: Vec<String> = kernel.guests.iter().map(|package| package.nevra()).collect();
    let beside = if guests.is_empty() { String::new() } else { format!("; modules for it: {}", guests.join(", ")) };
    format!("{}, {} by rpm{beside}", names.join(", "), Bytes(bytes(kernel)))
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn an_older_kernel_beside_the_newest_is_old() {
        assert_found(
            &RULE,
            &Host::named("kernel-old"),
            str![[r#"
warn 4.14.35-2047.504.2.el7uek.x86_64
  message: an old kernel, which the upgraded release may be flagged for
  measured: kernel-uek, kernel-uek-devel, 126877696 B (121.00 MiB) by rpm
  remedy: After the upgrade, run: okv-host kernel-prune

"#]],
        );
    }

    #[test]
    fn the_running_kernel_is_not_old_though_newer_ones_are_installed() {
        assert_found(
            &RULE,
            &Host::named("kernel-reboot-first"),
            str![[r#"
warn 5.4.17-2136.304.4.5.el7uek.x86_64
  message: an old kernel, which the upgraded release may be flagged for
  measured: kernel-uek, kernel-uek-devel, 126877696 B (121.00 MiB) by rpm
  remedy: After the upgrade, restart the node with the newest kernel, then run: okv-host kernel-prune

"#]],
        );
    }

    #[test]
    fn no_kernel_is_known_to_be_old_while_the_running_one_is_of_no_package() {
        assert_found(
            &RULE,
            &Host::named("kernel-running-unowned"),
            str![[r#"
unknown node
  message: the running kernel 5.4.17-2136.304.4.5.el7uek.x86_64 is of no installed package, so that no old one can be identified
  remedy: Restart the node with an installed kernel.

"#]],
        );
    }

    #[test]
    fn no_kernel_is_known_to_be_old_where_rpm_does_not_answer() {
        assert_found(
            &RULE,
            &Host::named("rpm-not-asked"),
            str![[r#"
unknown node
  message: kernels could not be judged: a saved host has no rpm to ask, and there is no /rpm-qa.txt

"#]],
        );
    }
}
