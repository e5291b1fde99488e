//! The schema of a type that is serialized.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use super::made::Document;

/// Of what is serialized as it is.
pub(super) fn of<T: JsonSchema>() -> Schema {
    generator().into_root_schema_for::<T>()
}

/// Of a document that begins with its name and how it was made.
pub(super) fn with_made<T: JsonSchema + 'static>(name: &'static str) -> Schema {
    let mut schema = of::<Document<'static, T>>();
    if let Some(Value::Object(of_name)) = schema.pointer_mut("/properties/schema") {
        of_name.insert("const".to_owned(), name.into());
    }
    schema
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().for_serialize().into_generator()
}
