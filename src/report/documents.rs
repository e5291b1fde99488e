//! The documents that are made from the records of the rules and the table of steps, in Markdown.

use std::fmt::Write;

use super::json_document::json;
use super::markdown::escaped;
use super::reference::waivable;
use super::schema::{schema, schemas};
use crate::procedure::{Row, SECTIONS, STEPS, Scope, row_of_item};
use crate::profile::Profile;
use crate::subjects::rule::{Rule, Waivable};
use crate::subjects::table::RULES;

/// First line of each, for whoever is about to edit it.
const MADE: &str = "<!-- Made by: cargo run --example make-docs. Change the records in src/ and run it again. -->";

/// Every document that is made: its path in the project, and its text.
pub fn documents(profile: &Profile) -> Vec<(String, String)> {
    let pages = [("docs/rules.md", rules(profile)), ("docs/procedure.md", procedure()), ("docs/json.md", json(MADE))];
    let of_schemas = schemas().filter_map(|(name, _)| Some((format!("docs/schema/{name}.json"), schema(name)?)));
    pages.into_iter().map(|(path, text)| (path.to_owned(), text)).chain(of_schemas).collect()
}

fn rules(profile: &Profile) -> String {
    let release = escaped(&profile.release);
    let mut out = format!(
        "{MADE}\n\n# Rules\n\n\
         `okv-host check` judges a node by these rules, in this order. Thresholds and sources are those of release\n\
         profile {release}. `okv-host check --explain RULE` prints the record of a rule, with the thresholds of the\n\
         profile that `--profile` names.\n\n\
         | rule | judges | procedure |\n| --- | --- | --- |\n"
    );
    for rule in RULES {
        let _ = writeln!(out, "| {} | {} | {} |", link("", rule.id.as_str()), escaped(rule.title), items(rule));
    }
    out.push_str(
        "\n## Never waived\n\n\
         `check --waivers FILE` accepts findings for a reason and until a day. A finding of these rules always \
         counts:\n\
         it could cost data, or leave a node that does not start again.\n\n\
         | rule | why it is never waived |\n| --- | --- |\n",
    );
    for rule in RULES {
        if let Waivable::Never(why) = rule.waivable {
            let _ = writeln!(out, "| {} | {} |", link("", rule.id.as_str()), escaped(why));
        }
    }
    RULES.iter().for_each(|rule| section(&mut out, rule, profile));
    out
}

fn section(out: &mut String, rule: &Rule, profile: &Profile) {
    let _ = writeln!(out, "\n## {}\n\nJudges: {}.\n\n{}\n", rule.id, escaped(rule.title), escaped(rule.why));
    let mut steps: Vec<String> = rule
        .procedure
        .iter()
        .map(|item| match row_of_item(item) {
            Some(row) => format!("{item} ([`{}`](procedure.md))", row.id),
            None => (*item).to_owned(),
        })
        .collect();
    if steps.is_empty() {
        steps.push("no item asks for it".to_owned());
    }
    for (name, value) in [
        ("Required", escaped(&(rule.required)(profile))),
        ("Source", escaped(&(rule.source)(profile))),
        ("How to fix", escaped(rule.fix)),
        ("Reads", rule.inputs.iter().map(|input| escaped(input)).collect::<Vec<_>>().join("; ")),
        ("Procedure", steps.join(", ")),
        ("Can be waived", escaped(&waivable(rule))),
    ] {
        let _ = writeln!(out, "- {name}: {value}");
    }
}

fn procedure() -> String {
    let items: usize = STEPS.iter().filter(|row| !row.is_of_guide()).map(|row| row.item_names().len()).sum();
    let mut out = format!(
        "{MADE}\n\n# The procedure, item by item\n\n\
         The {items} items of sections 7.2 to 7.9 of the vendor's upgrade procedure: the step of `okv-host runbook` \
         that\n\
         covers each, who does it, the command of okv-host that does it, what verifies it (a command, or a rule of\n\
         `okv-host check`), and whether the operator can record it as done. `okv-host check --explain 7.2-9` explains \
         an\n\
         item and its rules. `hsm-guide` is in the place of an item at a step of the vendor's HSM guide, to which items refer.\n"
    );
    for (section, about) in SECTIONS {
        let _ = writeln!(
            out,
            "\n## {section} {}\n\n| item | step | who | done by | verified by | recorded by |\n\
             | --- | --- | --- | --- | --- | --- |",
            escaped(about)
        );
        for row in STEPS.iter().filter(|row| row.section == *section) {
            row.item_names().iter().for_each(|item| table_row(&mut out, item, row));
        }
    }
    out
}

fn table_row(out: &mut String, item: &str, row: &Row) {
    let who = if row.does().is_some() { "okv-host" } else { "operator" };
    let often = if row.scope == Scope::Cluster { ", once for the cluster" } else { "" };
    let commands = row.verified_by.iter().map(|command| code(command));
    let rules = row.rules().iter().map(|id| link("rules.md", id.as_str()));
    let verified = commands.chain(rules).collect::<Vec<_>>().join(", ");
    let cells = [
        item.to_owned(),
        format!("{}: {}", code(row.id), escaped(row.title)),
        format!("{who}{often}"),
        row.does().map(code).unwrap_or_default(),
        verified,
        if row.may_be_confirmed() { code("okv-host confirm") } else { String::new() },
    ];
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn items(rule: &Rule) -> String {
    rule.procedure.join(", ")
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A rule with a link to its section in `document`.
fn link(document: &str, rule: &str) -> String {
    format!("[`{rule}`]({document}#{rule})")
}
