//! The first lines of `check` and `runbook`: which node, and whether it can be upgraded.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::findings::style;
use super::text::{Page, clean, padded, sentence, wrap};
use crate::base::dates::format_minute;
use crate::base::units::count;
use crate::procedure::{Headline, Standing};
use crate::subjects::rule::Verdict;

/// Which node a screen is about.
#[derive(Debug, Clone, Copy)]
pub struct Node<'r> {
    pub host: &'r str,
    /// The release that it is to be upgraded to.
    pub release: &'r str,
    /// What time it is on the node, in seconds since 1970; `None` for disks alone.
    pub now: Option<u64>,
    /// Whether it is the host that this program runs on: else a command is to be run there, and not here.
    pub is_here: bool,
    /// The saved host that it was read from, as the shell takes it for one word.
    pub root: Option<&'r str>,
    /// What it is judged by that no option named, each as a line.
    pub defaults: &'r [String],
}

impl Node<'_> {
    /// What is to be done on it, as a sentence.
    pub(super) fn to_do(self, text: &str) -> String {
        match text.strip_prefix("okv-host ") {
            Some(_) if !self.is_here => format!("On that node, run: {text}"),
            None if !self.is_here => sentence(text)
                .replace("Then run: ", "Then, on that node, run: ")
                .replace("Run: ", "On that node, run: "),
            _ => sentence(text),
        }
    }

    /// A command that shows more of it, with this option or command.
    pub(super) fn shows(self, command: &str) -> String {
        match command.strip_prefix("check ") {
            _ if self.is_here => format!("okv-host {command}"),
            Some(option) => format!("add {option}"),
            // What disks alone show has no clock, and no runbook.
            None if self.now.is_none() => format!("on that node: okv-host {command}"),
            None => format!("okv-host {command} --root {}", clean(self.root.unwrap_or("DIR"))),
        }
    }
}

/// The node and this program, then the verdict with its counts, and what else it is judged by.
pub(super) fn head(out: &mut Page, node: &Node<'_>, standing: &Standing) {
    let now = node.now.map(format_minute);
    let left = [Some(clean(node.host)), Some(format!("upgrade to {}", clean(node.release))), now];
    let left = left.into_iter().flatten().collect::<Vec<_>>().join("  ");
    let right = concat!("okv-host ", env!("CARGO_PKG_VERSION"));
    let room = out.columns.count().saturating_sub(right.len());
    if left.width().saturating_add(2) <= room {
        out.push_str(&padded(&left, room));
        out.push_str(right);
        out.push('\n');
    } else {
        wrap(out, &left, 0, 2);
    }
    verdict(out, standing);
    node.defaults.iter().for_each(|line| wrap(out, line, 0, 2));
}

fn verdict(out: &mut Page, standing: &Standing) {
    let (words, style, rest) = words(standing);
    out.push_str(&format!("{style}{words}{style:#}"));
    if rest.is_empty() {
        out.push('\n');
    } else {
        let at = words.len().saturating_add(2);
        out.push_str(": ");
        wrap(out, &rest, at, 2);
    }
}

/// The verdict with its counts, in one line of any length.
pub fn verdict_line(standing: &Standing) -> String {
    let (words, style, rest) = words(standing);
    let colon = if rest.is_empty() { "" } else { ": " };
    format!("{style}{words}{style:#}{colon}{}\n", clean(&rest))
}

/// The same without colours or the end of a line.
pub(super) fn verdict_words(standing: &Standing) -> String {
    let (words, _, rest) = verdict_parts(standing);
    if rest.is_empty() { words.to_owned() } else { format!("{words}: {rest}") }
}

/// What to do next on the node, and what it is for; `None` where nothing is.
pub(super) fn next_words(node: &Node<'_>, standing: &Standing) -> Option<String> {
    let next = standing.next.as_ref()?;
    let what_for = next.what_for().map_or_else(String::new, |id| format!("{id}: "));
    Some(format!("{what_for}{}", node.to_do(&next.what)))
}

fn words(standing: &Standing) -> (&'static str, Style, String) {
    let (words, like, rest) = verdict_parts(standing);
    (words, style(like).bold(), rest)
}

/// The verdict, the one whose colour it has, and what shows it.
pub(super) fn verdict_parts(standing: &Standing) -> (&'static str, Verdict, String) {
    let (words, like, why) = match &standing.headline {
        Headline::MustBeReplaced => ("THIS NODE MUST BE REPLACED", Verdict::Block, ""),
        Headline::Blocked => ("CANNOT BE UPGRADED", Verdict::Block, ""),
        Headline::Unknown => ("CANNOT DETERMINE WHETHER IT CAN BE UPGRADED", Verdict::Unknown, ""),
        Headline::NoBlocker => ("NO BLOCKER FOUND", Verdict::Warn, ""),
        Headline::Ready => ("READY FOR THE UPGRADE", Verdict::Pass, ""),
        Headline::Failed(why) => ("THE UPGRADE FAILED", Verdict::Block, why.as_str()),
        Headline::UnderWay(why) => ("THE UPGRADE IS UNDER WAY", Verdict::Warn, why.as_str()),
        Headline::Upgraded(why) => ("UPGRADED", Verdict::Pass, why.as_str()),
    };
    let counts = counted(standing);
    let rest = [why, counts.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
    (words, like, rest)
}

/// `2 blockers, 1 warning, 8 steps to confirm`: findings of rules first, then steps.
fn counted(standing: &Standing) -> String {
    let all = [
        (standing.blockers, count(standing.blockers, "blocker")),
        (standing.unknown, format!("{} unknown", standing.unknown)),
        (standing.not_judged, format!("{} not judged", standing.not_judged)),
        (standing.warnings, count(standing.warnings, "warning")),
        (standing.waived, format!("{} waived", standing.waived)),
        (standing.to_confirm.len(), format!("{} to confirm", count(standing.to_confirm.len(), "step"))),
    ];
    all.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words).collect::<Vec<_>>().join(", ")
}
