//! `hsm-wallet-left`: after the upgrade, the copy of a wallet that the HSM guide has made before it is gone.

use crate::host::Probed;
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::upgrade::SaidRelease;

pub(crate) const ID: RuleId = RuleId::new("hsm-wallet-left");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "after the upgrade, no copy of the wallet is left that the HSM guide has made",
    why: "The HSM guide has a wallet copied before the upgrade, to be removed after it. A copy that is left lies outside of the \
        protection by the HSM.",
    fix: "After the upgrade, verify that the node works with the HSM, then remove the copy by the vendor's HSM guide. \
        It is never deleted by okv-host.",
    required: |p| format!("after the upgrade, no {}", p.places.hsm_wallet),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["whether hsm_wallet of the release profile exists; it is never opened", "the release of the node"],
    waivable: Waivable::Yes,
    procedure: &["7.3-11"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let place = inputs.profile.places.hsm_wallet.as_str();
    let finding = |verdict, message: &str| inputs.finding(verdict, place, message);
    let wallet = match inputs.subjects() {
        Ok(subjects) => &subjects.preflight.hsm_wallet,
        Err(finding) => return vec![*finding],
    };
    let release = inputs.facts.release().and_then(|shown| SaidRelease::beside(shown, &inputs.profile.release));
    let remedy = format!("Verify that the node works with the HSM, then remove {place}");
    vec![match (wallet, release) {
        (Probed::Unreadable(why), _) => finding(Verdict::Unknown, &format!("it could not be looked for: {why}")),
        (Probed::Known(()), Some(SaidRelease::Reached(_) | SaidRelease::Newer(_))) => {
            finding(Verdict::Warn, "the copied wallet is still there, after the upgrade").remedy(remedy)
        }
        (Probed::Known(()), Some(SaidRelease::Older(_))) => {
            finding(Verdict::Note, "the copied wallet is there: remove it after the upgrade")
        }
        (Probed::Known(()), None) => {
            finding(Verdict::Note, "the copied wallet is there, and the release of the node is not known")
                .remedy(format!("After the upgrade: {remedy}"))
        }
        (Probed::Absent, Some(SaidRelease::Reached(_) | SaidRelease::Newer(_))) => {
            finding(Verdict::Pass, "no copied wallet is left")
        }
        (Probed::Absent, _) => finding(Verdict::NotApplicable, "there is no copied wallet"),
    }]
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    const WALLET: &str = "var/lib/oracle/cwallet_hsm_upgrade.sso";

    fn with_release(release: &str) -> Host {
        Host::named("good-uefi").with("etc/issue", format!("Oracle Key Vault Server {release}\n"))
    }

    #[test]
    fn a_wallet_that_is_left_after_the_upgrade_is_a_warning() {
        assert_found(
            &RULE,
            &with_release("21.8.0.0.0").with(WALLET, "secret"),
            str![[r#"
warn /var/lib/oracle/cwallet_hsm_upgrade.sso
  message: the copied wallet is still there, after the upgrade
  remedy: Verify that the node works with the HSM, then remove /var/lib/oracle/cwallet_hsm_upgrade.sso

"#]],
        );
    }

    #[test]
    fn without_one_a_node_passes_after_the_upgrade_and_has_nothing_to_judge_before() {
        assert_found(
            &RULE,
            &with_release("21.8.0.0.0"),
            str![[r#"
pass /var/lib/oracle/cwallet_hsm_upgrade.sso
  message: no copied wallet is left

"#]],
        );
        assert_found(
            &RULE,
            &with_release("21.6.0.0.0"),
            str![[r#"
not-applicable /var/lib/oracle/cwallet_hsm_upgrade.sso
  message: there is no copied wallet

"#]],
        );
    }

    #[test]
    fn before_the_upgrade_and_where_the_release_is_not_known_it_is_a_note() {
        assert_found(
            &RULE,
            &with_release("21.6.0.0.0").with(WALLET, ""),
            str![[r#"
note /var/lib/oracle/cwallet_hsm_upgrade.sso
  message: the copied wallet is there: remove it after the upgrade

"#]],
        );
        assert_found(
            &RULE,
            &Host::named("good-uefi").with(WALLET, ""),
            str![[r#"
note /var/lib/oracle/cwallet_hsm_upgrade.sso
  message: the copied wallet is there, and the release of the node is not known
  remedy: After the upgrade: Verify that the node works with the HSM, then remove /var/lib/oracle/cwallet_hsm_upgrade.sso

"#]],
        );
    }

    #[test]
    fn a_folder_that_cannot_be_looked_into_is_unknown() {
        let host = with_release("21.8.0.0.0").with("var/lib/x", "");
        std::os::unix::fs::symlink("oracle", host.path().join("var/lib/oracle")).unwrap();
        assert_found(
            &RULE,
            &host,
            str![[r#"
unknown /var/lib/oracle/cwallet_hsm_upgrade.sso
  message: it could not be looked for: /var/lib/oracle/cwallet_hsm_upgrade.sso: too many symbolic links

"#]],
        );
    }
}
