//! The line of a monitoring plugin, by the Monitoring Plugins Development Guidelines: one line, `STATE - words|data`,
//! and an exit status of 0 to 3.

use std::fs;

use crate::{Host, of_cluster, okv_host, reports, written};

/// Reads `'label'=value[unit];[warn];[crit];[min];[max]`, and gives label, value and the ranges.
fn data(text: &str) -> Vec<(String, f64, Vec<String>)> {
    let (mut rest, mut all) = (text, Vec::new());
    while !rest.is_empty() {
        let (label, behind) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once("'=").unwrap(),
            None => rest.split_once('=').unwrap(),
        };
        assert!(!label.is_empty() && !label.contains(['\'', '=']), "{label}");
        let (value, next) = behind.split_once(' ').unwrap_or((behind, ""));
        let mut fields = value.split(';').map(str::to_owned);
        let number = fields.next().unwrap();
        let number = number.trim_end_matches(['B', '%', 's', 'c']);
        assert!(number.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '.'), "{number}");
        let ranges: Vec<String> = fields.collect();
        assert!(ranges.len() <= 4, "{text}");
        for range in &ranges {
            let is_number = |text: &str| text.is_empty() || text == "~" || text.parse::<f64>().is_ok();
            let (from, to) = range.trim_start_matches('@').split_once(':').unwrap_or(("", range));
            assert!(is_number(from) && is_number(to), "{range}");
        }
        all.push((label.to_owned(), number.parse().unwrap(), ranges));
        rest = next;
    }
    all
}

#[track_caller]
fn plugin(host: &Host, more: &[&str]) -> (String, i32) {
    let mut check = okv_host(&["check", "--format", "nagios", "--root", host.path().to_str().unwrap()]);
    let output = check.args(more).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with('\n') && text.matches('\n').count() == 1 && text.matches('|').count() <= 1, "{text}");
    let text = text.trim_end();
    data(text.split_once('|').map_or("", |(_, data)| data));
    (text.to_owned(), output.status.code().unwrap())
}

#[test]
fn the_state_is_the_exit_status_and_opens_the_line() {
    for (name, code, begin) in [
        ("good-uefi", 0, "OKV OK - NO BLOCKER FOUND"),
        ("kernel-old", 1, "OKV WARNING - NO BLOCKER FOUND"),
        ("swap-4gib", 2, "OKV CRITICAL - CANNOT BE UPGRADED"),
        ("boot-500m-ext4", 2, "OKV CRITICAL - THIS NODE MUST BE REPLACED"),
        ("unreadable-swaps", 3, "OKV UNKNOWN - CANNOT DETERMINE"),
    ] {
        let (line, status) = plugin(&Host::named(name), &[]);
        assert!(line.starts_with(begin), "{line}");
        assert_eq!(status, code, "{line}");
        assert_eq!(line.contains("(kernel-old)|"), name == "kernel-old", "{line}");
    }
}

#[test]
fn performance_data_has_swap_in_bytes_with_the_required_size_as_limit() {
    let (line, _) = plugin(&Host::named("swap-4gib"), &[]);
    let data = data(line.split_once('|').unwrap().1);
    let swap = data.iter().find(|(label, ..)| label == "swap").unwrap();
    assert_eq!((swap.1, swap.2[1].as_str()), (4_294_967_296.0, "68719476736:"));
    assert!(line.contains("swap=4294967296B;;68719476736:;0"), "{line}");
    let free = data.iter().find(|(label, ..)| label == "free_extents vg_root").unwrap();
    assert_eq!(free.1, 100.0);
}

#[test]
fn what_expires_has_its_days_with_the_limit_of_the_profile() {
    let host = Host::named("good-uefi");
    let file = host.path().join("server-info.json");
    fs::write(&file, r#"{"value": {"platformCertificatesExpirationDate": "2027-01-05 00:00:00", "version": "21.8"}}"#)
        .unwrap();
    let (line, _) = plugin(&host, &["--server-info", file.to_str().unwrap()]);
    let data = data(line.split_once('|').unwrap().1);
    let (_, days, ranges) = data.iter().find(|(label, ..)| label.contains("platform-certificate")).unwrap();
    assert!((30.0..50.0).contains(days) && ranges[0].ends_with(':'), "{line}");
}

#[test]
fn whatever_goes_wrong_is_unknown() {
    for arguments in [
        &["check", "--format", "nagios", "--root", "/nonexistent"][..],
        &["check", "--format", "nagios", "--nonsense"],
        &["check", "--format=nagios", "--profile"],
        &["check", "--format", "nagios", "--list"],
        &["check", "--format", "nagios", "--only", "swap-size"],
    ] {
        let output = okv_host(arguments).output().unwrap();
        let line = String::from_utf8(output.stdout).unwrap();
        assert!(line.starts_with("OKV UNKNOWN - ") && line.matches('\n').count() == 1, "{arguments:?}: {line}");
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_not_written_makes_it_unknown_and_hides_no_blocker() {
    for (name, code) in [("good-uefi", 3), ("swap-4gib", 2)] {
        let (line, status) = plugin(&Host::named(name), &["--output", "json:/nonexistent/file"]);
        assert!(line.contains("1 of the --output files could not be written"), "{line}");
        assert_eq!(status, code);
    }
}

#[test]
fn the_line_in_a_file_leaves_the_exit_status_alone() {
    let host = Host::named("swap-4gib");
    let line = written(&["check"], host.path(), "nagios");
    assert_eq!(line.trim_end(), plugin(&host, &[]).0);
    let root = host.path().to_str().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let output = format!("nagios:{}", dir.path().join("line").display());
    okv_host(&["check", "-q", "--root", root, "--output", &output]).assert().code(1);
    let (_dir, files) = reports(&[("a.json", &host)]);
    let line = of_cluster(&files, "nagios");
    assert!(line.starts_with("OKV CRITICAL - CANNOT BE UPGRADED"), "{line}");
    data(line.trim_end().split_once('|').unwrap().1);
}
