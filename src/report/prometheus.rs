//! The text file that node_exporter collects (`--collector.textfile.directory`), in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::made::Made;
use super::measures::Measures;
use super::text::clean;
use crate::base::dates::Moment;
use crate::cluster::Cluster;
use crate::procedure::Standing;
use crate::subjects::rule::{Finding, Outcome, outcome};

const OUTCOMES: [Outcome; 3] = [Outcome::Ready, Outcome::Blocked, Outcome::Unknown];

/// The metrics of a node.
pub fn node_prometheus(made: &Made, standing: &Standing, findings: &[Finding]) -> String {
    let mut out = String::new();
    how_made(&mut out, made);
    let verdict = outcome(findings);
    family(&mut out, "okv_host_verdict", "The verdict of the rules on this node: 1 for the one that holds.");
    for word in OUTCOMES {
        sample(&mut out, "okv_host_verdict", &[("verdict", word.word())], u8::from(word == verdict));
    }
    let mut counts: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
    for finding in findings {
        let waived = if finding.waived.is_some() { "true" } else { "false" };
        *counts.entry((finding.id.as_str(), finding.verdict.word(), waived)).or_default() += 1;
    }
    family(&mut out, "okv_host_findings", "Findings of each rule, by verdict.");
    for ((rule, verdict, waived), count) in counts {
        let labels = [("rule", rule), ("verdict", verdict), ("waived", waived)];
        sample(&mut out, "okv_host_findings", &labels, count);
    }
    family(&mut out, "okv_host_steps_to_confirm", "Steps of the procedure that remain to be confirmed.");
    sample(&mut out, "okv_host_steps_to_confirm", &[], standing.to_confirm.len());
    measured(&mut out, &Measures::of(findings));
    out
}

fn measured(out: &mut String, measures: &Measures<'_>) {
    if !measures.days.is_empty() {
        family(out, "okv_host_days_left", "Whole days until something expires; negative after its last day.");
        for ((rule, subject), (left, _)) in &measures.days {
            sample(out, "okv_host_days_left", &[("rule", rule), ("subject", subject)], left);
        }
    }
    if let Some((bytes, required)) = measures.swap {
        family(out, "okv_host_swap_bytes", "Swap space that counts, over all areas.");
        sample(out, "okv_host_swap_bytes", &[], bytes);
        family(out, "okv_host_swap_required_bytes", "Swap space that the release requires.");
        sample(out, "okv_host_swap_required_bytes", &[], required);
    }
    if !measures.free.is_empty() {
        family(out, "okv_host_free_extents", "Extents of a volume group that no logical volume uses.");
        for (group, (free, _)) in &measures.free {
            sample(out, "okv_host_free_extents", &[("volume_group", group)], free);
        }
        family(out, "okv_host_extent_bytes", "Size of an extent of a volume group.");
        for (group, (_, bytes)) in &measures.free {
            sample(out, "okv_host_extent_bytes", &[("volume_group", group)], bytes);
        }
    }
}

/// The metrics of a cluster.
pub fn cluster_prometheus(made: &Made, cluster: &Cluster) -> String {
    let mut out = String::new();
    how_made(&mut out, made);
    family(&mut out, "okv_host_cluster_verdict", "The verdict on the cluster: 1 for the one that holds.");
    for word in OUTCOMES {
        let labels = [("verdict", word.word())];
        sample(&mut out, "okv_host_cluster_verdict", &labels, u8::from(word == cluster.verdict));
    }
    family(&mut out, "okv_host_cluster_node_verdict", "The verdict on each node: 1 for the one that holds.");
    let nodes: BTreeMap<&str, Option<Outcome>> =
        cluster.nodes.iter().map(|node| (node.name.as_str(), node.verdict)).collect();
    for (node, verdict) in nodes {
        let word = verdict.map_or("no-report", Outcome::word);
        sample(&mut out, "okv_host_cluster_node_verdict", &[("node", node), ("verdict", word)], 1);
    }
    out
}

/// When and by which program.
fn how_made(out: &mut String, made: &Made) {
    family(out, "okv_host_info", "The program, the node and the release profile; the value is 1.");
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let (host, profile, commit) = (or_empty(&made.host), or_empty(&made.profile), made.commit.unwrap_or_default());
    let labels = [("version", made.version), ("commit", commit), ("host", &host), ("profile", &profile)];
    sample(out, "okv_host_info", &labels, 1);
    if let Some(at) = made.at.as_deref().and_then(Moment::parse) {
        family(out, "okv_host_time_seconds", "When this was made, in seconds since 1970 (UTC).");
        sample(out, "okv_host_time_seconds", &[], at.second);
    }
}

fn family(out: &mut String, name: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
}

fn sample(out: &mut String, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
    let labels: Vec<String> = labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
    let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
    let _ = writeln!(out, "{name}{labels} {value}");
}

/// The value of a label: a line break is shown as any other control character.
fn escaped(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stays_one() {
        let mut out = String::new();
        sample(&mut out, "x", &[("a", "q\"b\\s\nn"), ("b", "")], 1);
        assert_eq!(out, "x{a=\"q\\\"b\\\\s\\\\u{a}n\",b=\"\"} 1\n");
        out.clear();
        sample(&mut out, "x", &[], -3);
        assert_eq!(out, "x -3\n");
    }
}
