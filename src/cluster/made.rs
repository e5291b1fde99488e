//! How the reports were made: when, by which okv-host, on which machine, and by which profile.

use super::order::OLD;
use super::saved::Saved;
use super::{Node, Problem};
use crate::base::dates::{DAY, Moment, format_minute};
use crate::subjects::rule::Outcome;

/// How far the clock of a node may be ahead of this host's, in seconds.
const AHEAD: u64 = 300;
const CHECK_AGAIN: &str = "Run okv-host check again on that node.";

/// Marks the nodes whose reports are older than `max_age` seconds, or of unknown age.
pub(super) fn mark_old(
    reports: &[Saved],
    (max_age, now): (Option<u64>, u64),
    nodes: &mut [Node],
    problems: &mut Vec<Problem>,
) {
    let Some(max_age) = max_age else { return };
    for report in reports {
        let Some(node) = nodes.iter_mut().find(|node| node.host.as_ref() == Some(&report.host)) else { continue };
        let Some(why) = why_old(report, max_age, now) else { continue };
        problems.push(Problem::new(OLD, Outcome::Unknown, format!("the report on {} {why}", node.name), CHECK_AGAIN));
        node.has_old_report = true;
        node.verdict = node.verdict.map(|verdict| match verdict {
            Outcome::Blocked => Outcome::Blocked,
            Outcome::Ready | Outcome::Unknown => Outcome::Unknown,
        });
    }
}

fn why_old(report: &Saved, max_age: u64, now: u64) -> Option<String> {
    let Some(made) = report.made.at.as_deref().and_then(Moment::parse) else {
        return Some("does not show when it was made".to_owned());
    };
    let at = format_minute(made.second);
    match now.checked_sub(made.second) {
        Some(age) if age > max_age => Some(format!("is {} old, {} at most: it is of {at}", words(age), words(max_age))),
        None if made.second.saturating_sub(now) > AHEAD => {
            Some(format!("is of {at}, which is to come: the clocks of that node and of this host differ"))
        }
        _ => None,
    }
}

/// The two largest units: `2 d 3 h`.
fn words(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / 3600, seconds % 3600 / 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "min")];
    let parts = parts.into_iter().skip_while(|(n, _)| *n == 0).take(2).filter(|(n, _)| *n > 0);
    let text = parts.map(|(n, unit)| format!("{n} {unit}")).collect::<Vec<_>>().join(" ");
    if text.is_empty() { format!("{seconds} s") } else { text }
}

/// What differs in how the reports were made, and what must and does not.
pub(super) fn compare(reports: &[Saved], nodes: &[Node], problems: &mut Vec<Problem>) {
    let versions = groups(reports, nodes, |report| Some(version(report)));
    if versions.len() > 1 {
        let message = format!("the reports were made by different versions of okv-host: {}", listed(&versions));
        let remedy = "Use one version of okv-host on every node, and check each node again with it.";
        problems.push(Problem::new("tool-versions-differ", Outcome::Ready, message, remedy));
    }
    let sums = groups(reports, nodes, |report| report.made.profile_sha256.clone());
    // Profiles of different releases differ anyway, and are reported as these.
    let is_one_release = reports.iter().zip(reports.iter().skip(1)).all(|(a, b)| a.profile == b.profile);
    if sums.len() > 1 && is_one_release {
        let short = |(sum, nodes): &(String, Vec<String>)| (sum.chars().take(12).collect(), nodes.clone());
        let short: Vec<(String, Vec<String>)> = sums.iter().map(short).collect();
        let message = format!("the reports were made by profiles with different SHA-256 sums: {}", listed(&short));
        let remedy = "Check every node again with the same profile.";
        problems.push(Problem::new("profile-sums-differ", Outcome::Ready, message, remedy));
    }
    for (_, nodes) in groups(reports, nodes, machine).iter().filter(|(_, nodes)| nodes.len() > 1) {
        let message = format!("the reports on {} are of one machine", nodes.join(" and "));
        let remedy = "Run okv-host check on each node itself, and name only its last report.";
        problems.push(Problem::new("machine-twice", Outcome::Unknown, message, remedy));
    }
}

/// The sum of the profile, where all reports have the same.
pub(super) fn profile_sum(reports: &[Saved]) -> Option<String> {
    let first = reports.first()?.made.profile_sha256.as_ref()?;
    reports.iter().all(|report| report.made.profile_sha256.as_ref() == Some(first)).then(|| first.clone())
}

fn version(report: &Saved) -> String {
    match (&report.made.version, &report.made.commit) {
        (None, _) => "not known".to_owned(),
        (Some(version), None) => version.clone(),
        (Some(version), Some(commit)) => format!("{version} ({commit})"),
    }
}

/// A report of a version without `made` may have it too.
fn machine(report: &Saved) -> Option<String> {
    report.made.machine.clone().or_else(|| report.machine.clone())
}

/// Each value with the nodes whose reports have it.
fn groups(reports: &[Saved], nodes: &[Node], value: impl Fn(&Saved) -> Option<String>) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for report in reports {
        let Some(value) = value(report) else { continue };
        let node = nodes.iter().find(|node| node.host.as_ref() == Some(&report.host));
        let node = node.map_or_else(|| report.host.clone(), |node| node.name.clone());
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, nodes)) => nodes.push(node),
            None => groups.push((value, vec![node])),
        }
    }
    groups
}

fn listed(groups: &[(String, Vec<String>)]) -> String {
    groups.iter().map(|(value, nodes)| format!("{value} ({})", nodes.join(", "))).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::saved::parse;
    use crate::cluster::{Cluster, Request, judge};

    const NOW: u64 = 1_795_505_564; // 2026-11-24T07:32:44Z

    /// A report on `host` with these fields of `made`.
    fn report(host: &str, made: &str) -> Saved {
        let text = format!(
            r#"{{"schema": "okv-host.check.v1", "profile": "21.8", "host": "{host}", "verdict": "ready", "made": {made},
                "findings": [{{"id": "swap-size", "verdict": "pass", "message": "swap"}}]}}"#
        );
        parse(&text).unwrap()
    }

    fn judged(reports: &[(&str, &str)], max_age: Option<u64>) -> Cluster {
        let reports = reports.iter().map(|(host, made)| report(host, made)).collect();
        judge(Request { reports, max_age, now: NOW, ..Request::default() })
    }

    fn ids(cluster: &Cluster) -> Vec<&str> {
        cluster.problems.iter().map(|problem| problem.id).collect()
    }

    #[test]
    fn a_report_that_is_older_than_asked_or_without_a_time_is_unknown() {
        let of = |at: &str, max_age| {
            let cluster = judged(&[("okv1", &format!(r#"{{"at": {at}}}"#))], max_age);
            let node = &cluster.nodes[0];
            assert_eq!(node.has_old_report, !cluster.problems.is_empty(), "{at}");
            assert_eq!(node.verdict, Some(cluster.verdict), "{at}");
            cluster.problems.first().map_or_else(String::new, |problem| {
                assert_eq!((problem.id, problem.verdict), (OLD, Outcome::Unknown));
                assert_eq!(problem.remedy, "Run okv-host check again on that node.");
                problem.message.clone()
            })
        };
        let day = Some(DAY);
        assert_eq!(of("\"2026-11-23T07:32:44Z\"", day), "");
        assert_eq!(
            of("\"2026-11-23T07:32:43Z\"", day),
            "the report on okv1 is 1 d old, 1 d at most: it is of 2026-11-23 07:32 UTC"
        );
        assert_eq!(
            of("\"2026-11-21T05:30:00Z\"", day),
            "the report on okv1 is 3 d 2 h old, 1 d at most: it is of 2026-11-21 05:30 UTC"
        );
        for none in ["null", "\"yesterday\"", "\"\""] {
            assert_eq!(of(none, day), "the report on okv1 does not show when it was made");
            assert_eq!(of(none, None), "");
        }
        assert_eq!(of("\"2026-11-24T07:35:00Z\"", day), "");
        assert!(of("\"2027-11-24T07:35:00Z\"", day).contains("clocks"));
        assert_eq!(of("\"1999-11-23T07:32:43Z\"", None), "");
    }

    #[test]
    fn an_old_report_of_a_blocked_node_leaves_it_blocked() {
        let mut old = report("okv1", "{}");
        old.verdict = Outcome::Blocked;
        let cluster = judge(Request { reports: vec![old], max_age: Some(60), now: NOW, ..Request::default() });
        assert_eq!((cluster.verdict, cluster.nodes[0].verdict), (Outcome::Blocked, Some(Outcome::Blocked)));
    }

    #[test]
    fn different_versions_and_sums_of_profiles_warn_and_equal_ones_do_not() {
        let of = |a: &str, b: &str| {
            let cluster = judged(&[("okv1", a), ("okv2", b)], None);
            assert_eq!(cluster.verdict, Outcome::Ready);
            cluster.problems.iter().map(|problem| format!("{}: {}", problem.id, problem.message)).collect::<Vec<_>>()
        };
        let one = r#"{"version": "0.2.0", "commit": "a", "profile_sha256": "0123456789abcdef"}"#;
        assert_eq!(of(one, one), [""; 0]);
        assert_eq!(of("{}", "null"), [""; 0]);
        let versions =
            "tool-versions-differ: the reports were made by different versions of okv-host: 0.2.0 (a) (okv1); ";
        assert_eq!(of(one, "{}"), [format!("{versions}not known (okv2)")]);
        assert_eq!(of(one, &one.replace("0.2.0", "0.3.0")), [format!("{versions}0.3.0 (a) (okv2)")]);
        assert_eq!(of(one, &one.replace("\"a\"", "\"b\"")), [format!("{versions}0.2.0 (b) (okv2)")]);
        assert_eq!(
            of(one, &one.replace("0123", "ffff")),
            ["profile-sums-differ: the reports were made by profiles with different SHA-256 sums: \
              0123456789ab (okv1); ffff456789ab (okv2)"]
        );
    }

    #[test]
    fn two_names_of_one_machine_are_unknown() {
        let of = |a: &str, b: &str| {
            let cluster = judged(&[("okv1", a), ("okv2", b)], None);
            (cluster.verdict, ids(&cluster).join(" "))
        };
        assert_eq!(of(r#"{"machine": "a"}"#, r#"{"machine": "a"}"#), (Outcome::Unknown, "machine-twice".to_owned()));
        for (a, b) in [(r#"{"machine": "a"}"#, r#"{"machine": "b"}"#), (r#"{"machine": "a"}"#, "{}"), ("{}", "{}")] {
            assert_eq!(of(a, b), (Outcome::Ready, String::new()), "{a} {b}");
        }
        let mut before = report("okv1", "null");
        before.machine = Some("a".to_owned());
        let reports = vec![before, report("okv2", r#"{"machine": "a"}"#)];
        let cluster = judge(Request { reports, now: NOW, ..Request::default() });
        assert_eq!(ids(&cluster), ["machine-twice"]);
        assert_eq!(cluster.problems[0].message, "the reports on okv1 and okv2 are of one machine");
    }
}
