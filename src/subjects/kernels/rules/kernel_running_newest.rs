//! `kernel-running-newest`: the kernel that runs is the newest one installed.
//!
//! A node that was not started since its kernel was updated may not come up with it; better now than in the upgrade. A
//! warning: the procedure itself starts the node again.

use crate::subjects::kernels::roles::NoKernelRoles;
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("kernel-running-newest");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the kernel that runs is the newest one installed",
    why: "Kernels older than the newest can only be removed safely while the newest one runs: its start is the \
        proof that it can boot.",
    fix: "Restart the node, and verify that the newer kernel runs: uname -r. If an older one starts, run: okv-host \
        check --only next-start",
    required: |_| "the newest of its family, in the order of rpm".into(),
    source: |p| p.kernel_source.clone(),
    inputs: &["rpm (which packages are installed, and what they provide and contain)", "/proc/sys/kernel/osrelease"],
    waivable: Waivable::Yes,
    procedure: &["7.7-4"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let kernels = match inputs.running().and_then(|_| super::of(inputs)) {
        Ok(kernels) => kernels,
        Err(finding) => return vec![*finding],
    };
    let roles = match kernels.roles() {
        Ok(roles) => roles,
        Err(NoKernelRoles::Unowned(release)) => {
            let message = format!("the running kernel {release} is of no installed package");
            return vec![
                inputs.finding(Verdict::Warn, "node", message).remedy("Restart the node with an installed kernel."),
            ];
        }
        Err(NoKernelRoles::Unknown(why)) => {
            let message = format!("cannot determine whether the newest kernel runs: {why}");
            return vec![inputs.finding(Verdict::Unknown, "node", message)];
        }
    };
    let (running, newest) = (roles.running, roles.newest);
    let measured = format!("runs {}; newest {}", running.release, newest.release);
    let finding = if running.evr < newest.evr {
        inputs
            .finding(Verdict::Warn, "node", format!("{} runs, and {} is newer", running.release, newest.release))
            .remedy(Remedy::words("Restart the node, and verify that the newer kernel runs: ").run("uname -r"))
    } else {
        inputs.finding(Verdict::Pass, "node", "the newest kernel runs")
    };
    vec![finding.measured(measured)]
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn the_only_kernel_is_the_newest() {
        assert_found(
            &RULE,
            &Host::named("good-uefi"),
            str![[r#"
pass node
  message: the newest kernel runs
  measured: runs 5.4.17-2136.330.7.1.el8uek.x86_64; newest 5.4.17-2136.330.7.1.el8uek.x86_64

"#]],
        );
    }

    #[test]
    fn a_running_kernel_older_than_an_installed_one_is_a_warning() {
        assert_found(
            &RULE,
            &Host::named("kernel-reboot-first"),
            str![[r#"
warn node
  message: 4.14.35-2047.504.2.el7uek.x86_64 runs, and 5.4.17-2136.329.3.1.el8uek.x86_64 is newer
  measured: runs 4.14.35-2047.504.2.el7uek.x86_64; newest 5.4.17-2136.329.3.1.el8uek.x86_64
  remedy: Restart the node, and verify that the newer kernel runs: uname -r

"#]],
        );
    }

    #[test]
    fn a_running_kernel_of_no_package_is_a_warning() {
        assert_found(
            &RULE,
            &Host::named("kernel-running-unowned"),
            str![[r#"
warn node
  message: the running kernel 5.4.17-2136.304.4.5.el7uek.x86_64 is of no installed package
  remedy: Restart the node with an installed kernel.

"#]],
        );
    }

    #[test]
    fn which_kernel_is_the_newest_is_unknown_where_rpm_does_not_answer() {
        assert_found(
            &RULE,
            &Host::named("rpm-not-asked"),
            str![[r#"
unknown node
  message: cannot determine whether the newest kernel runs: a saved host has no rpm to ask, and there is no /rpm-qa.txt

"#]],
        );
    }
}
