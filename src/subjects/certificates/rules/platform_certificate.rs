//! `platform-certificate`: the certificates of the platform, which expire apart from the server's, hold.

use super::expiry::expiry;
use crate::host::Probed;
use crate::subjects::console::ServerInfo;
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("platform-certificate");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the platform certificates hold for some time yet",
    why: "A node whose platform certificates have expired cannot be upgraded. They expire on other days than the \
        server certificate, and may put a pair into read-only restricted mode.",
    fix: "Renew the platform certificates by the administrator's guide. To judge them again, save the answer of okv \
        server info get, and run: okv-host check --server-info FILE",
    required: |p| format!("more than {} days left", p.certificate_warn_days),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "--server-info FILE: the saved JSON of okv server info get",
        "without it: the files of platform_certificates of the release profile",
        "the clock of the node",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.2-13"],
    judge,
};

const SUBJECT: &str = "platform certificates";
const RENEW: &str = "Renew the platform certificates by the administrator's guide.";
const SAVE_IT: &str = "Save the answer of okv server info get, of a user with the system administrator role; then ";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let subjects = match inputs.subjects() {
        Ok(subjects) => subjects,
        Err(finding) => return vec![*finding],
    };
    let found = match (inputs.facts.server_info(), &subjects.certificates.platform) {
        (Some(Probed::Known(ServerInfo { platform_expires: Some(date), .. })), _) => {
            holds(inputs, date.second, "okv server info get")
        }
        (Some(Probed::Unreadable(why)), _) | (_, Some(Probed::Unreadable(why))) => unknown(inputs, why),
        (_, Some(Probed::Known(certificate))) => holds(inputs, certificate.not_after, &certificate.place),
        (Some(Probed::Absent), _) => unknown(inputs, "there is no such file"),
        (_, Some(Probed::Absent)) => unknown(inputs, "no file has the name that the release profile gives"),
        (Some(Probed::Known(info)), None) => without_date(inputs, info),
        (None, None) => inputs
            .finding(Verdict::Confirm, SUBJECT, "confirm that they have not expired and do not expire soon")
            .remedy(save_it()),
    };
    vec![found]
}

fn save_it() -> Remedy {
    Remedy::words(SAVE_IT).run("okv-host check --server-info FILE")
}

fn unknown(inputs: &RuleInputs<'_>, why: &str) -> Finding {
    inputs.finding(Verdict::Unknown, SUBJECT, format!("their date could not be read: {why}")).remedy(save_it())
}

fn without_date(inputs: &RuleInputs<'_>, info: &ServerInfo) -> Finding {
    let why = match info.has_version_alone() {
        true => "the saved answer has the version alone: its user lacks a privilege",
        false => "the saved answer lacks platformCertificatesExpirationDate",
    };
    inputs.finding(Verdict::Confirm, SUBJECT, why).remedy(save_it())
}

fn holds(inputs: &RuleInputs<'_>, until: u64, place: &str) -> Finding {
    expiry(inputs, SUBJECT, until, place, RENEW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::dates::format_second;
    use crate::host::Root;
    use crate::overlay::Host;
    use crate::profile::Profile;
    use crate::subjects::console::facts::info;
    use crate::subjects::{Facts, of_host};

    fn facts() -> Facts {
        of_host(&Root::fixture(Host::named("good-uefi").path()).unwrap())
    }

    fn found(facts: &Facts) -> String {
        let profile = Profile::named(Profile::DEFAULT).unwrap();
        let found = judge(&RuleInputs { facts, profile: &profile, rule: &RULE }).remove(0);
        format!("{} {}", found.verdict.word(), found.message)
    }

    /// What is found where the console says that they hold so many seconds from now.
    fn with_left(left: i64) -> String {
        let mut facts = facts();
        let until = facts.node.now.saturating_add_signed(left);
        let date = format_second(until).replace('T', " ").replace('Z', "");
        with_answer(&mut facts, &format!("{{\"value\": {{\"platformCertificatesExpirationDate\": \"{date}\"}}}}"))
    }

    fn with_answer(facts: &mut Facts, text: &str) -> String {
        facts.subjects.as_mut().unwrap().console.info = Some(info::parse(text).into());
        found(facts)
    }

    const DAY: i64 = 86_400;

    #[test]
    fn those_that_expired_block_and_those_close_to_it_warn() {
        assert!(with_left(-1).starts_with("block expired on "));
        assert_eq!(with_left(3 * DAY + 1), "warn close to expiry: 3 days left");
        assert_eq!(with_left(60 * DAY), "warn close to expiry: 60 days left");
        assert_eq!(with_left(61 * DAY), "pass 61 days left");
    }

    #[test]
    fn without_a_date_they_remain_to_be_confirmed_and_what_cannot_be_read_is_unknown() {
        assert!(found(&facts()).starts_with("confirm "));
        let answer = |text: &str| with_answer(&mut facts(), text);
        assert!(
            answer(r#"{"value": {"version": "21.8"}}"#).starts_with("confirm the saved answer has the version alone")
        );
        assert!(answer(r#"{"value": {"cpuCores": 8}}"#).starts_with("confirm the saved answer lacks platform"));
        assert!(answer(r#"{"value": "#).starts_with("unknown their date could not be read: no JSON"));
    }

    #[test]
    fn of_the_files_of_a_profile_the_first_to_expire_counts() {
        let pem = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/certificates/server.pem")).unwrap();
        let found_in = |files: &[(&str, &[u8])]| {
            let mut host = Host::named("good-uefi");
            for (path, bytes) in files {
                host = host.with(path, bytes);
            }
            let mut profile = Profile::named(Profile::DEFAULT).unwrap();
            profile.places.platform_certificates = vec!["/etc/platform/*.pem".to_owned()];
            let facts = crate::subjects::of_host_at(&Root::fixture(host.path()).unwrap(), &profile.places);
            let found = judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE }).remove(0);
            format!("{} {} {}", found.verdict.word(), found.message, found.measured)
        };
        assert!(found_in(&[("etc/platform/a.pem", &pem)]).contains("(/etc/platform/a.pem)"));
        assert!(found_in(&[]).starts_with("unknown their date could not be read: no file has the name"));
        let broken = found_in(&[("etc/platform/a.pem", &pem), ("etc/platform/b.pem", b"x")]);
        assert!(broken.starts_with("unknown their date could not be read: /etc/platform/b.pem"), "{broken}");
    }
}
