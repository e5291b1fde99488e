//! `ssl-jars`: what the temporary jars beside the TLS files take. They are never removed here: one wrong file, and the
//! server does not work.

use crate::base::units::Bytes;
use crate::host::Probed;
use crate::subjects::media::facts::jars::Jars;
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("ssl-jars");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "what the temporary jars take, where space is needed",
    why: "These jars are the only files that the procedure allows to remove for space. One wrong file removed \
        beside them, and the server does not work: okv-host removes nothing there.",
    fix: "Remove the jars that the finding names, and no other file, only if space is needed.",
    required: |p| format!("nothing; only the jars of {} may go, and no other file there", p.places.ssl_folder),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["the names and sizes of the files in /usr/local/okv/ssl"],
    waivable: Waivable::Yes,
    procedure: &["7.2-8"],
    judge,
};

/// Most names that are told.
const SHOWN: usize = 8;

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let folder = &inputs.profile.places.ssl_folder;
    vec![match inputs.subjects().map(|subjects| &subjects.media.jars) {
        Ok(Probed::Known(found)) => jars(inputs, found),
        Ok(Probed::Absent) => inputs.finding(Verdict::NotApplicable, folder, "there is no such folder"),
        Ok(Probed::Unreadable(why)) => {
            inputs.finding(Verdict::Unknown, folder, format!("cannot determine what lies there: {why}"))
        }
        Err(finding) => *finding,
    }]
}

fn jars(inputs: &RuleInputs<'_>, found: &Jars) -> Finding {
    let folder = &inputs.profile.places.ssl_folder;
    if found.jars.is_empty() {
        let measured = format!("no jars, {} others", found.others);
        let finding = inputs.finding(Verdict::Pass, folder, "there are no jars to remove").measured(measured);
        return finding.figures(Figures::of_count(0));
    }
    let bytes = found.jars.iter().fold(0_u64, |sum, (_, bytes)| sum.saturating_add(*bytes));
    let mut names: Vec<&str> = found.jars.iter().take(SHOWN).map(|(name, _)| name.as_str()).collect();
    if found.jars.len() > SHOWN {
        names.push("...");
    }
    let measured =
        format!("{} jars, {}: {}; {} others", found.jars.len(), Bytes(bytes), names.join(", "), found.others);
    inputs
        .finding(Verdict::Note, folder, format!("{} could be won", Bytes(bytes)))
        .measured(measured)
        .figures(Figures::of_bytes(bytes).counted(found.jars.len()))
        .remedy("If space is needed, remove these jars by name, and no other file there.")
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn no_jars_are_left() {
        assert_found(
            &RULE,
            &Host::named("procedure-staged"),
            str![[r#"
pass /usr/local/okv/ssl
  message: there are no jars to remove
  measured: no jars, 1 others

"#]],
        );
    }

    #[test]
    fn jars_that_are_left_are_noted_with_their_size() {
        assert_found(
            &RULE,
            &Host::named("procedure-wrong"),
            str![[r#"
note /usr/local/okv/ssl
  message: 20 B could be won
  measured: 2 jars, 20 B: okvclient-1.jar, okvclient-2.jar; 1 others
  remedy: If space is needed, remove these jars by name, and no other file there.

"#]],
        );
    }
}
