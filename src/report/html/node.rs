//! The page of a node: verdict, findings, disks and runbook.

use super::disks::disks;
use super::findings::findings;
use super::frame::{banner, begin, end, tone};
use super::markup::Markup;
use super::page::NodePage;
use super::steps::steps;
use crate::report::head::{next_words, verdict_parts};

pub fn node_html(page: &NodePage<'_>) -> String {
    let mut out = Markup::default();
    let node = &page.node;
    let (words, like, counts) = verdict_parts(page.standing);
    begin(&mut out, &format!("{}: {words}", node.host));
    let about = format!("{}, upgrade to {}", node.host, node.release);
    let next = next_words(node, page.standing).unwrap_or_default();
    banner(&mut out, tone(like), &about, (words, &counts), &next);
    node.defaults.iter().for_each(|line| out.within("<p class=\"dim\">", line, "</p>\n"));
    findings(&mut out, page);
    disks(&mut out, page.disks, page.planned);
    steps(&mut out, node, page.steps);
    end(&mut out, page.made);
    out.into_text()
}
