//! `hsm-preserved-files`: what the configuration of a generic HSM names is there, by its full path.

use crate::base::units::count;
use crate::host::Probed;
use crate::subjects::preflight::facts::hsm::{HsmConfiguration, Kind, Named};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::upgrade::OsChange;

pub(crate) const ID: RuleId = RuleId::new("hsm-preserved-files");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "what the configuration of a generic HSM names to preserve is there",
    why: "An upgrade to a higher major release of Oracle Linux keeps only the files of the HSM client that are listed. \
        Without them the node cannot open its wallet.",
    fix: "Correct PKCS11_LIB_LOC and PRESERVED_FILES in the configuration by the guide of the HSM vendor: full paths \
        with colons between them, no wildcards.",
    required: |_| {
        "full paths of files that exist, without wildcards; a list that is not empty where Oracle Linux changes".into()
    },
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "the files that hsm_configurations of the release profile names: PKCS11_LIB_LOC and PRESERVED_FILES",
        "whether the files that they name exist",
        "whether the upgrade replaces the major release of Oracle Linux (see os-major)",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.2-14"],
    judge,
};

const SUBJECT: &str = "generic HSM";
const CORRECT: &str = "Correct the configuration by the guide of the HSM vendor, before the upgrade.";
/// Most paths that a finding names.
const SHOWN: usize = 5;

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let subjects = match inputs.subjects() {
        Ok(subjects) => subjects,
        Err(finding) => return vec![*finding],
    };
    match &subjects.preflight.hsm_configurations {
        Probed::Absent => {
            vec![inputs.finding(Verdict::NotApplicable, SUBJECT, "there is no configuration of a generic HSM")]
        }
        Probed::Unreadable(why) => {
            let message = format!("its configuration could not be read: {why}");
            vec![inputs.finding(Verdict::Unknown, SUBJECT, message)]
        }
        Probed::Known(all) => all.iter().flat_map(|configuration| of_one(inputs, configuration)).collect(),
    }
}

fn of_one(inputs: &RuleInputs<'_>, configuration: &HsmConfiguration) -> Vec<Finding> {
    let HsmConfiguration { place, library, preserved } = configuration;
    let finding = |verdict, message: String| inputs.finding(verdict, place, message);
    if library.is_none() && preserved.is_empty() {
        let message = "it names neither a library nor a file: no generic HSM is set up";
        return vec![finding(Verdict::NotApplicable, message.to_owned())];
    }
    let all = || library.iter().chain(preserved);
    let mut wrong: Vec<String> = all().filter_map(what_is_wrong).collect();
    if library.is_none() {
        wrong.insert(0, "PKCS11_LIB_LOC names no library".to_owned());
    }
    let mut found = Vec::new();
    if !wrong.is_empty() {
        let more = wrong.len().saturating_sub(SHOWN);
        wrong.truncate(SHOWN);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        found.push(finding(Verdict::Warn, format!("{}{more}", wrong.join("; "))).remedy(CORRECT));
    }
    let unread = all().find_map(|named| match &named.kind {
        Kind::Unreadable(why) => Some(why),
        _ => None,
    });
    if let Some(why) = unread {
        found.push(finding(Verdict::Unknown, format!("a file that it names could not be looked for: {why}")));
    }
    if preserved.is_empty() {
        found.extend(without_files(inputs, place));
    }
    if found.is_empty() {
        let message = match preserved.len() {
            0 => "the library is there; no file to preserve is named, and Oracle Linux stays".to_owned(),
            files => format!("the library and {} to preserve are there", count(files, "file")),
        };
        found.push(finding(Verdict::Pass, message));
    }
    found
}

/// An empty list matters where the upgrade replaces the system.
fn without_files(inputs: &RuleInputs<'_>, place: &str) -> Option<Finding> {
    let empty = "PRESERVED_FILES is empty";
    Some(match inputs.facts.os_change(inputs.profile)? {
        OsChange::Changes { from, to } => {
            let message = format!("{empty}, and the upgrade replaces Oracle Linux {from} by {to}");
            inputs.finding(Verdict::Warn, place, message).remedy(CORRECT)
        }
        OsChange::Unknown(why) => {
            let message = format!("{empty}: whether the upgrade replaces Oracle Linux is not known ({why})");
            inputs.finding(Verdict::Note, place, message)
        }
        OsChange::Stays(_) => return None,
    })
}

fn what_is_wrong(named: &Named) -> Option<String> {
    let path = &named.path;
    match named.kind {
        Kind::There | Kind::Unreadable(_) => None,
        Kind::Missing => Some(format!("{path} does not exist")),
        Kind::NotAbsolute => Some(format!("{path} is no full path")),
        Kind::HasWildcard => Some(format!("{path} has a wildcard")),
    }
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    const PLACE: &str = "usr/local/okv/hsm/generic/okv_hsm.conf";

    fn host(text: &str) -> Host {
        Host::named("good-uefi").with(PLACE, text).with("opt/hsm/lib.so", "").with("etc/hsm.conf", "PIN=secret")
    }

    #[test]
    fn a_library_and_files_that_are_there_pass() {
        let text = "PKCS11_LIB_LOC=\"/opt/hsm/lib.so\"\nPRESERVED_FILES=\"/etc/hsm.conf:/opt/hsm\"\n";
        assert_found(
            &RULE,
            &host(text),
            str![[r#"
pass /usr/local/okv/hsm/generic/okv_hsm.conf
  message: the library and 2 files to preserve are there

"#]],
        );
    }

    #[test]
    fn what_is_missing_relative_or_a_pattern_is_a_warning() {
        let text = "PKCS11_LIB_LOC=/opt/hsm/gone.so\nPRESERVED_FILES=\"/etc/hsm.conf:hsm/x:/opt/hsm/*:/etc/other\"\n";
        assert_found(
            &RULE,
            &host(text),
            str![[r#"
warn /usr/local/okv/hsm/generic/okv_hsm.conf
  message: /opt/hsm/gone.so does not exist; hsm/x is no full path; /opt/hsm/* has a wildcard; /etc/other does not exist
  remedy: Correct the configuration by the guide of the HSM vendor, before the upgrade.

"#]],
        );
    }

    #[test]
    fn an_empty_list_is_a_warning_where_the_upgrade_replaces_the_system() {
        let text = "PKCS11_LIB_LOC=/opt/hsm/lib.so\nPRESERVED_FILES=\"\"\n";
        assert_found(
            &RULE,
            &host(text),
            str![[r#"
pass /usr/local/okv/hsm/generic/okv_hsm.conf
  message: the library is there; no file to preserve is named, and Oracle Linux stays

"#]],
        );
        let el7 = "ID=\"ol\"\nVERSION_ID=\"7.9\"\n";
        assert_found(
            &RULE,
            &host(text).with("etc/os-release", el7),
            str![[r#"
warn /usr/local/okv/hsm/generic/okv_hsm.conf
  message: PRESERVED_FILES is empty, and the upgrade replaces Oracle Linux 7 by 8
  remedy: Correct the configuration by the guide of the HSM vendor, before the upgrade.

"#]],
        );
        assert_found(
            &RULE,
            &host(text).with("etc/os-release", ""),
            str![[r#"
note /usr/local/okv/hsm/generic/okv_hsm.conf
  message: PRESERVED_FILES is empty: whether the upgrade replaces Oracle Linux is not known (/etc/os-release: it names no version of a system)

"#]],
        );
    }

    #[test]
    fn without_a_configuration_or_with_one_that_names_nothing_there_is_nothing_to_judge() {
        assert_found(
            &RULE,
            &Host::named("good-uefi"),
            str![[r#"
not-applicable generic HSM
  message: there is no configuration of a generic HSM

"#]],
        );
        assert_found(
            &RULE,
            &host("VENDOR_NAME=\"\"\nPKCS11_LIB_LOC=\"\"\nPRESERVED_FILES=\"\"\n"),
            str![[r#"
not-applicable /usr/local/okv/hsm/generic/okv_hsm.conf
  message: it names neither a library nor a file: no generic HSM is set up

"#]],
        );
    }

    #[test]
    fn a_configuration_that_cannot_be_read_is_unknown() {
        let host = Host::named("good-uefi").with(&format!("{PLACE}/a"), "");
        assert_found(
            &RULE,
            &host,
            str![[r#"
unknown generic HSM
  message: its configuration could not be read: /usr/local/okv/hsm/generic/okv_hsm.conf: it is a directory, not a file

"#]],
        );
    }
}
