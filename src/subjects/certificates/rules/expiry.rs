//! How long something holds that the console gives a last day for.

use crate::base::dates::{DAY, Date};
use crate::subjects::rule::{Figures, Finding, RuleInputs, Verdict};

/// How long `subject` holds, which ends at `until`, on the clock of the node.
pub(crate) fn expiry(inputs: &RuleInputs<'_>, subject: &str, until: u64, place: &str, renew: &str) -> Finding {
    let now = inputs.facts.node.now;
    let day = Date::of_second;
    let finding = |verdict, message: String| {
        let measured = format!("until {} ({place}); today is {}", day(until), day(now));
        let figures = Figures::days(now, until, DAY, Some(inputs.profile.certificate_warn_days));
        inputs.finding(verdict, subject, message).measured(measured).figures(figures)
    };
    let Some(left) = until.checked_sub(now) else {
        return finding(Verdict::Block, format!("expired on {}", day(until))).remedy(renew);
    };
    match left / DAY {
        days if days <= inputs.profile.certificate_warn_days => {
            finding(Verdict::Warn, format!("close to expiry: {days} days left")).remedy(renew)
        }
        days => finding(Verdict::Pass, format!("{days} days left")),
    }
}
