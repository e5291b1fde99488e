//! `server-certificate`: the server's certificate holds, and not only for a few days more.

use super::expiry::expiry;
use crate::base::dates::{DAY, Date};
use crate::host::Probed;
use crate::subjects::certificates::facts::certificate::{Certificate, Trust};
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("server-certificate");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the server's certificate holds for some time yet",
    why: "The upgrade requires a valid certificate, and endpoints cannot connect to a server whose certificate has \
        expired.",
    fix: "Renew the server certificate in the management console. To verify a certificate, run: okv-host check \
        --certificate FILE",
    required: |p| format!("more than {} days left", p.certificate_warn_days),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "--certificate FILE (PEM or DER), or --certificate-from HOST:PORT (what a TLS port shows: a note at most, \
         unless --fingerprint or --ca proves whose it is)",
        "without them: a place of the release profile, or the date in --server-info FILE (okv server info get)",
        "the clock of the node",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.2-13"],
    judge,
};

const SUBJECT: &str = "server certificate";
const REMEDY: &str = "renew the certificates in the management console before the upgrade";
const NAME_IT: &str = "name a file that holds it in PEM or DER with --certificate FILE, or a port of the node that \
                       shows it over TLS 1.2 or 1.3 with --certificate-from HOST:PORT";
const PROVE_IT: &str = "compare issuer and fingerprint with the management console, and give --fingerprint SHA256, or \
                        --ca FILE with the authority that issued it";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let subjects = match inputs.subjects() {
        Ok(subjects) => subjects,
        Err(finding) => return vec![*finding],
    };
    vec![match &subjects.certificates.server {
        None => of_console(inputs),
        Some(Probed::Known(certificate)) => holds(inputs, certificate),
        Some(Probed::Unreadable(why)) => {
            inputs.finding(Verdict::Unknown, SUBJECT, format!("it could not be read: {why}")).remedy(NAME_IT)
        }
        Some(Probed::Absent) => inputs.finding(Verdict::Unknown, SUBJECT, "there is no such file").remedy(NAME_IT),
    }]
}

/// Without the certificate: its date, as the management console shows it.
fn of_console(inputs: &RuleInputs<'_>) -> Finding {
    let date = inputs.facts.server_info().and_then(Probed::known).and_then(|info| info.server_expires);
    if let Some(date) = date {
        return expiry(inputs, SUBJECT, date.second, "okv server info get", REMEDY);
    }
    let message = "its file is not named by the procedure: check its last day yourself";
    inputs.finding(Verdict::Confirm, SUBJECT, message).remedy(
        "see OKV Server Certificate Expiration on the Configure Alerts page, or give --certificate FILE or \
         --certificate-from HOST:PORT",
    )
}

/// Whoever answers on an address can show any certificate: what is found of it is a note at most.
fn holds(inputs: &RuleInputs<'_>, certificate: &Certificate) -> Finding {
    let mut finding = dates(inputs, certificate);
    match certificate.more {
        0 => {}
        more => finding.message.push_str(&format!("; the file has {more} more after this one, the first")),
    }
    let Trust::Unverified(why) = &certificate.trust else { return finding };
    if matches!(finding.verdict, Verdict::Block | Verdict::Warn | Verdict::Pass) {
        finding.verdict = Verdict::Note;
        finding.message.push_str(&format!("; not proved to be the server's: {why}"));
        return finding.remedy(PROVE_IT);
    }
    finding
}

fn dates(inputs: &RuleInputs<'_>, certificate: &Certificate) -> Finding {
    let now = inputs.facts.node.now;
    let day = Date::of_second;
    let measured = format!(
        "{} to {}; {}; issued by {}; SHA-256 {}; today is {}",
        day(certificate.not_before),
        day(certificate.not_after),
        certificate.subject,
        certificate.issuer,
        certificate.sha256,
        day(now)
    );
    let finding = |verdict, message: String| {
        let limit = Some(inputs.profile.certificate_warn_days);
        let figures = Figures::days(now, certificate.not_after, DAY, limit);
        inputs.finding(verdict, &certificate.place, message).measured(measured.clone()).figures(figures)
    };
    if now < certificate.not_before {
        return finding(Verdict::Block, "it is not valid yet: is the clock of this node right?".into())
            .remedy("Set the clock, or renew the certificate.");
    }
    let Some(left) = certificate.not_after.checked_sub(now) else {
        return finding(Verdict::Block, format!("it expired on {}", day(certificate.not_after))).remedy(REMEDY);
    };
    let days = left / DAY;
    if days <= inputs.profile.certificate_warn_days {
        return finding(Verdict::Warn, format!("it is close to expiry: {days} days left")).remedy(REMEDY);
    }
    finding(Verdict::Pass, format!("{days} days left"))
}
