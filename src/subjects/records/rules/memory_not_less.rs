//! `memory-not-less`: the machine has no less memory than in an earlier report on it.

use crate::base::units::Bytes;
use crate::host::Probed;
use crate::subjects::records::Records;
use crate::subjects::records::facts::earlier::Earlier;
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("memory-not-less");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the machine has no less memory than in an earlier report on it",
    why: "The vendor does not allow that the memory of a node is reduced after its installation.",
    fix: "Give the machine the memory that it had. To compare again, run: okv-host check --earlier REPORT.json",
    required: |_| "no less than before".into(),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "MemTotal of /proc/meminfo",
        "--earlier FILE: what okv-host check --format json printed on this node before",
        "the product UUID of the machine, as a sum; without it, the name of the host",
    ],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

const SUBJECT: &str = "memory";
/// A part of memory, one of so many, that another kernel may keep for itself: a figure of this program.
const KEPT: u64 = 32;

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let (records, running) = match (inputs.subjects(), inputs.running()) {
        (Ok(subjects), Ok(running)) => (&subjects.records, running),
        (Err(finding), _) | (_, Err(finding)) => return vec![*finding],
    };
    let unknown = |message: String| inputs.finding(Verdict::Unknown, SUBJECT, message);
    vec![match &records.earlier {
        None => inputs.finding(Verdict::NotApplicable, SUBJECT, "no earlier report was given"),
        Some(Probed::Absent) => unknown("there is no such report".to_owned()),
        Some(Probed::Unreadable(why)) => unknown(format!("the earlier report could not be read: {why}")),
        Some(Probed::Known(earlier)) => {
            match (is_of_another(records, &inputs.facts.node.name, earlier), earlier.memory_kib) {
                (Some(why), _) => unknown(format!("the earlier report is not on this machine: {why}"))
                    .remedy("Give a report on this machine: okv-host check --earlier REPORT.json"),
                (None, None) => unknown("the earlier report does not contain the memory".to_owned()),
                (None, Some(before)) => match &running.memory_kib {
                    Probed::Known(now) => compared(inputs, before, *now),
                    Probed::Absent => unknown("the memory of this node is not known".to_owned()),
                    Probed::Unreadable(why) => unknown(format!("the memory of this node could not be read: {why}")),
                },
            }
        }
    }]
}

/// Why the report is on another machine, by what both have.
fn is_of_another(records: &Records, host: &str, earlier: &Earlier) -> Option<String> {
    match (&earlier.machine, records.machine.known()) {
        (Some(before), Some(now)) => (before != now).then(|| "its product UUID is another".to_owned()),
        _ => (earlier.host != host).then(|| format!("it is on {}", earlier.host)),
    }
}

fn compared(inputs: &RuleInputs<'_>, before: u64, now: u64) -> Finding {
    let bytes = |kib: u64| Bytes(kib.saturating_mul(1024)).to_string();
    let measured = format!("{} before, {} now", bytes(before), bytes(now));
    let finding = |verdict, message: &str| inputs.finding(verdict, SUBJECT, message).measured(measured.clone());
    match before.saturating_sub(now) {
        0 => finding(Verdict::Pass, "no less than before"),
        less if less <= before / KEPT => finding(Verdict::Note, "a little less than before, as with another kernel"),
        _ => finding(Verdict::Warn, "less than before").remedy("Give the machine the memory that it had."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Root;
    use crate::overlay::Host;
    use crate::profile::Profile;
    use crate::subjects::of_host;
    use crate::subjects::records::facts::earlier;

    const UUID: &str = "sys/class/dmi/id/product_uuid";

    /// What is found on `host` with this report: `MACHINE` is the sum of its machine, and `NOW` its memory.
    fn found(host: &Host, report: Option<&str>) -> String {
        let mut facts = of_host(&Root::fixture(host.path()).unwrap());
        let records = &mut facts.subjects.as_mut().unwrap().records;
        let now = *facts.node.running.as_ref().unwrap().memory_kib.known().unwrap_or(&0);
        let machine = records.machine.known().cloned().unwrap_or_default();
        let text = |report: &str| report.replace("MACHINE", &machine).replace("NOW", &now.to_string());
        records.earlier = report.map(|report| {
            let body = format!("{{\"schema\": \"okv-host.check.v1\", {}}}", text(report));
            earlier::parse(&body).into()
        });
        let profile = Profile::named(Profile::DEFAULT).unwrap();
        let found = judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE }).remove(0);
        format!("{} {}", found.verdict.word(), found.message)
    }

    fn node() -> Host {
        Host::named("good-uefi")
    }

    #[test]
    fn the_same_memory_passes_a_little_less_is_a_note_and_half_of_it_a_warning() {
        let on = |memory: &str| found(&node(), Some(&format!("\"host\": \"good-uefi\", \"memory_kib\": {memory}")));
        assert_eq!(on("NOW"), "pass no less than before");
        assert_eq!(on("1"), "pass no less than before");
        let now = 16_266_504_u64;
        let host = node().replacing("proc/meminfo", "MemTotal:", "MemTotal: 16266504 kB\nOther:");
        let on = |before: u64| {
            found(&host, Some(&format!("\"host\": \"good-uefi\", \"memory_kib\": {before}")))
                .split_once(' ')
                .unwrap()
                .0
                .to_owned()
        };
        assert_eq!(
            (on(now + 1), on(now + now / 32), on(now + now / 16)),
            ("note".into(), "note".into(), "warn".into())
        );
        assert_eq!(on(2 * now), "warn");
    }

    #[test]
    fn a_report_on_another_machine_or_without_memory_is_never_a_pass() {
        let other = found(&node(), Some("\"host\": \"okv2\", \"memory_kib\": 1"));
        assert_eq!(other, "unknown the earlier report is not on this machine: it is on okv2");
        let host = node().with(UUID, "4c4c4544-0000\n");
        let by_uuid = |machine: &str| {
            found(&host, Some(&format!("\"host\": \"renamed\", \"machine\": \"{machine}\", \"memory_kib\": 1")))
        };
        assert!(by_uuid("MACHINE").starts_with("pass "), "the name may change");
        assert!(by_uuid("00").starts_with("unknown "), "{}", by_uuid("00"));
        assert!(found(&node(), Some("\"host\": \"good-uefi\"")).starts_with("unknown "));
        assert!(found(&node(), Some("\"x\": 1")).starts_with("unknown the earlier report could not be read"));
    }

    #[test]
    fn without_a_report_nothing_is_compared_and_unreadable_memory_is_unknown() {
        assert_eq!(found(&node(), None), "not-applicable no earlier report was given");
        let host = node().with("proc/meminfo", "x");
        let report = Some("\"host\": \"good-uefi\", \"memory_kib\": 1");
        assert!(found(&host, report).starts_with("unknown the memory of this node could not be read"));
    }
}
