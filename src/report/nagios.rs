//! One line of a monitoring plugin: state, words, and performance data, as the Monitoring Plugins Development
//! Guidelines ask for.

use std::fmt::Write;

use super::cluster;
use super::head::verdict_words;
use super::measures::Measures;
use super::text::clean;
use crate::cluster::Cluster;
use crate::engine::PluginState;
use crate::procedure::{Headline, Standing};
use crate::subjects::rule::{Finding, Outcome, Verdict, outcome};

/// What a plugin answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginLine {
    pub state: PluginState,
    words: String,
    data: Vec<String>,
}

impl PluginLine {
    /// On a node. Steps that only a person can confirm are there on every node, and no reason to wake one.
    pub fn of_node(standing: &Standing, findings: &[Finding]) -> Self {
        let state = match (&standing.headline, outcome(findings)) {
            (Headline::Failed(_), _) | (_, Outcome::Blocked) => PluginState::Critical,
            (_, Outcome::Unknown) => PluginState::Unknown,
            (Headline::UnderWay(_), _) => PluginState::Warning,
            _ if standing.warnings > 0 => PluginState::Warning,
            _ => PluginState::Ok,
        };
        let is_amiss = |f: &&Finding| {
            f.waived.is_none()
                && !f.is_not_judged()
                && matches!(f.verdict, Verdict::Block | Verdict::Unknown | Verdict::Warn)
        };
        let mut ids: Vec<&str> = findings.iter().filter(is_amiss).map(|finding| finding.id.as_str()).collect();
        ids.dedup();
        let words = match ids.as_slice() {
            [] => verdict_words(standing),
            ids => format!("{} ({})", verdict_words(standing), ids.join(", ")),
        };
        Self { state, words, data: data(standing, &Measures::of(findings)) }
    }

    /// On a cluster.
    pub fn of_cluster(found: &Cluster) -> Self {
        let warns = found.problems.iter().any(|problem| problem.verdict == Outcome::Ready);
        let state = match found.verdict {
            Outcome::Blocked => PluginState::Critical,
            Outcome::Unknown => PluginState::Unknown,
            Outcome::Ready if warns => PluginState::Warning,
            Outcome::Ready => PluginState::Ok,
        };
        let blocked = found.nodes.iter().filter(|node| node.verdict == Some(Outcome::Blocked)).count();
        let data = vec![format!("nodes={};;;0", found.nodes.len()), format!("blocked={blocked};;0;0")];
        Self { state, words: cluster::verdict_words(found), data }
    }

    /// Where nothing could be found out.
    pub fn unknown(why: &str) -> Self {
        Self { state: PluginState::Unknown, words: why.to_owned(), data: Vec::new() }
    }

    /// The same where so many files could not be written: it cannot be OK.
    pub fn without_files(mut self, failed: usize) -> Self {
        if failed > 0 {
            let _ = write!(self.words, "; {failed} of the --output files could not be written");
            if self.state != PluginState::Critical {
                self.state = PluginState::Unknown;
            }
        }
        self
    }

    pub fn line(&self) -> String {
        // What follows a bar is read as performance data.
        let words = clean(&self.words).replace('|', "/");
        let data = if self.data.is_empty() { String::new() } else { format!("|{}", self.data.join(" ")) };
        format!("OKV {} - {words}{data}\n", self.state.word())
    }
}

/// `'label'=value[unit];[warn];[crit];[min];[max]`. A range `N:` is left by less than N.
fn data(standing: &Standing, measures: &Measures<'_>) -> Vec<String> {
    let mut data = vec![
        format!("blockers={};;0;0", standing.blockers),
        format!("unknown={};;;0", standing.unknown),
        format!("warnings={};0;;0", standing.warnings),
        format!("to_confirm={};;;0", standing.to_confirm.len()),
    ];
    if let Some((bytes, required)) = measures.swap {
        data.push(format!("swap={bytes}B;;{required}:;0"));
    }
    for (group, (free, _)) in &measures.free {
        data.push(format!("{}={free};;;0", label(&format!("free_extents {group}"))));
    }
    for ((rule, subject), (left, limit)) in &measures.days {
        let warn = limit.map_or_else(String::new, |limit| format!("{}:", limit.saturating_add(1)));
        data.push(format!("{}={left};{warn}", label(&format!("days_left {rule} {subject}"))));
    }
    data
}

/// A label has neither quotes, nor an equals sign, nor a bar.
fn label(text: &str) -> String {
    format!("'{}'", clean(text).replace(['\'', '=', '|'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_labels_cannot_be_taken_for_performance_data() {
        let line = PluginLine { state: PluginState::Ok, words: "a|b=1\n2".to_owned(), data: vec![label("x'=|\n")] };
        assert_eq!(line.line(), "OKV OK - a/b=1\\u{a}2|'x___\\u{a}'\n");
    }

    #[test]
    fn a_file_that_is_missing_is_never_ok_and_hides_no_blocker() {
        let of = |state| PluginLine { state, words: String::new(), data: Vec::new() };
        for (before, after) in [
            (PluginState::Ok, PluginState::Unknown),
            (PluginState::Warning, PluginState::Unknown),
            (PluginState::Critical, PluginState::Critical),
        ] {
            assert_eq!(of(before).without_files(1).state, after);
            assert_eq!(of(before).without_files(0).state, before);
        }
    }
}
