//! `audit-vault-agent`: an integration with Audit Vault that release 21.2 or earlier made is taken out. Which release
//! made it no node tells, nor where its agent was installed.

use super::signs::{Words, judge as by_signs};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("audit-vault-agent");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "no agent of Audit Vault is left of an integration made in release 21.2 or earlier",
    why: "An integration with Audit Vault from release 21.2 or earlier has to be removed by hand before the upgrade.",
    fix: "Remove the agent by hand, as the vendor's guide shows. Then run: okv-host confirm 7.2-12 --note NOTE",
    required: |_| "no agent of an integration made in 21.2 or earlier".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["the files and processes that audit_vault_agent of the release profile names as signs"],
    waivable: Waivable::Yes,
    procedure: &["7.2-12"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let words = Words {
        subject: "Audit Vault",
        process: (Verdict::Warn, "an agent of Audit Vault runs"),
        path: (Verdict::Warn, "an agent of Audit Vault is installed"),
        nothing: "confirm whether Audit Vault was integrated in release 21.2 or earlier",
        remedy: "Remove an integration that release 21.2 or earlier made: disable it in the management console, stop \
            its agent (bin/agentctl stop), then delete agent and target in Audit Vault and the agent's folder."
            .into(),
    };
    match inputs.subjects() {
        Ok(subjects) => by_signs(inputs, &subjects.preflight.audit_vault_agent, &words),
        Err(finding) => vec![*finding],
    }
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn an_agent_that_runs_is_a_warning() {
        assert_found(
            &RULE,
            &Host::named("procedure-wrong"),
            str![[r#"
warn Audit Vault
  message: an agent of Audit Vault runs
  measured: agentctl (process 800)
  remedy: Remove an integration that release 21.2 or earlier made: disable it in the management console, stop its agent (bin/agentctl stop), then delete agent and target in Audit Vault and the agent's folder.

"#]],
        );
    }

    #[test]
    fn that_no_agent_is_found_is_left_to_confirm() {
        assert_found(
            &RULE,
            &Host::named("procedure-staged"),
            str![[r#"
confirm Audit Vault
  message: confirm whether Audit Vault was integrated in release 21.2 or earlier
  measured: the one sign that the release profile names is not there
  remedy: Remove an integration that release 21.2 or earlier made: disable it in the management console, stop its agent (bin/agentctl stop), then delete agent and target in Audit Vault and the agent's folder.

"#]],
        );
    }
}
