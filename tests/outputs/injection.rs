//! Whatever a host, an operator or a report is called, it stays text.

use std::fs;

use serde_json::Value;

use crate::html::{elements, parsed};
use crate::{Host, of_cluster, reports, written};

const EVIL: &str = "</script></style></title><b>&amp;\"'`|<!--]]><svg onload=x>";

/// How many of the elements there are that only markup of a host could make.
fn foreign(html: &str) -> usize {
    let page = elements(&parsed(html));
    page.iter().filter(|e| matches!(e.name.as_str(), "b" | "script") || e.attribute("onload").is_some()).count()
}

fn evil_host() -> Host {
    let waivers = format!(
        r#"{{"schema": "okv-host.waivers.v1", "waivers": [{{"id": "swap-size", "subject": "node", "reason": {}, "until": "2099-01-01"}}]}}"#,
        Value::from(EVIL)
    );
    Host::named("swap-4gib")
        .with("proc/sys/kernel/hostname", format!("{EVIL}\n"))
        .with("etc/okv-host/waivers.json", waivers)
        .with("etc/fstab", format!("/dev/{} none swap sw 0 0\n", EVIL.replace(' ', "\\040")))
        .with("proc/cmdline", format!("ro resume=/dev/{}\n", EVIL.replace(' ', "_")))
}

#[test]
fn names_of_a_host_are_no_markup_on_its_page() {
    let host = evil_host();
    for command in ["check", "runbook"] {
        let html = written(&[command], host.path(), "html");
        assert_eq!(foreign(&html), 0, "{html}");
        let page = elements(&parsed(&html));
        let title = page.iter().find(|element| element.name == "title").unwrap();
        assert!(title.text.contains(EVIL), "{}", title.text);
        assert!(page.iter().any(|element| element.name == "p" && element.text.contains("</script>")));
    }
}

#[test]
fn every_text_of_a_saved_report_is_no_markup_on_the_page_of_a_cluster() {
    let (evil, good) = (evil_host(), Host::named("good-uefi"));
    let (_dir, files) = reports(&[("evil.json", &evil), ("good.json", &good)]);
    let mut report: Value = serde_json::from_str(&fs::read_to_string(&files[0]).unwrap()).unwrap();
    for finding in report["findings"].as_array_mut().unwrap() {
        for field in ["id", "subject", "message", "measured", "remedy"] {
            finding[field] = format!("{EVIL} {field}").into();
        }
    }
    report["release"] = EVIL.into();
    fs::write(&files[0], report.to_string()).unwrap();
    let html = of_cluster(&files, "html");
    assert!(html.contains("&lt;/script&gt;") && foreign(&html) == 0, "{html}");
    assert!(is_escaped(&of_cluster(&files, "markdown")));
    let line = of_cluster(&files, "nagios");
    assert!(line.matches('\n').count() == 1 && line.matches('|').count() == 1, "{line}");
}

/// Whether no `<` of a text in Markdown opens an element.
fn is_escaped(text: &str) -> bool {
    text.contains("\\<b\\>") && !text.replace("\\<", "").contains('<')
}

#[test]
fn names_of_a_host_are_no_markup_in_markdown() {
    let text = written(&["check"], evil_host().path(), "markdown");
    assert!(is_escaped(&text), "{text}");
}
