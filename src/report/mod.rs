//! Reports: what was found, for people (text) and for machines (JSON with a versioned schema).

mod check;
mod cluster;
mod documents;
mod effect;
mod ending;
mod findings;
mod head;
mod json;
mod json_document;
mod layout;
mod line;
mod outcome;
mod plan;
mod prepare;
mod reference;
mod run;
mod runbook;
mod scan;
mod step;
mod text;
mod upgrade_run;

pub use check::{CheckScreen, Shown, text as check_text};
pub use cluster::{cluster_json, cluster_line, cluster_text};
pub use documents::documents;
pub use effect::duration;
pub use head::{Node, verdict_line};
pub use json::{CheckReport, check_json, disk_line, list_json, scan_json};
pub use outcome::plan_line;
pub use plan::{Applied, PlanReport, describe_action, plan_json, plan_text, steps_text};
pub use prepare::{prepare_json, prepare_line, prepare_text};
pub use reference::{Explained, explained_text, list_text};
pub use run::{By, close_text, status_json, status_line, status_text, undo_end, undo_json, undo_text};
pub use runbook::{Only, RunbookReport, confirm_json, confirm_text, runbook_json, runbook_markdown, runbook_text};
pub use scan::text as scan_text;
pub use text::Columns;
