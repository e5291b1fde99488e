//! `account-expiry`: the passwords of the operator's accounts outlast the maintenance.

use crate::base::dates::{DAY, Date};
use crate::host::Probed;
use crate::subjects::preflight::facts::accounts::{ACCOUNTS, Account};
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("account-expiry");

/// Days within which the maintenance ends.
const WINDOW: u64 = 2;

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the passwords of root and support outlast the maintenance",
    why: "After the restart nobody can log in with an account that has expired, and a login with an old password stops \
        at the question for a new one.",
    fix: "Change the password before the maintenance: passwd support. An account that has expired: chage --expiredate \
        -1 support",
    required: |_| format!("not expired, and more than {WINDOW} days left"),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["the dates of root and support in /etc/shadow", "the clock of the node"],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let subjects = match inputs.subjects() {
        Ok(subjects) => subjects,
        Err(finding) => return vec![*finding],
    };
    let one = |verdict, message: &str| vec![inputs.finding(verdict, "accounts", message)];
    match &subjects.preflight.accounts {
        Probed::Absent => one(Verdict::Note, "not judged: this saved host has no /etc/shadow"),
        Probed::Unreadable(why) => one(Verdict::Unknown, &format!("their dates could not be read: {why}")),
        Probed::Known(accounts) => {
            let today = inputs.facts.node.now / DAY;
            let missing = ACCOUNTS.into_iter().filter(|name| accounts.iter().all(|account| account.name != *name));
            // Every Linux has the first of them: without it, the file is not what it should be.
            let verdict = |name| if name == ACCOUNTS[0] { Verdict::Unknown } else { Verdict::Note };
            let missing = missing.map(|name| inputs.finding(verdict(name), name, "/etc/shadow has no line of it"));
            let found = accounts.iter().filter_map(|account| of(inputs, account, today)).chain(missing);
            let found: Vec<Finding> = found.collect();
            match found.is_empty() {
                true => {
                    let message = format!("no date of {} ends before the maintenance", ACCOUNTS.join(" and "));
                    let ends = accounts.iter().flat_map(|account| [account.ends, account.password_ends]);
                    let nearest = ends.flatten().min().map(|day| Figures::days(today, day, 1, Some(WINDOW)));
                    let pass = inputs.finding(Verdict::Pass, "accounts", message);
                    vec![pass.figures(nearest.unwrap_or_default())]
                }
                false => found,
            }
        }
    }
}

fn of(inputs: &RuleInputs<'_>, account: &Account, today: u64) -> Option<Finding> {
    let is_near = |day: &u64| *day <= today.saturating_add(WINDOW);
    let date = |day: u64| Date::of_second(day.saturating_mul(DAY));
    let warn = |message: String, day: u64, command: &str| {
        let figures = Figures::days(today, day, 1, Some(WINDOW));
        let remedy = Remedy::default().run_on(command, account.name);
        inputs.finding(Verdict::Warn, account.name, message).figures(figures).remedy(remedy)
    };
    let name = account.name;
    if account.is_damaged {
        let message = "its line of /etc/shadow cannot be understood";
        return Some(
            inputs.finding(Verdict::Unknown, name, message).remedy(Remedy::default().run_on("chage --list", name)),
        );
    }
    if let Some(day) = account.ends.filter(is_near) {
        let word = if day <= today { "expired" } else { "expires" };
        return Some(warn(format!("the account {word} on {}", date(day)), day, "chage --expiredate -1"));
    }
    if account.is_locked {
        let message = "no password fits it: it can log in by other means alone";
        return Some(inputs.finding(Verdict::Note, name, message));
    }
    let day = account.password_ends.filter(is_near)?;
    let message = match day {
        0 => "the next login has to set a new password".to_owned(),
        day if day <= today => format!("the password expired on {}", date(day)),
        day => format!("the password expires on {}", date(day)),
    };
    Some(warn(message, day, "passwd"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Root;
    use crate::overlay::Host;
    use crate::profile::Profile;
    use crate::subjects::of_host;

    /// Verdicts and messages with this /etc/shadow, in which `D+N` is N days from today.
    fn found(shadow: Option<&str>) -> Vec<String> {
        let host = Host::named("good-uefi");
        let now = of_host(&Root::fixture(host.path()).unwrap()).node.now / DAY;
        let day = |by: i64| now.saturating_add_signed(by).to_string();
        let host = match shadow {
            Some(text) => {
                let text = text.replace("D-100", &day(-100)).replace("D-1", &day(-1)).replace("D+2", &day(2));
                host.with("etc/shadow", text.replace("D+3", &day(3)))
            }
            None => host,
        };
        let facts = of_host(&Root::fixture(host.path()).unwrap());
        let profile = Profile::named(Profile::DEFAULT).unwrap();
        let findings = judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE });
        findings.iter().map(|f| format!("{} {} {}", f.verdict.word(), f.subject, f.message)).collect()
    }

    #[test]
    fn accounts_that_outlast_the_maintenance_pass() {
        let pass = "pass accounts no date of root and support ends before the maintenance";
        assert_eq!(found(Some("root:$6$x:D-100:0:99999:7:::\nsupport:$6$x:D-100:0:103:7::D+3:\n")), [pass]);
    }

    #[test]
    fn a_password_or_account_that_ends_before_the_maintenance_does_warns() {
        let line = |line: &str| found(Some(line)).remove(0);
        assert!(line("support:!!:D-100:0:99999:7:::").starts_with("note support no password fits it"));
        assert!(line("root:x:D-100:0:90:7:::").starts_with("warn root the password expired on "));
        assert!(line("root:x:D-100:0:101:7:::").starts_with("warn root the password expires on "));
        assert!(line("support:x:0:0:99999:7:::").starts_with("warn support the next login has to set"));
        assert!(line("support:x:D-1:0:99999:7::D-1:").starts_with("warn support the account expired on "));
        assert!(line("support:x:D-1:0:99999:7::D+2:").starts_with("warn support the account expires on "));
    }

    #[test]
    fn an_account_without_a_line_or_with_one_that_is_not_understood_is_unknown() {
        let verdicts = |text: &str| found(Some(text)).iter().filter(|found| found.starts_with("unknown ")).count();
        for text in ["", "bin:*:18000:0:99999:7:::", "root", "support:x:18000", "r\0o\0o\0t\0"] {
            let expected = if text == "support:x:18000" { 2 } else { 1 };
            assert_eq!(verdicts(text), expected, "{text:?}");
        }
        assert_eq!(verdicts("root:x:abc:0:99999:7:::\nsupport:x:18000:0:99999:7:::\n"), 1);
    }

    #[test]
    fn a_saved_host_without_the_file_is_not_judged() {
        assert!(found(None)[0].starts_with("note "));
    }
}
