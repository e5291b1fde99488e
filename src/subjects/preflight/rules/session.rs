//! `session`: how whoever runs this is connected. An upgrade in a bare SSH session ends with the connection.

use crate::host::Probed;
use crate::subjects::preflight::facts::session::Session;
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("session");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the session outlives a lost connection",
    why: "A bare SSH session takes everything that was started in it down with the connection, the upgrade included.",
    fix: "Log in at a console, or start the work in tmux or screen. A lost connection does not end the upgrade itself, \
        which runs as a service: okv-host upgrade --apply",
    required: |_| "a terminal multiplexer, or a console".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["the chain of parent processes of okv-host (/proc)"],
    waivable: Waivable::Yes,
    procedure: &["7.3-5"],
    judge,
};

const SUBJECT: &str = "this session";
const REMEDY: &str =
    "Start the upgrade in tmux (tmux a reattaches), with ServerAliveInterval and ServerAliveCountMax set.";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let finding = |verdict, message: &str| inputs.finding(verdict, SUBJECT, message);
    vec![match inputs.running().and_then(|_| Ok(&inputs.subjects()?.preflight.session)) {
        Ok(Probed::Known(Session::Multiplexer(name))) => finding(Verdict::Pass, &format!("within {name}")),
        Ok(Probed::Known(Session::Console)) => finding(Verdict::Pass, "at a console"),
        Ok(Probed::Known(Session::Ssh)) => {
            finding(Verdict::Warn, "a bare SSH session: what is begun in it by hand is cut off with the connection")
                .remedy(REMEDY)
        }
        Ok(Probed::Known(Session::Other(names))) => {
            finding(Verdict::Note, "neither a terminal multiplexer, nor a login at a console, nor SSH")
                .measured(names.join(" < "))
                .remedy(REMEDY)
        }
        Ok(Probed::Absent) => {
            finding(Verdict::NotApplicable, "not applicable: this is a saved host, not a running one")
        }
        Ok(Probed::Unreadable(why)) => {
            finding(Verdict::Unknown, &format!("it could not be read: {why}")).remedy(REMEDY)
        }
        Err(finding) => *finding,
    }]
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn a_session_within_tmux_passes() {
        assert_found(
            &RULE,
            &Host::named("procedure-staged"),
            str![[r#"
pass this session
  message: within tmux

"#]],
        );
    }

    #[test]
    fn a_bare_ssh_session_is_a_warning() {
        assert_found(
            &RULE,
            &Host::named("procedure-wrong"),
            str![[r#"
warn this session
  message: a bare SSH session: what is begun in it by hand is cut off with the connection
  remedy: Start the upgrade in tmux (tmux a reattaches), with ServerAliveInterval and ServerAliveCountMax set.

"#]],
        );
    }
}
