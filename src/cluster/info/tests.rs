use super::*;

/// The nodes as `name mode status version pair`.
fn nodes(text: &str) -> Vec<String> {
    let shown = |n: &NodeInfo| {
        let text = |t: &Option<String>| t.clone().unwrap_or_else(|| "-".into());
        let mode = n.mode.map_or("-", Mode::word);
        format!("{} {mode} {} {} {}", n.name, text(&n.status), text(&n.version), text(&n.pair))
    };
    parse(text).unwrap().nodes.iter().map(shown).collect()
}

#[test]
fn a_cluster_is_read_however_its_fields_are_named_and_nested() {
    let camel = r#"{"result": "Success", "value": {"clusterName": "c", "clusterVersion": "21.6.0.0.0",
        "maximumDisableNodeDuration": "24 hours", "clusterSubgroups": ["east"],
        "clusterNodes": [
            {"nodeName": "okv1", "nodeId": 1, "mode": "Read-Write", "status": "ACTIVE", "nodeVersion": "21.6.0.0.0",
             "readWritePeer": "okv2"},
            {"nodeName": "okv2", "nodeId": "2", "mode": "READ_WRITE", "status": "DISABLED", "nodeVersion": "21.6.0.0.0",
             "disabledSince": "2026-11-24T03:00Z"}]}}"#;
    assert_eq!(nodes(camel), ["okv1 read-write ACTIVE 21.6.0.0.0 okv2", "okv2 read-write DISABLED 21.6.0.0.0 -"]);
    let info = parse(camel).unwrap();
    assert_eq!((info.version.as_deref(), info.longest_disabled), (Some("21.6.0.0.0"), Some(86_400)));
    assert_eq!(info.nodes[1].disabled_since.unwrap().second, Moment::parse("2026-11-24T03:00Z").unwrap().second);
    assert!(info.not_found.is_empty(), "{:?}", info.not_found);

    let by_name = r#"{"Cluster Version": "21.8", "Max Disable Node Duration (days)": 2,
        "nodes": {"a": {"Configuration Mode": "read only", "State": "active", "Version": 21.8},
                  "b": {"Configuration Mode": "Read-Only Restricted", "State": "ENABLING", "Version": "21.8"}}}"#;
    assert_eq!(nodes(by_name), ["a read-only active 21.8 -", "b read-write ENABLING 21.8 -"]);
    assert_eq!(parse(by_name).unwrap().longest_disabled, Some(2 * 86_400));
}

#[test]
fn what_is_missing_or_assumed_is_reported() {
    let info =
        parse(r#"{"maxDisableNodeDuration": 24, "nodes": [{"name": "a", "status": "ACTIVE", "version": "21.6"}]}"#)
            .unwrap();
    assert_eq!(info.longest_disabled, Some(24 * 3600));
    let told = info.not_found.join("; ");
    for word in ["24 was taken as hours", "version of the cluster", "of node a: its mode"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let one =
        parse(r#"{"maxDisableNodeDuration": {"value": "1440", "unit": "minutes"}, "clusterVersion": "21.6"}"#).unwrap();
    assert_eq!(one.longest_disabled, Some(86_400));
    assert!(one.not_found.contains(&"the nodes".to_owned()));
}

#[test]
fn a_time_is_read_as_text_and_as_a_number() {
    let since = |value: &str| {
        let text = format!(r#"[{{"name": "a", "status": "DISABLED", "version": "21", "disabledAt": {value}}}]"#);
        parse(&text).unwrap().nodes[0].disabled_since.map(|moment| moment.second)
    };
    assert_eq!(since("1700000000"), Some(1_700_000_000));
    assert_eq!(since("1700000000123"), Some(1_700_000_000));
    assert_eq!(since("\"2023-11-14 22:13:20\""), Some(1_700_000_000));
    assert_eq!(since("\"14-NOV-23\""), None);
    assert_eq!(since("true"), None);
}

#[test]
fn what_is_no_cluster_information_is_refused_and_nothing_makes_it_panic() {
    for bad in ["", "[]", "{}", "7", r#"{"a": {"b": [1, 2]}}"#, r#"{"name": "x", "status": "ok"}"#] {
        assert!(parse(bad).is_err(), "{bad}");
    }
    assert!(parse(&"[".repeat(100_000)).is_err());
    let huge = r#"{"clusterVersion": "1.2", "maxDisableNodeDuration": "99999999999999999999 days"}"#;
    assert_eq!(parse(huge).unwrap().longest_disabled, None);
    let most = r#"{"clusterVersion": "1.2", "maxDisableNodeDuration": "18446744073709551615 days"}"#;
    assert_eq!(parse(most).unwrap().longest_disabled, None);
}
