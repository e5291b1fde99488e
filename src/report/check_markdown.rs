//! What `check` found, in Markdown: for a ticket.

use std::fmt::Write;

use super::check::{CheckScreen, to_do};
use super::findings::{BY_SEVERITY, is_amiss, word};
use super::head::{next_words, verdict_words};
use super::markdown::escaped;
use crate::base::dates::format_minute;
use crate::subjects::rule::Finding;

/// The verdict, what to do next, and every finding, the worst first.
pub fn check_markdown(screen: &CheckScreen<'_>) -> String {
    let node = &screen.node;
    let mut out = format!("# {}: check before the upgrade to {}\n\n", escaped(node.host), escaped(node.release));
    let _ = writeln!(out, "**{}**\n", escaped(&verdict_words(screen.standing)));
    let at = node.now.map_or_else(String::new, |now| format!("{}, ", format_minute(now)));
    let _ = writeln!(out, "{at}okv-host {}\n", env!("CARGO_PKG_VERSION"));
    for line in node.defaults {
        let _ = writeln!(out, "{}\n", escaped(line));
    }
    if let Some(next) = next_words(node, screen.standing) {
        let _ = writeln!(out, "Next: {}\n", escaped(&next));
    }
    out.push_str("| verdict | rule | subject | found | to do |\n| --- | --- | --- | --- | --- |\n");
    for verdict in BY_SEVERITY {
        let of_verdict = screen.findings.iter().filter(|finding| finding.verdict == verdict);
        of_verdict.for_each(|finding| row(&mut out, finding, screen));
    }
    out
}

fn row(out: &mut String, finding: &Finding, screen: &CheckScreen<'_>) {
    let mut found = escaped(&finding.message);
    if !finding.measured.is_empty() {
        let _ = write!(found, " ({})", escaped(&finding.measured));
    }
    let (word, todo) = match &finding.waived {
        Some(waived) => {
            let why = format!("waived until {}: {}", waived.until, waived.reason);
            (format!("{}, waived", word(finding.verdict)), why)
        }
        None if is_amiss(finding.verdict) => {
            (word(finding.verdict).to_owned(), screen.node.to_do(&to_do(finding, screen.standing, screen.steps)))
        }
        None => (word(finding.verdict).to_owned(), finding.remedy.clone()),
    };
    let (subject, todo) = (escaped(&finding.subject), escaped(&todo));
    let _ = writeln!(out, "| {word} | {} | {subject} | {found} | {todo} |", finding.id);
}
