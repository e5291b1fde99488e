//! The text file for node_exporter, by the grammar of the text format of Prometheus, version 0.0.4.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Host, of_cluster, reports, written};

/// A sample: its name, its labels, its value.
type Sample = (String, BTreeMap<String, String>, f64);

fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

/// Reads the labels behind `{`, and gives what follows `}`.
fn labels(mut rest: &str) -> (BTreeMap<String, String>, &str) {
    let mut labels = BTreeMap::new();
    while !rest.starts_with('}') {
        let (name, behind) = rest.split_once("=\"").unwrap();
        assert!(is_name(name) && !name.starts_with("__"), "{name}");
        let (mut value, mut at) = (String::new(), behind.char_indices());
        let end = loop {
            match at.next().unwrap() {
                (end, '"') => break end,
                (_, '\\') => match at.next().unwrap().1 {
                    'n' => value.push('\n'),
                    c @ ('\\' | '"') => value.push(c),
                    other => panic!("\\{other} is no escape"),
                },
                (_, c) => value.push(c),
            }
        };
        assert_eq!(labels.insert(name.to_owned(), value), None, "{name} twice");
        rest = &behind[end + 1..];
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    (labels, &rest[1..])
}

/// Reads the whole file. Each metric has its HELP and TYPE once, right before its samples, and no sample is there twice.
fn samples(text: &str) -> Vec<Sample> {
    assert!(text.ends_with('\n'), "the last line ends");
    let (mut all, mut seen, mut families) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let (mut help, mut family) = (String::new(), String::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, words) = rest.split_once(' ').unwrap();
            assert!(is_name(name) && !words.is_empty(), "{line}");
            help = name.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert_eq!(rest, format!("{help} gauge"));
            assert!(families.insert(help.clone()), "{help} twice");
            family = help.clone();
        } else {
            let end = line.find(['{', ' ']).unwrap();
            let (name, rest) = line.split_at(end);
            assert_eq!(name, family, "{line}");
            let (labels, value) = match rest.strip_prefix('{') {
                Some(rest) => labels(rest),
                None => (BTreeMap::new(), rest),
            };
            assert!(seen.insert(line[..line.len() - value.len()].to_owned()), "{line} twice");
            let value = value.strip_prefix(' ').unwrap();
            // A time stamp behind the value is refused by node_exporter.
            all.push((name.to_owned(), labels, value.parse().unwrap()));
        }
    }
    all
}

fn value(samples: &[Sample], name: &str, wanted: &[(&str, &str)]) -> Option<f64> {
    let is_it = |(n, labels, _): &&Sample| {
        n == name && wanted.iter().all(|(label, value)| labels.get(*label).is_some_and(|found| found == value))
    };
    samples.iter().find(is_it).map(|(.., value)| *value)
}

#[test]
fn a_node_has_its_verdict_by_rule_its_swap_and_its_free_extents() {
    let text = written(&["check"], Host::named("swap-4gib").path(), "prometheus");
    let samples = samples(&text);
    let of = |name: &str, labels: &[(&str, &str)]| value(&samples, name, labels);
    assert_eq!(of("okv_host_verdict", &[("verdict", "blocked")]), Some(1.0));
    assert_eq!(of("okv_host_verdict", &[("verdict", "ready")]), Some(0.0));
    assert_eq!(of("okv_host_findings", &[("rule", "swap-size"), ("verdict", "block"), ("waived", "false")]), Some(1.0));
    assert_eq!(of("okv_host_swap_bytes", &[]), Some(4_294_967_296.0));
    assert_eq!(of("okv_host_swap_required_bytes", &[]), Some(68_719_476_736.0));
    assert_eq!(of("okv_host_free_extents", &[("volume_group", "vg_root")]), Some(100.0));
    assert_eq!(of("okv_host_extent_bytes", &[("volume_group", "vg_root")]), Some(33_554_432.0));
    assert_eq!(of("okv_host_time_seconds", &[]), Some(1_795_729_205.0));
    assert_eq!(of("okv_host_info", &[("host", "swap-4gib"), ("profile", "21.8")]), Some(1.0));
}

#[test]
fn what_expires_has_its_days() {
    let host = Host::named("good-uefi");
    let file = host.path().join("info.json");
    let info = r#"{"value": {"platformCertificatesExpirationDate": "2026-11-01 00:00:00", "version": "21.8"}}"#;
    std::fs::write(&file, info).unwrap();
    let text = written(&["check", "--server-info", file.to_str().unwrap()], host.path(), "prometheus");
    let left = value(&samples(&text), "okv_host_days_left", &[("rule", "platform-certificate")]).unwrap();
    assert!((-30.0..0.0).contains(&left), "{text}");
}

#[test]
fn every_host_and_a_cluster_are_of_the_grammar() {
    for name in crate::overlay::names() {
        samples(&written(&["check"], Host::named(&name).path(), "prometheus"));
    }
    let evil = Host::named("good-uefi").with("proc/sys/kernel/hostname", "a\"b\\c{d}=e,f\n");
    let text = written(&["check"], evil.path(), "prometheus");
    assert_eq!(value(&samples(&text), "okv_host_info", &[("host", "a\"b\\c{d}=e,f")]), Some(1.0), "{text}");
    let (_dir, files) = reports(&[("a.json", &evil), ("b.json", &Host::named("swap-4gib"))]);
    let samples = samples(&of_cluster(&files, "prometheus"));
    let blocked = [("node", "swap-4gib"), ("verdict", "blocked")];
    assert_eq!(value(&samples, "okv_host_cluster_node_verdict", &blocked), Some(1.0));
    assert_eq!(value(&samples, "okv_host_cluster_verdict", &[("verdict", "blocked")]), Some(1.0));
}
