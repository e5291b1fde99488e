use super::*;
use crate::cluster::info;
use crate::cluster::saved::SavedFinding;
use crate::subjects::rule::Verdict;

fn report(host: &str, release: Option<&str>, verdict: Outcome) -> Saved {
    let verdict_of = match verdict {
        Outcome::Ready => Verdict::Pass,
        Outcome::Blocked => Verdict::Block,
        Outcome::Unknown => Verdict::Unknown,
    };
    let finding = swap_size(verdict_of, "swap");
    Saved {
        schema: saved_schema(),
        profile: "21.8".into(),
        host: host.into(),
        release: release.map(str::to_owned),
        machine: None,
        made: Default::default(),
        headline: None,
        verdict,
        findings: vec![finding],
    }
}

fn swap_size(verdict: Verdict, message: &str) -> SavedFinding {
    let (subject, measured) = ("node".into(), String::new());
    SavedFinding {
        id: "swap-size".into(),
        verdict,
        subject,
        measured,
        message: message.into(),
        remedy: String::new(),
        waived: None,
    }
}

fn saved_schema() -> String {
    crate::cluster::saved::SCHEMA.to_owned()
}

/// Cluster information of nodes given as name, mode, status, version, partner.
fn info_of(nodes: &[(&str, &str, &str, &str, &str)]) -> Option<Result<Info, String>> {
    let node = |(name, mode, status, version, pair): &(&str, &str, &str, &str, &str)| {
        format!(
            r#"{{"name": "{name}", "mode": "{mode}", "status": "{status}", "version": "{version}", "peer": "{pair}"}}"#
        )
    };
    let nodes: Vec<String> = nodes.iter().map(node).collect();
    let text = format!(
        r#"{{"clusterVersion": "21.6", "maxDisableNodeDuration": "24 h (hours)", "nodes": [{}]}}"#,
        nodes.join(",")
    );
    Some(info::parse(&text))
}

fn ids(cluster: &Cluster) -> Vec<&str> {
    cluster.problems.iter().map(|problem| problem.id).collect()
}

fn turns(cluster: &Cluster) -> Vec<&str> {
    cluster.order.as_ref().unwrap().iter().map(|step| step.node.as_str()).collect()
}

const RW: &str = "Read-Write";
const RO: &str = "Read-Only";

#[test]
fn read_only_nodes_come_first_then_pairs_and_what_has_the_release_is_left_out() {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let request = Request {
        reports: names.iter().map(|name| report(name, None, Outcome::Ready)).collect(),
        info: info_of(&[
            ("a", RW, "ACTIVE", "21.6", "f"),
            ("b", RW, "ACTIVE", "21.6", "d"),
            ("c", RO, "ACTIVE", "21.6", ""),
            ("d", RW, "ACTIVE", "21.6", ""),
            ("e", RO, "ACTIVE", "21.8.0.0.0", ""),
            ("f", RW, "ACTIVE", "21.6", "a"),
            ("g", RO, "ACTIVE", "21.6", "none"),
        ]),
        ..Request::default()
    };
    let cluster = judge(request);
    assert_eq!(turns(&cluster), ["c", "g", "a", "f", "b", "d"]);
    assert_eq!((cluster.verdict, ids(&cluster)), (Outcome::Ready, vec![]));
    assert_eq!(cluster.version.as_deref(), Some("21.6"));
}

#[test]
fn a_pair_with_a_disabled_node_comes_before_other_pairs_and_that_node_first() {
    let nodes = [
        ("a", RW, "ACTIVE", "21.6", "b"),
        ("b", RW, "ACTIVE", "21.6", "a"),
        ("c", RW, "ACTIVE", "21.6", "d"),
        ("d", RW, "DISABLED", "21.6", "c"),
    ];
    let reports = ["a", "b", "c", "d"].iter().map(|name| report(name, None, Outcome::Ready)).collect();
    let cluster = judge(Request { reports, info: info_of(&nodes), ..Request::default() });
    assert_eq!(turns(&cluster), ["d", "c", "a", "b"]);
    assert!(cluster.not_found.iter().any(|what| what.contains("--disabled d=")), "{:?}", cluster.not_found);
}

#[test]
fn the_verdict_is_the_worst_and_a_node_without_report_is_unknown() {
    let two = || info_of(&[("a", RW, "ACTIVE", "21.6", "b"), ("b", RW, "ACTIVE", "21.6", "a")]);
    let with = |reports| judge(Request { reports, info: two(), ..Request::default() });
    let ready = report("a", None, Outcome::Ready);
    let cases = [
        (vec![ready.clone(), report("b", None, Outcome::Ready)], Outcome::Ready, vec![]),
        (vec![ready.clone(), report("b", None, Outcome::Unknown)], Outcome::Unknown, vec![]),
        (vec![ready.clone(), report("b", None, Outcome::Blocked)], Outcome::Blocked, vec![]),
        (vec![ready.clone()], Outcome::Unknown, vec!["no-report"]),
        (vec![ready.clone(), report("b.example", None, Outcome::Ready)], Outcome::Ready, vec![]),
        (
            vec![ready.clone(), report("b", None, Outcome::Ready), report("c", None, Outcome::Ready)],
            Outcome::Unknown,
            vec!["not-in-cluster", "mode-not-told"],
        ),
        (vec![ready.clone(), ready.clone(), report("b", None, Outcome::Ready)], Outcome::Unknown, vec!["report-twice"]),
    ];
    for (reports, verdict, problems) in cases {
        let hosts: Vec<String> = reports.iter().map(|r: &Saved| r.host.clone()).collect();
        let cluster = with(reports);
        assert_eq!((cluster.verdict, ids(&cluster)), (verdict, problems), "{hosts:?}");
    }
    assert_eq!(judge(Request::default()).verdict, Outcome::Unknown, "nothing is not ready");
}

#[test]
fn a_host_of_another_name_is_the_node_that_the_operator_names() {
    let request = |names| Request {
        reports: vec![report("ol8-17", None, Outcome::Ready)],
        info: info_of(&[("a", RO, "ACTIVE", "21.6", "")]),
        names,
        ..Request::default()
    };
    assert_eq!(judge(request(vec![])).verdict, Outcome::Unknown);
    assert_eq!(judge(request(vec![("ol8-17".into(), "a".into())])).verdict, Outcome::Ready);
}

#[test]
fn without_cluster_information_the_nodes_are_judged_and_there_is_no_order() {
    let reports = vec![report("a", Some("21.6"), Outcome::Ready), report("b", Some("21.10"), Outcome::Ready)];
    let cluster = judge(Request { reports, ..Request::default() });
    assert_eq!((cluster.verdict, &cluster.order, cluster.version.as_deref()), (Outcome::Ready, &None, Some("21.6")));
    assert!(!cluster.not_found.is_empty());
    let reports = vec![report("a", Some("21.6"), Outcome::Ready), report("b", None, Outcome::Ready)];
    assert_eq!(judge(Request { reports, ..Request::default() }).version, None, "one version is not known");
}

#[test]
fn a_node_may_be_disabled_to_the_last_second_of_its_time() {
    let at = |now: u64| {
        let request = Request {
            reports: vec![report("a", None, Outcome::Ready)],
            info: info_of(&[("a", RO, "DISABLED", "21.6", "")]),
            disabled_since: vec![("a".into(), 1_000_000)],
            now,
            ..Request::default()
        };
        let cluster = judge(request);
        (cluster.verdict, cluster.disabled[0].left_seconds)
    };
    assert_eq!(at(1_000_000), (Outcome::Ready, Some(86_400)));
    assert_eq!(at(1_086_399), (Outcome::Ready, Some(1)));
    assert_eq!(at(1_086_400), (Outcome::Blocked, Some(0)));
}

#[test]
fn figures_alone_are_no_difference_and_verdicts_and_words_are() {
    let with = |host: &str, verdict, message: &str| {
        let mut saved = report(host, None, Outcome::Ready);
        saved.findings = vec![swap_size(verdict, message)];
        saved
    };
    let differences = |reports| judge(Request { reports, ..Request::default() }).differences;
    let a = || with("a", Verdict::Pass, "12 days, 1.5 GiB left");
    assert_eq!(differences(vec![a(), with("b", Verdict::Pass, "7 days, 20 GiB left")]), []);
    for other in [with("b", Verdict::Warn, "12 days, 1.5 GiB left"), with("b", Verdict::Pass, "12 days, 1.5 GiB gone")]
    {
        let found = differences(vec![a(), other]);
        assert_eq!(
            found[0].values[0],
            super::super::Value { value: "pass: 12 days, 1.5 GiB left".into(), nodes: vec!["a".into()] }
        );
        assert_eq!(found[0].values[1].nodes, ["b"]);
    }
}

#[test]
fn contradictions_between_the_files_are_reported() {
    let mut other = report("b", Some("21.5"), Outcome::Ready);
    other.profile = "21.9".into();
    let request = Request {
        reports: vec![report("a", Some("21.6"), Outcome::Ready), other],
        info: info_of(&[("a", RW, "DISABLING", "21.6", "b"), ("b", RW, "DISABLED", "21.4", "a")]),
        disabled_since: vec![("x".into(), 0)],
        unreadable: vec!["c.json: no JSON".into()],
        ..Request::default()
    };
    let cluster = judge(request);
    assert_eq!(
        ids(&cluster),
        [
            "report-unreadable",
            "version-differs",
            "profiles-differ",
            "cluster-version-differs",
            "no-such-node",
            "several-disabled",
            "node-not-active",
            "node-not-active"
        ]
    );
    let what: Vec<_> = cluster.differences.iter().map(|d| d.what.as_str()).collect();
    assert_eq!(what, ["profile", "release of the node"]);
}

#[test]
fn while_a_node_is_not_active_no_other_is_next() {
    let cluster = |status, version| {
        let reports = ["a", "b"].map(|name| report(name, None, Outcome::Ready)).to_vec();
        let info = info_of(&[("a", RW, status, version, "b"), ("b", RW, "ACTIVE", "21.6", "a")]);
        judge(Request { reports, info, ..Request::default() })
    };
    for (status, version, what) in [
        ("DISABLED", "21.8.0.0.0", "Enable a in the management console, and wait for ACTIVE."),
        ("ENABLING", "21.8.0.0.0", "Wait until a is ACTIVE."),
        ("DISABLED", "21.6", "Upgrade a first, enable it, and wait for ACTIVE."),
    ] {
        let cluster = cluster(status, version);
        let next = cluster.next.unwrap();
        assert_eq!((cluster.verdict, next.what.as_str()), (Outcome::Blocked, what), "{status} {version}");
        let turn = cluster.order.unwrap().into_iter().find(|step| step.node == "b").unwrap();
        assert_eq!((turn.verdict, turn.blocked_by), (Outcome::Blocked, vec!["node-not-active".to_owned()]));
    }
    assert_eq!(cluster("active", "21.6").verdict, Outcome::Ready);
    // The last one waits for nobody.
    let reports = vec![report("a", None, Outcome::Ready)];
    let last = judge(Request { reports, info: info_of(&[("a", RO, "DISABLED", "21.6", "")]), ..Request::default() });
    assert_eq!(last.verdict, Outcome::Ready);
}

/// Between the vendor's upgrade and the restart, the files of a node name the new release already.
#[test]
fn a_node_that_is_being_upgraded_is_finished_first_whatever_its_files_and_the_cluster_show() {
    let mut first = report("a", Some("21.8.0.0.0"), Outcome::Ready);
    first.headline = Some("upgrade-under-way".into());
    let reports = vec![first, report("b", None, Outcome::Ready)];
    let info = info_of(&[("a", RW, "ACTIVE", "21.6", ""), ("b", RO, "ACTIVE", "21.6", "")]);
    let cluster = judge(Request { reports, info, ..Request::default() });
    assert_eq!(turns(&cluster), ["a", "b"]);
    assert_eq!(cluster.order.as_ref().unwrap()[1].blocked_by, ["node-not-active"]);
    assert!(cluster.next.unwrap().what.starts_with("Finish the upgrade of a "));
}

#[test]
fn an_upgraded_node_that_is_still_disabled_is_next_also_where_nobody_waits_for_it() {
    let reports = vec![report("a", Some("21.8.0.0.0"), Outcome::Ready)];
    let info = info_of(&[("a", RO, "DISABLED", "21.8.0.0.0", "")]);
    let cluster = judge(Request { reports, info, ..Request::default() });
    assert!(cluster.verdict == Outcome::Ready && ids(&cluster).contains(&"node-not-active"), "{cluster:?}");
    assert_eq!(cluster.next.unwrap().what, "Enable a in the management console, and wait for ACTIVE.");
}

#[test]
fn the_release_that_the_cluster_shows_of_a_node_is_judged_too() {
    let of = |version| {
        let reports = vec![report("a", None, Outcome::Ready)];
        let oldest_release = Version::parse("18.6");
        let info = info_of(&[("a", RO, "ACTIVE", version, "")]);
        let cluster = judge(Request { reports, info, oldest_release, ..Request::default() });
        (cluster.verdict, cluster.problems.iter().any(|problem| problem.id == "release"))
    };
    assert_eq!(of("18.5.0.0.0"), (Outcome::Blocked, true));
    assert_eq!(of("21.9.0.0.0"), (Outcome::Blocked, true));
    for version in ["18.6.0.0.0", "21.7.0.0.0", "21.8.0.0.0"] {
        assert_eq!(of(version), (Outcome::Ready, false), "{version}");
    }
}

#[test]
fn a_waived_finding_is_shown_and_a_report_counts_by_its_findings() {
    let with = |verdict, found, waived| {
        let mut report = report("a", None, Outcome::Ready);
        report.verdict = verdict;
        report.findings[0].verdict = found;
        report.findings[0].waived = waived;
        judge(Request { reports: vec![report], ..Request::default() }).nodes.remove(0)
    };
    let waiver = Some(serde_json::json!({"reason": "the disk is on its way"}));
    let node = with(Outcome::Ready, Verdict::Unknown, waiver);
    assert_eq!((node.verdict, node.waived), (Some(Outcome::Ready), vec!["swap-size".to_owned()]));
    assert_eq!(with(Outcome::Ready, Verdict::Block, None).verdict, Some(Outcome::Blocked));
    assert_eq!(with(Outcome::Ready, Verdict::Unknown, None).verdict, Some(Outcome::Unknown));
}
