//! `syslog-remote`: each host that logs are sent to can be reached. One that cannot makes the upgrade much slower, and
//! does not stop it.

use crate::host::Probed;
use crate::subjects::preflight::facts::syslog::{Protocol, Syslog, Target};
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("syslog-remote");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "hosts that logs are sent to can be reached",
    why: "A log host that cannot be reached makes the upgrade much slower.",
    fix: "Make the log host reachable, or remove it from Syslog in the management console for the time of the upgrade.",
    required: |_| "a connection to each target of rsyslog over TCP or RELP".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "/etc/rsyslog.conf with its includes, in both syntaxes",
        "on the live host: a connection to each target over TCP or RELP",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.2-6"],
    judge,
};

const SUBJECT: &str = "rsyslog";
const UDP: &str = "UDP gives no answer: confirm that logs arrive";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    match inputs.subjects().map(|subjects| &subjects.preflight.syslog) {
        Ok(Probed::Known(syslog)) => targets(inputs, syslog),
        Ok(Probed::Absent) => {
            let message =
                format!("there is no {}: check yourself whether logs are sent anywhere", inputs.profile.places.rsyslog);
            vec![inputs.finding(Verdict::Confirm, SUBJECT, message).remedy("Check Syslog in the management console.")]
        }
        Ok(Probed::Unreadable(why)) => {
            vec![inputs.finding(Verdict::Unknown, SUBJECT, format!("its configuration could not be read: {why}"))]
        }
        Err(finding) => vec![*finding],
    }
}

fn targets(inputs: &RuleInputs<'_>, syslog: &Syslog) -> Vec<Finding> {
    let mut findings: Vec<Finding> = syslog.targets.iter().map(|target| judge_target(inputs, target)).collect();
    findings.extend(syslog.unclear.iter().map(|(place, text)| {
        let message = format!("an action whose target could not be determined: {text}");
        inputs
            .finding(Verdict::Unknown, place, message)
            .remedy("Check the line, and waive this finding if the target is reached.")
    }));
    if findings.is_empty() {
        let measured = format!("{} files", syslog.files.len());
        findings.push(inputs.finding(Verdict::Pass, SUBJECT, "logs are sent to no other host").measured(measured));
    }
    findings
}

fn judge_target(inputs: &RuleInputs<'_>, target: &Target) -> Finding {
    let subject = format!("{} port {} over {}", target.host, target.port, target.protocol.word());
    let finding = |verdict, message: String| inputs.finding(verdict, subject, message);
    let finding = match (&target.reached, target.protocol) {
        (_, Protocol::Udp) => {
            finding(Verdict::Confirm, UDP.into()).remedy("Check on that host that logs of this node arrive.")
        }
        (Probed::Known(address), _) => finding(Verdict::Pass, format!("{address} takes connections")),
        (Probed::Absent, _) => {
            finding(Verdict::Confirm, "only the node itself can try to connect: confirm that it is reached".into())
                .remedy(Remedy::words("Run on the node itself: ").run("okv-host check"))
        }
        (Probed::Unreadable(why), _) => finding(Verdict::Warn, format!("it cannot be reached: {why}"))
            .remedy("Make it reachable, or remove it from the syslog settings for the time of the upgrade."),
    };
    finding.measured(target.place.clone())
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn logs_that_stay_on_the_node_pass() {
        assert_found(
            &RULE,
            &Host::named("procedure-staged"),
            str![[r#"
pass rsyslog
  message: logs are sent to no other host
  measured: 1 files

"#]],
        );
    }

    #[test]
    fn targets_are_left_to_confirm_where_nobody_can_try_them() {
        assert_found(
            &RULE,
            &Host::named("procedure-wrong"),
            str![[r#"
confirm logs.example port 10514 over TCP
  message: only the node itself can try to connect: confirm that it is reached
  measured: /etc/rsyslog.d/remote.conf line 1
  remedy: Run on the node itself: okv-host check
confirm 192.0.2.20 port 514 over UDP
  message: UDP gives no answer: confirm that logs arrive
  measured: /etc/rsyslog.conf line 2
  remedy: Check on that host that logs of this node arrive.

"#]],
        );
    }
}
