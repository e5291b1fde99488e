//! The JSON Schema (2020-12) of each document, from the types that are serialized: neither can change alone.

use super::json_document::{DOCUMENTS, Document};

/// The names of all documents, each with the command that prints it.
pub fn schemas() -> impl Iterator<Item = (&'static str, &'static str)> {
    DOCUMENTS.iter().map(|document| (document.name, document.command))
}

/// The schema of a document by its name, with or without `okv-host.` before it: pretty, with a line end.
pub fn schema(name: &str) -> Option<String> {
    let is_it = |document: &&Document| document.name == name || document.name.strip_prefix("okv-host.") == Some(name);
    Some(text(DOCUMENTS.iter().find(is_it)?))
}

fn text(document: &Document) -> String {
    let mut schema = (document.schema)();
    schema.insert("title".to_owned(), document.name.into());
    schema.insert("description".to_owned(), format!("Printed by: {}", document.command).into());
    format!("{:#}\n", schema.as_value())
}
