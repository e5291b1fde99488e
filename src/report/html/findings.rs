//! Findings: one by one what is to be looked at, the others in a table.

use super::frame::{badge, tone};
use super::markup::Markup;
use super::page::NodePage;
use crate::procedure::by_urgency;
use crate::report::check::to_do;
use crate::report::findings::{BY_SEVERITY, is_amiss, word};
use crate::subjects::rule::Finding;

pub(super) fn findings(out: &mut Markup, page: &NodePage<'_>) {
    let of = |verdict| page.findings.iter().filter(move |finding| finding.verdict == verdict);
    let is_open = |finding: &&Finding| finding.waived.is_none() && !finding.is_not_judged();
    out.raw("<section>\n<h2>Findings</h2>\n");
    let amiss = BY_SEVERITY.into_iter().filter(|verdict| is_amiss(*verdict));
    let amiss: Vec<&Finding> = amiss.flat_map(|verdict| by_urgency(of(verdict).filter(is_open))).collect();
    if amiss.is_empty() {
        out.raw("<p>Nothing blocks, and nothing is unknown.</p>\n");
    }
    amiss.iter().for_each(|finding| one(out, page, finding));
    out.raw("<h3>Everything else that was judged</h3>\n<div class=\"wide\"><table class=\"stack found\">\n");
    out.raw("<thead><tr><th scope=\"col\">verdict</th><th scope=\"col\">rule</th><th scope=\"col\">subject</th>");
    out.raw("<th scope=\"col\">found</th></tr></thead>\n<tbody>\n");
    let rest = BY_SEVERITY.into_iter().flat_map(of);
    rest.filter(|finding| !is_amiss(finding.verdict) || !is_open(finding)).for_each(|finding| row(out, finding));
    out.raw("</tbody></table></div>\n</section>\n");
}

fn one(out: &mut Markup, page: &NodePage<'_>, finding: &Finding) {
    out.raw("<article class=\"");
    out.raw(tone(finding.verdict));
    out.raw("\">\n<h3>");
    badge(out, tone(finding.verdict), word(finding.verdict));
    out.raw(" ");
    out.text(finding.id.as_str());
    out.within(" <small>", &finding.subject, "</small>");
    out.raw("</h3>\n");
    out.within("<p>", &finding.message, "</p>\n");
    let todo = to_do(finding, page.standing, page.steps);
    if !todo.is_empty() {
        out.raw("<p><strong>To do:</strong> ");
        out.sentence(&page.node.to_do(&todo));
        out.raw("</p>\n");
    }
    out.raw("<dl>\n");
    let lines = [("measured", &finding.measured), ("required", &finding.required), ("source", &finding.source)];
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        out.within("<dt>", name, "</dt>");
        out.within("<dd>", value, "</dd>\n");
    }
    out.raw("</dl>\n</article>\n");
}

fn row(out: &mut Markup, finding: &Finding) {
    out.raw("<tr><td>");
    badge(out, tone(finding.verdict), word(finding.verdict));
    out.raw("</td><th scope=\"row\">");
    out.text(finding.id.as_str());
    out.raw("</th><td>");
    out.text(&finding.subject);
    out.raw("</td><td>");
    out.text(&finding.message);
    out.within("<br><small>", &finding.measured, "</small>");
    if let Some(waived) = &finding.waived {
        out.within("<br><strong>Waived</strong> until ", &format!("{}: {}", waived.until, waived.reason), "");
    }
    out.raw("</td></tr>\n");
}
