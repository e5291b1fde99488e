//! `server-certificate`: the server's certificate holds, and not only for a few days more.

use crate::base::dates::{DAY, Date};
use crate::host::Probed;
use crate::subjects::preflight::facts::certificate::Certificate;
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("server-certificate");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the server's certificate holds for some time yet",
    why: "The upgrade requires a valid certificate, and endpoints cannot connect to a server whose certificate has \
        expired.",
    required: |p| format!("more than {} days left", p.certificate_warn_days),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "--certificate FILE (PEM or DER), or --certificate-from HOST:PORT (what a TLS port shows)",
        "without them: a place of the release profile",
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

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    vec![match inputs.subjects() {
        Ok(subjects) => match &subjects.preflight.certificate {
            None => inputs
                .finding(
                    Verdict::Confirm,
                    SUBJECT,
                    "its file is not named by the procedure: check its last day yourself",
                )
                .remedy(
                    "see OKV Server Certificate Expiration on the Configure Alerts page, or give --certificate FILE or \
                     --certificate-from HOST:PORT",
                ),
            Some(Probed::Known(certificate)) => holds(inputs, certificate),
            Some(Probed::Unreadable(why)) => {
                inputs.finding(Verdict::Unknown, SUBJECT, format!("it could not be read: {why}")).remedy(NAME_IT)
            }
            Some(Probed::Absent) => inputs.finding(Verdict::Unknown, SUBJECT, "there is no such file").remedy(NAME_IT),
        },
        Err(finding) => *finding,
    }]
}

fn holds(inputs: &RuleInputs<'_>, certificate: &Certificate) -> Finding {
    let now = match inputs.running() {
        Ok(running) => running.now,
        Err(finding) => return *finding,
    };
    let day = Date::of_second;
    let measured = format!(
        "{} to {}; {}; today is {}",
        day(certificate.not_before),
        day(certificate.not_after),
        certificate.subject,
        day(now)
    );
    let finding =
        |verdict, message: String| inputs.finding(verdict, &certificate.place, message).measured(measured.clone());
    if now < certificate.not_before {
        return finding(Verdict::Block, "it does not hold yet: is the clock of this node right?".into())
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
