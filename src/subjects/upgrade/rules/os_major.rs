//! `os-major`: whether the upgrade replaces the major release of Oracle Linux, and which files were edited by hand.

use crate::base::units::count;
use crate::host::Probed;
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::upgrade::OsChange;
use crate::subjects::upgrade::facts::edited::Edited;

pub(crate) const ID: RuleId = RuleId::new("os-major");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "whether the upgrade replaces the major release of Oracle Linux, and what was edited by hand",
    why: "Files that were edited by hand may not survive an upgrade to another major release of Oracle Linux.",
    fix: "Save the files that were edited, and compare them after the upgrade. To judge again, run: okv-host check \
        --only os-major",
    required: |_| "shown, where the upgrade replaces it".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "/etc/os-release; without it, the release of the node",
        "only where it is replaced: rpm -Va --configfiles, once, for at most 180 s (a saved host: rpm-verify.txt)",
    ],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

const SUBJECT: &str = "Oracle Linux";
const SAVE: &str = "Save these files outside of the node, and compare them after the upgrade.";
/// Most files that a finding names.
const SHOWN: usize = 16;

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let upgrade = match inputs.subjects() {
        Ok(subjects) => &subjects.upgrade,
        Err(finding) => return vec![*finding],
    };
    let finding = |verdict, message: String| inputs.finding(verdict, SUBJECT, message);
    vec![match OsChange::of(upgrade, inputs.profile) {
        OsChange::Stays(major) => finding(Verdict::Pass, format!("the node stays on Oracle Linux {major}")),
        OsChange::Unknown(why) => {
            finding(Verdict::Note, format!("whether the upgrade replaces it is not known: {why}"))
        }
        OsChange::Changes { from, to } => {
            let replaces = format!("the upgrade replaces Oracle Linux {from} by {to}");
            match &upgrade.edited {
                Some(Probed::Known(edited)) => of_files(inputs, &replaces, edited),
                Some(Probed::Unreadable(why)) => {
                    finding(Verdict::Unknown, format!("{replaces}; which files were edited is not known: {why}"))
                }
                None | Some(Probed::Absent) => {
                    finding(Verdict::Unknown, format!("{replaces}; which files were edited was not asked"))
                }
            }
        }
    }]
}

fn of_files(inputs: &RuleInputs<'_>, replaces: &str, edited: &Edited) -> Finding {
    let not_compared = match edited.not_compared.len() {
        0 => String::new(),
        more => format!("; {} could not be compared", count(more, "file")),
    };
    let differ = match edited.files.len() {
        0 => "no configuration file differs from its package".to_owned(),
        1 => "1 configuration file differs from its package".to_owned(),
        several => format!("{several} configuration files differ from their packages"),
    };
    let finding = inputs.finding(Verdict::Note, SUBJECT, format!("{replaces}; {differ}{not_compared}"));
    let mut shown: Vec<&str> = edited.files.iter().chain(&edited.not_compared).map(String::as_str).collect();
    let more = shown.len().saturating_sub(SHOWN);
    shown.truncate(SHOWN);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let remedy = if edited.files.is_empty() { "" } else { SAVE };
    let figures = Figures::of_count(edited.files.len());
    finding.figures(figures).measured(format!("{}{more}", shown.join(", "))).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    fn el7() -> Host {
        Host::named("good-uefi").with("etc/os-release", "ID=\"ol\"\nVERSION_ID=\"7.9\"\n")
    }

    #[test]
    fn a_node_that_stays_on_its_major_release_passes_and_rpm_is_not_asked() {
        let host = Host::named("good-uefi").with("rpm-verify.txt", "not as rpm writes it");
        assert_found(
            &RULE,
            &host,
            str![[r#"
pass Oracle Linux
  message: the node stays on Oracle Linux 8

"#]],
        );
    }

    #[test]
    fn where_it_is_replaced_the_edited_files_are_listed() {
        let answer = "S.5....T.  c /etc/ssh/sshd_config\n.......T.  c /etc/crontab\n..?......  c /etc/sudoers\n";
        assert_found(
            &RULE,
            &el7().with("rpm-verify.txt", answer),
            str![[r#"
note Oracle Linux
  message: the upgrade replaces Oracle Linux 7 by 8; 1 configuration file differs from its package; 1 file could not be compared
  measured: /etc/ssh/sshd_config, /etc/sudoers
  remedy: Save these files outside of the node, and compare them after the upgrade.

"#]],
        );
        assert_found(
            &RULE,
            &el7().with("rpm-verify.txt", ""),
            str![[r#"
note Oracle Linux
  message: the upgrade replaces Oracle Linux 7 by 8; no configuration file differs from its package

"#]],
        );
    }

    #[test]
    fn without_an_answer_of_rpm_the_files_are_unknown() {
        assert_found(
            &RULE,
            &el7(),
            str![[r#"
unknown Oracle Linux
  message: the upgrade replaces Oracle Linux 7 by 8; which files were edited is not known: a saved host has no rpm to ask, and there is no /rpm-verify.txt

"#]],
        );
        assert_found(
            &RULE,
            &el7().with("rpm-verify.txt", "error: x"),
            str![[r#"
unknown Oracle Linux
  message: the upgrade replaces Oracle Linux 7 by 8; which files were edited is not known: /rpm-verify.txt: line 1 is about no file

"#]],
        );
    }

    #[test]
    fn without_a_release_it_is_not_known_whether_it_is_replaced() {
        assert_found(
            &RULE,
            &Host::named("good-uefi").with("etc/os-release", ""),
            str![[r#"
note Oracle Linux
  message: whether the upgrade replaces it is not known: /etc/os-release: it names no version of a system

"#]],
        );
    }
}
