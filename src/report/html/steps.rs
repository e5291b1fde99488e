//! The runbook: every step of the procedure, as it stands.

use super::frame::{badge, tone};
use super::markup::Markup;
use crate::procedure::{SECTIONS, Step};
use crate::report::head::Node;
use crate::report::runbook::like;

pub(super) fn steps(out: &mut Markup, node: &Node<'_>, steps: &[Step]) {
    out.raw("<section>\n<h2>Runbook</h2>\n");
    for (section, about) in SECTIONS {
        let mut of_section = steps.iter().filter(|step| step.section == *section).peekable();
        if of_section.peek().is_none() {
            continue;
        }
        out.within("<h3>", &format!("{section} {about}"), "</h3>\n");
        out.raw("<ul class=\"steps\">\n");
        of_section.for_each(|step| one(out, node, step));
        out.raw("</ul>\n");
    }
    out.raw("</section>\n");
}

fn one(out: &mut Markup, node: &Node<'_>, step: &Step) {
    out.raw("<li>");
    badge(out, tone(like(step)), step.word());
    out.within(" <strong>", step.id, "</strong>");
    out.within(" <small>", &step.source, "</small> ");
    out.text(step.title);
    out.within("<br><span class=\"dim\">", &step.evidence, "</span>");
    if !step.how.is_empty() {
        out.raw("<br>To do: ");
        out.sentence(&step.how);
    }
    if let Some(command) = &step.command {
        out.raw(if node.is_here { "<br>Run: " } else { "<br>On that node, run: " });
        out.within("<code>", command, "</code>");
    }
    out.raw("</li>\n");
}
