//! What differs between the nodes: by rule, what their reports say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Node;
use super::saved::Saved;
use crate::subjects::preflight::rules::session;
use crate::subjects::rule::{RuleId, Verdict};
use crate::subjects::waivers;

/// Something that is not the same on all nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// The rule, or `release` and the like.
    pub what: String,
    /// What there is, each with the nodes that have it.
    pub values: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Value {
    pub value: String,
    /// The nodes whose reports have it.
    pub nodes: Vec<String>,
}

/// Rules that judge whoever asked, and not the node.
const NOT_OF_THE_NODE: &[RuleId] = &[session::ID, waivers::ID];

/// The differences between the reports on `nodes`, in the order of the rules.
pub(super) fn differences(reports: &[Saved], nodes: &[Node]) -> Vec<Difference> {
    let mut rules: Vec<&str> = Vec::new();
    for finding in reports.iter().flat_map(|report| &report.findings) {
        if !rules.contains(&finding.id.as_str()) && !NOT_OF_THE_NODE.iter().any(|id| *id == *finding.id) {
            rules.push(&finding.id);
        }
    }
    let compare = |what: &str, value: &dyn Fn(&Saved) -> String| difference(what, reports, nodes, value);
    let profile = compare("profile", &|report| report.profile.clone());
    let release =
        compare("release of the node", &|report| report.release.clone().unwrap_or_else(|| "not known".into()));
    let mut found: Vec<Difference> = profile.into_iter().chain(release).collect();
    found.extend(rules.iter().filter_map(|rule| {
        let mut found = compare(rule, &|report| without_figures(&summarize(report, rule)))?;
        // Of those that differ in figures alone, the first is shown.
        for value in &mut found.values {
            let first = reports
                .iter()
                .map(|report| summarize(report, rule))
                .find(|summary| without_figures(summary) == value.value);
            value.value = first.unwrap_or_default();
        }
        Some(found)
    }));
    found
}

fn difference(what: &str, reports: &[Saved], nodes: &[Node], value: &dyn Fn(&Saved) -> String) -> Option<Difference> {
    let mut values: Vec<Value> = Vec::new();
    for report in reports {
        let node = nodes.iter().find(|node| node.host.as_ref() == Some(&report.host));
        let node = node.map_or_else(|| report.host.clone(), |node| node.name.clone());
        let value = value(report);
        match values.iter_mut().find(|known| known.value == value) {
            Some(known) => known.nodes.push(node),
            None => values.push(Value { value, nodes: vec![node] }),
        }
    }
    (values.len() > 1).then(|| Difference { what: what.to_owned(), values })
}

/// Sizes, days and extents differ from node to node without meaning anything.
fn without_figures(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' | '.' if out.ends_with('#') => {}
            '0'..='9' => out.push('#'),
            c => out.push(c),
        }
    }
    out
}

/// What a report says by a rule: its one finding, or how many there are of each verdict.
fn summarize(report: &Saved, rule: &str) -> String {
    let found: Vec<_> = report.findings.iter().filter(|f| f.id == rule).collect();
    match found.as_slice() {
        [] => "not judged".to_owned(),
        [one] if one.waived.is_some() => format!("{}, waived: {}", one.verdict.word(), one.message),
        [one] => format!("{}: {}", one.verdict.word(), one.message),
        several => {
            let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
            for finding in several {
                let count = counts.entry(finding.verdict).or_default();
                *count = count.saturating_add(1);
            }
            counts.iter().map(|(verdict, count)| format!("{count} {}", verdict.word())).collect::<Vec<_>>().join(", ")
        }
    }
}
