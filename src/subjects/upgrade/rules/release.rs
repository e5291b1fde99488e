//! `release`: the node has a release that can be upgraded to that of the profile.

use crate::base::versions::Version;
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::upgrade::facts::release::Releases;

pub(crate) const ID: RuleId = RuleId::new("release");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the release of the node, if its files show it, can be upgraded from",
    why: "The vendor's upgrade starts from certain releases only. An older node takes another upgrade first, a \
        newer one none.",
    fix: "Upgrade an older node to a release that this one can be upgraded from. For another target, run: okv-host \
        check --profile RELEASE",
    required: |p| format!("{} or later, before {}", p.oldest_release, p.release),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["/etc/issue and /etc/motd (release_files of the release profile)"],
    waivable: Waivable::Never("An upgrade from a release that it was not made for can leave the node unusable."),
    procedure: &["7.3-1", "7.5-4"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let found = match inputs.subjects() {
        Ok(subjects) => release(inputs, &subjects.upgrade.release),
        Err(finding) => *finding,
    };
    let other_figures = [figures_of_another(inputs), figures_of_another_deployment(inputs)];
    [found].into_iter().chain(other_figures.into_iter().flatten()).collect()
}

/// That the thresholds are those of another release.
fn figures_of_another(inputs: &RuleInputs<'_>) -> Option<Finding> {
    let (wanted, used) = (&inputs.profile.release, inputs.profile.figures_of.as_ref()?);
    let message = format!("no profile is built in for {wanted}: the figures are those of {used}");
    let remedy = Remedy::words(format!("Compare them with the upgrade guide of {wanted}: "))
        .run_on("okv-host check --list --profile", wanted);
    Some(inputs.finding(Verdict::Note, PROFILE, message).remedy(remedy))
}

/// That they are those of another kind of installation than a node of a cluster.
fn figures_of_another_deployment(inputs: &RuleInputs<'_>) -> Option<Finding> {
    let (release, deployment) = (&inputs.profile.release, inputs.profile.deployment.as_ref()?);
    let message = format!("the figures of {release} are those of a {deployment} server; none of a cluster are public");
    Some(inputs.finding(Verdict::Note, PROFILE, message))
}

const PROFILE: &str = "release profile";

fn release(inputs: &RuleInputs<'_>, releases: &Releases) -> Finding {
    let finding = |verdict, message: &str| inputs.finding(verdict, "node", message);
    let measured: Vec<String> = releases.said.iter().map(|(file, release)| format!("{release} in {file}")).collect();
    let measured = measured.join(", ");
    if releases.said.is_empty() {
        return match releases.not_looked_at.first() {
            Some(why) => finding(Verdict::Unknown, &format!("the release of the node could not be read: {why}")),
            None => finding(
                Verdict::Confirm,
                "the release could not be read from this node: check it in the management console",
            )
            .remedy("Check Node Version under Cluster, Management in the management console."),
        };
    }
    let Some(release) = releases.agreed().and_then(Version::parse) else {
        return finding(Verdict::Unknown, "its files show different releases").measured(measured);
    };
    let bounds = (Version::parse(&inputs.profile.oldest_release), Version::parse(&inputs.profile.release));
    let (Some(oldest), Some(target)) = bounds else {
        return finding(Verdict::Unknown, "the release profile has no release that can be compared").measured(measured);
    };
    let finding = if release < oldest {
        finding(Verdict::Block, &format!("release {release} is too old to be upgraded to {target}"))
            .remedy(format!("upgrade to a release of {oldest} first"))
    } else if release.is_of(&target) {
        finding(Verdict::Note, &format!("the node has release {target} already"))
    } else if release > target {
        finding(Verdict::Block, &format!("release {release} is newer than {target}"))
            .remedy(Remedy::words("Choose the release to upgrade to: ").run("okv-host check --profile RELEASE"))
    } else {
        finding(Verdict::Pass, &format!("release {release} can be upgraded to {target}"))
    };
    finding.measured(measured)
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::{RULE, judge};
    use crate::host::Root;
    use crate::overlay::Host;
    use crate::profile::Profile;
    use crate::subjects::of_host;
    use crate::subjects::rule::RuleInputs;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn figures_of_another_release_or_deployment_are_a_note() {
        let facts = of_host(&Root::fixture(Host::named("procedure-staged").path()).unwrap());
        let found = |release: &str| {
            let profile = Profile::of_release(release).unwrap();
            let found = judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE });
            found.iter().map(|f| format!("{} {}", f.verdict.word(), f.message)).collect::<Vec<_>>()
        };
        assert_eq!(found("21.10"), ["pass release 21.6.0.0.0 can be upgraded to 21.10"]);
        assert_eq!(found("21.13")[1], "note no profile is built in for 21.13: the figures are those of 21.11");
        assert!(found("21.9")[1].starts_with("note the figures of 21.9 are those of a standalone server"));
    }

    #[test]
    fn a_release_between_both_ends_passes() {
        assert_found(
            &RULE,
            &Host::named("procedure-staged"),
            str![[r#"
pass node
  message: release 21.6.0.0.0 can be upgraded to 21.8
  measured: 21.6.0.0.0 in /etc/issue

"#]],
        );
    }

    #[test]
    fn a_release_too_old_for_the_upgrade_blocks() {
        assert_found(
            &RULE,
            &Host::named("procedure-wrong"),
            str![[r#"
block node
  message: release 18.8.0.0.0 is too old to be upgraded to 21.8
  measured: 18.8.0.0.0 in /etc/issue
  remedy: upgrade to a release of 21 first

"#]],
        );
    }
}
