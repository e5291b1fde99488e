//! `upgrade-log`: the system log shows no error of an upgrade. An earlier try that failed shows here until the log
//! is rotated.

use crate::base::units::count;
use crate::host::Probed;
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::upgrade::facts::log::UpgradeLog;

pub(crate) const ID: RuleId = RuleId::new("upgrade-log");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the system log shows no error of an upgrade",
    why: "An earlier try that failed shows here. Its cause has to be found before the next try.",
    fix: "Find the cause of the lines in the log, fix it, then run: okv-host check --only upgrade-log",
    required: |p| {
        let places = &p.places;
        format!(
            "no line in {} with {} and {}",
            places.log,
            places.log_about.join(" or "),
            places.log_errors.join(" or ")
        )
    },
    source: |p| p.source_of(ID.as_str()),
    inputs: &["the last 16 MiB of /var/log/messages"],
    waivable: Waivable::Yes,
    procedure: &["7.3-9"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let file = &inputs.profile.places.log;
    vec![match inputs.subjects().map(|subjects| &subjects.upgrade.log) {
        Ok(Probed::Known(log)) => errors(inputs, log),
        Ok(Probed::Absent) => inputs.finding(Verdict::NotApplicable, file, "there is no such log"),
        Ok(Probed::Unreadable(why)) => inputs.finding(Verdict::Unknown, file, format!("it could not be read: {why}")),
        Err(finding) => *finding,
    }]
}

fn errors(inputs: &RuleInputs<'_>, log: &UpgradeLog) -> Finding {
    let file = &inputs.profile.places.log;
    let part = if log.read < log.bytes {
        format!("the last {} of its {} B", log.read, log.bytes)
    } else {
        format!("all of its {} B", log.bytes)
    };
    let figures = Figures::of_bytes(log.read).counted(log.errors);
    if log.errors == 0 {
        return inputs
            .finding(Verdict::Pass, file, format!("no error of an upgrade in {part}; earlier logs were not read"))
            .measured("0 lines")
            .figures(figures);
    }
    inputs
        .finding(Verdict::Warn, file, format!("{} about errors of an upgrade, in {part}", count(log.errors, "line")))
        .figures(figures)
        .measured(format!("the last of them: {}", log.last.join(" | ")))
        .remedy("Find out what failed, and fix it before the next try.")
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn a_log_without_errors_of_an_upgrade_passes() {
        assert_found(
            &RULE,
            &Host::named("procedure-staged"),
            str![[r#"
pass /var/log/messages
  message: no error of an upgrade in all of its 68 B; earlier logs were not read
  measured: 0 lines

"#]],
        );
    }

    #[test]
    fn an_error_of_an_upgrade_in_the_log_is_a_warning() {
        assert_found(
            &RULE,
            &Host::named("procedure-wrong"),
            str![[r#"
warn /var/log/messages
  message: 1 line about errors of an upgrade, in all of its 78 B
  measured: the last of them: Nov 24 03:12:55 okv1 upgrade.rb[4711]: Error: not enough room for the upgrade
  remedy: Find out what failed, and fix it before the next try.

"#]],
        );
    }
}
