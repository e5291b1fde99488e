//! The page of a cluster: the order, and the nodes side by side.

use super::frame::{badge, banner, begin, end, tone, tone_of};
use super::markup::Markup;
use crate::cluster::{Cluster, Node, Problem, Step};
use crate::report::cluster::{BY_SEVERITY, made_of, verdict_parts};
use crate::report::cluster_words::{
    could_not, in_its_way, is_whole, next_words, place, shown, time_left, verdict_word,
};
use crate::report::text::sentence;
use crate::subjects::rule::{Outcome, Verdict};

pub fn cluster_html(cluster: &Cluster, now: u64) -> String {
    let mut out = Markup::default();
    let (words, counts) = verdict_parts(cluster);
    let release = cluster.profile.as_deref().unwrap_or("more than one release");
    begin(&mut out, &format!("Cluster: {words}"));
    let next = next_words(cluster.next.as_ref());
    banner(
        &mut out,
        tone_of(Some(cluster.verdict)),
        &format!("Cluster, upgrade to {release}"),
        (words, &counts),
        &next,
    );
    problems(&mut out, cluster);
    order(&mut out, cluster.order.as_deref());
    nodes(&mut out, cluster);
    list(&mut out, "Disabled", cluster.disabled.iter().map(time_left));
    list(&mut out, "Shown by the management console", cluster.console.iter().map(shown));
    differences(&mut out, cluster);
    list(&mut out, "Not found, or assumed", cluster.not_found.iter().cloned());
    end(&mut out, &made_of(cluster, now));
    out.into_text()
}

fn problems(out: &mut Markup, cluster: &Cluster) {
    if is_whole(cluster) {
        return;
    }
    out.raw("<section>\n<h2>What is in the way</h2>\n");
    for node in &cluster.nodes {
        for found in &node.blockers {
            article(out, Verdict::Block, (&node.name, &found.id), &found.message, "");
        }
    }
    for (outcome, like) in BY_SEVERITY {
        for Problem { id, message, remedy, .. } in cluster.problems.iter().filter(|p| p.verdict == outcome) {
            article(out, like, (id, ""), message, &sentence(remedy));
        }
        let unknown = cluster.nodes.iter().filter(|node| outcome == Outcome::Unknown && !node.unknown_by.is_empty());
        for node in unknown {
            article(out, like, (&node.name, ""), &could_not(node), "");
        }
    }
    out.raw("</section>\n");
}

fn article(out: &mut Markup, like: Verdict, (what, rule): (&str, &str), message: &str, todo: &str) {
    out.raw("<article class=\"");
    out.raw(tone(like));
    out.raw("\">\n<h3>");
    badge(out, tone(like), like.word());
    out.raw(" ");
    out.text(what);
    out.within(" <small>", rule, "</small>");
    out.raw("</h3>\n");
    out.within("<p>", message, "</p>\n");
    if !todo.is_empty() {
        out.raw("<p><strong>To do:</strong> ");
        out.sentence(todo);
        out.raw("</p>\n");
    }
    out.raw("</article>\n");
}

fn order(out: &mut Markup, order: Option<&[Step]>) {
    out.raw("<section>\n<h2>Order, one node at a time</h2>\n");
    match order {
        None => out.raw("<p>Unknown: read-only nodes come first, then read-write pairs.</p>\n"),
        Some([]) => out.raw("<p>Every node has the release already.</p>\n"),
        Some(steps) => {
            out.raw("<ol>\n");
            for step in steps {
                out.within("<li><strong>", &step.node, "</strong> ");
                out.within("(", &place(step), "): ");
                out.text(&in_its_way(step));
                out.raw("</li>\n");
            }
            out.raw("</ol>\n");
        }
    }
    out.raw("</section>\n");
}

fn nodes(out: &mut Markup, cluster: &Cluster) {
    out.raw("<section>\n<h2>Nodes</h2>\n<div class=\"wide\"><table class=\"stack\">\n<thead><tr>");
    for name in ["node", "turn", "verdict", "mode", "version", "status", "blocked by", "unknown", "waived"] {
        out.within("<th scope=\"col\">", name, "</th>");
    }
    out.raw("</tr></thead>\n<tbody>\n");
    let turn = |node: &Node| {
        let steps = cluster.order.as_deref()?;
        steps.iter().position(|step| step.node == node.name).map(|at| at.saturating_add(1).to_string())
    };
    for node in &cluster.nodes {
        out.raw("<tr>");
        out.within("<th scope=\"row\">", &node.name, "</th>");
        named(out, "turn", &turn(node).unwrap_or_default());
        out.raw("<td>");
        badge(out, tone_of(node.verdict), verdict_word(node));
        out.raw("</td>");
        named(out, "mode", node.mode.map_or("", |mode| mode.word()));
        named(out, "version", node.version.as_deref().unwrap_or_default());
        named(out, "status", node.status.as_deref().unwrap_or_default());
        for (name, ids) in [("blocked by", &node.blocked_by), ("unknown", &node.unknown_by), ("waived", &node.waived)] {
            named(out, name, &ids.join(", "));
        }
        out.raw("</tr>\n");
    }
    out.raw("</tbody></table></div>\n");
    let version = cluster.version.as_deref().unwrap_or("not known: that of a node is missing");
    out.within("<p>Cluster version: ", version, "</p>\n");
    out.raw("</section>\n");
}

fn cell(out: &mut Markup, text: &str) {
    out.raw("<td>");
    out.text(text);
    out.raw("</td>");
}

/// A cell that has its name with it where the table has no room for a head.
fn named(out: &mut Markup, name: &str, text: &str) {
    if text.is_empty() {
        out.raw("<td class=\"none\">-</td>");
        return;
    }
    out.raw("<td data-name=\"");
    out.text(name);
    out.within("\">", text, "</td>");
}

/// What differs, the nodes side by side.
fn differences(out: &mut Markup, cluster: &Cluster) {
    if cluster.differences.is_empty() {
        return;
    }
    out.raw("<section>\n<h2>What differs between nodes</h2>\n<div class=\"wide\"><table>\n");
    out.raw(
        "<thead><tr><th scope=\"col\">what</th><th scope=\"col\">value</th><th scope=\"col\">nodes</th></tr></thead>",
    );
    out.raw("\n<tbody>\n");
    for difference in &cluster.differences {
        for value in &difference.values {
            out.within("<tr><th scope=\"row\">", &difference.what, "</th>");
            cell(out, &value.value);
            cell(out, &value.nodes.join(", "));
            out.raw("</tr>\n");
        }
    }
    out.raw("</tbody></table></div>\n</section>\n");
}

fn list(out: &mut Markup, title: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    out.within("<section>\n<h2>", title, "</h2>\n<ul>\n");
    items.for_each(|item| out.within("<li>", &item, "</li>\n"));
    out.raw("</ul>\n</section>\n");
}
