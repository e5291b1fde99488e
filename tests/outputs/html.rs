//! The pages: HTML without a parse error, whole in one file, and fit for a screen reader.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use crate::{Host, of_cluster, reports, written};

pub(crate) fn parsed(html: &str) -> RcDom {
    let options = ParseOpts {
        tokenizer: html5ever::tokenizer::TokenizerOpts { exact_errors: true, ..Default::default() },
        ..Default::default()
    };
    let page = parse_document(RcDom::default(), options).one(html);
    let errors = page.errors.borrow().clone();
    assert!(errors.is_empty(), "{errors:?}");
    page
}

/// Every element with its attributes and the text in it.
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

fn text_of(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text_of).collect(),
    }
}

pub(crate) fn elements(page: &RcDom) -> Vec<Element> {
    fn collect(node: &Handle, all: &mut Vec<Element>) {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attributes = attrs.borrow();
            let attributes = attributes.iter().map(|a| (a.name.local.to_string(), a.value.to_string()));
            all.push(Element { name: name.local.to_string(), attributes: attributes.collect(), text: text_of(node) });
        }
        node.children.borrow().iter().for_each(|child| collect(child, all));
    }
    let mut all = Vec::new();
    collect(&page.document, &mut all);
    all
}

/// The pages of some nodes and of a cluster.
fn pages() -> Vec<(String, String)> {
    let names = ["everything-wrong", "good-bios", "good-uefi", "vg-free-enough", "unreadable-swaps", "vg-missing-pv"];
    let hosts = names.map(Host::named);
    let mut pages: Vec<(String, String)> = Vec::new();
    for (name, host) in names.iter().zip(&hosts) {
        for command in ["check", "runbook"] {
            pages.push((format!("{command} {name}"), written(&[command], host.path(), "html")));
        }
    }
    let named: Vec<(&str, &Host)> = names.iter().copied().zip(&hosts).collect();
    let (_dir, files) = reports(&named);
    pages.push(("cluster".to_owned(), of_cluster(&files, "html")));
    pages
}

#[test]
fn every_page_parses_without_an_error_and_needs_no_other_file() {
    for (name, html) in pages() {
        let elements = elements(&parsed(&html));
        let of = |wanted: &str| elements.iter().filter(|element| element.name == wanted).collect::<Vec<_>>();
        assert_eq!(of("html")[0].attribute("lang"), Some("en"), "{name}");
        assert!(!of("title")[0].text.is_empty() && of("h1").len() == 1 && of("main").len() == 1, "{name}");
        for foreign in ["script", "link", "img", "iframe", "object", "base", "form"] {
            assert!(of(foreign).is_empty(), "{name}: {foreign}");
        }
        for element in &elements {
            let refers = ["src", "href", "style", "onload", "onclick"].iter().find(|a| element.attribute(a).is_some());
            assert_eq!(refers, None, "{name}: {}", element.name);
        }
        assert!(of("th").iter().all(|cell| matches!(cell.attribute("scope"), Some("col" | "row"))), "{name}");
        let pictures: Vec<_> = of("svg").into_iter().filter(|svg| svg.attribute("class") == Some("bar")).collect();
        for picture in &pictures {
            assert_eq!(picture.attribute("role"), Some("img"), "{name}");
            assert!(picture.attribute("aria-label").is_some_and(|label| label.contains("iB")), "{name}");
        }
        assert!(name == "cluster" || !pictures.is_empty(), "{name}");
        let style = &of("style")[0].text;
        assert!(style.contains("prefers-color-scheme: dark") && style.contains("@media print"), "{name}");
        assert!(!style.contains("url(") && !style.contains("@import"), "{name}");
    }
}

#[test]
fn a_disk_that_swap_extend_changes_is_shown_before_and_after() {
    let page = |name: &str| {
        let html = written(&["check"], Host::named(name).path(), "html");
        let page = elements(&parsed(&html));
        let labels = page.iter().filter_map(|element| element.attribute("aria-label").map(str::to_owned));
        labels.collect::<Vec<String>>()
    };
    let [before, after] = page("vg-free-enough").try_into().unwrap();
    assert!(before.contains("vg_root/lv_swap: swap, 4.00 GiB") && before.contains("free in vg_root"), "{before}");
    assert!(after.contains("vg_root/lv_swap: swap, 64.00 GiB") && !after.contains("free in vg_root"), "{after}");
    assert_eq!(page("good-uefi").len(), 1, "nothing is planned");
}

#[test]
fn the_page_has_every_finding_and_every_step_of_the_screen() {
    let host = Host::named("everything-wrong");
    let json: serde_json::Value = serde_json::from_str(&written(&["runbook"], host.path(), "json")).unwrap();
    let text = text_of(&parsed(&written(&["runbook"], host.path(), "html")).document);
    for step in json["steps"].as_array().unwrap() {
        assert!(
            text.contains(step["id"].as_str().unwrap()) && text.contains(step["title"].as_str().unwrap()),
            "{step}"
        );
    }
    let json: serde_json::Value = serde_json::from_str(&written(&["check"], host.path(), "json")).unwrap();
    for finding in json["findings"].as_array().unwrap() {
        assert!(text.contains(finding["message"].as_str().unwrap()), "{finding}");
    }
}

#[test]
fn the_cluster_page_shows_the_order_and_the_nodes_side_by_side() {
    let (good, bad) = (Host::named("good-uefi"), Host::named("swap-4gib"));
    let (_dir, files) = reports(&[("good.json", &good), ("bad.json", &bad)]);
    let text = text_of(&parsed(&of_cluster(&files, "html")).document);
    for words in ["CANNOT BE UPGRADED", "Order, one node at a time", "swap-size", "Next:", "What differs between nodes"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}
