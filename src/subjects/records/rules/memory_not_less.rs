//! `memory-not-less`: the machine has no less memory than in an earlier report on it.

use crate::base::units::Bytes;
use crate::host::Probed;
use crate::subjects::records::Records;
use crate::subjects::records::facts::earlier::Earlier;
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

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
        "/var/lib/okv-host/disks.json: what okv-host swap-extend --prepare recorded",
        "the product UUID of the machine, as a sum; without it, the name of the host",
    ],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

const SUBJECT: &str = "memory";
const PREPARED: &str = "memory since swap-extend --prepare";
const REPORT: (&str, &str) = ("Give a report on this machine: ", "okv-host check --earlier REPORT.json");
const INVENTORY: (&str, &str) = ("", "okv-host swap-extend --prepare");
/// A part of memory, one of so many, that another kernel may keep for itself: a figure of this program.
const KEPT: u64 = 32;

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let records = match inputs.subjects() {
        Ok(subjects) => &subjects.records,
        Err(finding) => return vec![*finding],
    };
    let none = || inputs.finding(Verdict::NotApplicable, SUBJECT, "no earlier report was given");
    let report = match &records.earlier {
        None => none(),
        Some(earlier) => of_earlier(inputs, (SUBJECT, REPORT), earlier).unwrap_or_else(none),
    };
    // An inventory of an earlier version has no memory, and nobody asked for it.
    let has_memory = !matches!(&records.inventory, Probed::Known(earlier) if earlier.memory_kib.is_none());
    let inventory = has_memory.then(|| of_earlier(inputs, (PREPARED, INVENTORY), &records.inventory)).flatten();
    [report].into_iter().chain(inventory).collect()
}

/// What is compared, and how to make it anew.
type Compared = (&'static str, (&'static str, &'static str));

/// Nothing where there is none.
fn of_earlier(
    inputs: &RuleInputs<'_>,
    (subject, (before, again)): Compared,
    earlier: &Probed<Earlier>,
) -> Option<Finding> {
    let facts = inputs.facts;
    let (records, running) = (&facts.subjects.as_ref()?.records, facts.node.running.as_ref()?);
    let unknown =
        |message: String| inputs.finding(Verdict::Unknown, subject, message).remedy(Remedy::words(before).run(again));
    let earlier = match earlier {
        Probed::Known(earlier) => earlier,
        Probed::Absent => return None,
        Probed::Unreadable(why) => return Some(unknown(format!("the earlier size could not be read: {why}"))),
    };
    if let Some(why) = is_of_another(records, &facts.node.name, earlier) {
        return Some(unknown(format!("the earlier size is that of another machine: {why}")));
    }
    Some(match (earlier.memory_kib, &running.memory_kib) {
        (None, _) => unknown("the earlier report does not contain the memory".to_owned()),
        (Some(before), Probed::Known(now)) => compared(inputs, subject, before, *now),
        (Some(_), Probed::Absent) => unknown("the memory of this node is not known".to_owned()),
        (Some(_), Probed::Unreadable(why)) => {
            unknown(format!("the memory of this node could not be read: {why}")).remedy("")
        }
    })
}

/// Why it is of another machine, by what both have.
fn is_of_another(records: &Records, host: &str, earlier: &Earlier) -> Option<String> {
    match (&earlier.machine, records.machine.known(), &earlier.host) {
        (Some(before), Some(now), _) => (before != now).then(|| "its product UUID is another".to_owned()),
        (_, _, Some(before)) => (before != host).then(|| format!("it is on {before}")),
        (_, _, None) => None,
    }
}

fn compared(inputs: &RuleInputs<'_>, subject: &str, before: u64, now: u64) -> Finding {
    let bytes = |kib: u64| Bytes(kib.saturating_mul(1024)).to_string();
    let measured = format!("{} before, {} now", bytes(before), bytes(now));
    let figures = Figures::at_least(now.saturating_mul(1024), before.saturating_mul(1024));
    let finding = |verdict, message: &str| {
        inputs.finding(verdict, subject, message).measured(measured.clone()).figures(figures.clone())
    };
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
        assert_eq!(other, "unknown the earlier size is that of another machine: it is on okv2");
        let host = node().with(UUID, "4c4c4544-0000\n");
        let by_uuid = |machine: &str| {
            found(&host, Some(&format!("\"host\": \"renamed\", \"machine\": \"{machine}\", \"memory_kib\": 1")))
        };
        assert!(by_uuid("MACHINE").starts_with("pass "), "the name may change");
        assert!(by_uuid("00").starts_with("unknown "), "{}", by_uuid("00"));
        assert!(found(&node(), Some("\"host\": \"good-uefi\"")).starts_with("unknown "));
        assert!(found(&node(), Some("\"x\": 1")).starts_with("unknown the earlier size could not be read"));
    }

    #[test]
    fn without_a_report_nothing_is_compared_and_unreadable_memory_is_unknown() {
        assert_eq!(found(&node(), None), "not-applicable no earlier report was given");
        let host = node().with("proc/meminfo", "x");
        let report = Some("\"host\": \"good-uefi\", \"memory_kib\": 1");
        assert!(found(&host, report).starts_with("unknown the memory of this node could not be read"));
    }

    #[test]
    fn the_inventory_on_the_node_is_compared_where_it_has_the_memory() {
        let found = |inventory: &str| {
            let text = format!("{{\"schema\": \"okv-host.disks.v1\", \"at\": 0, \"disks\": []{inventory}}}");
            let host = node().with(UUID, "4c4c4544-0000\n").with("var/lib/okv-host/disks.json", text);
            let facts = of_host(&Root::fixture(host.path()).unwrap());
            let profile = Profile::named(Profile::DEFAULT).unwrap();
            let found = judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE });
            found.iter().skip(1).map(|f| format!("{} {}", f.verdict.word(), f.subject)).collect::<Vec<_>>()
        };
        assert_eq!(found(""), [""; 0]);
        assert_eq!(found(", \"memory_kib\": 1"), ["pass memory since swap-extend --prepare"]);
        assert_eq!(found(", \"memory_kib\": 1000000000000"), ["warn memory since swap-extend --prepare"]);
        assert_eq!(found(", \"memory_kib\": 1, \"machine\": \"00\""), ["unknown memory since swap-extend --prepare"]);
        assert_eq!(found(", x"), ["unknown memory since swap-extend --prepare"]);
    }
}
