//! An answer that is no part of a file: of a program, of a system call, of a port, or what a file was judged to be that
//! is not kept itself. As the text of its JSON: that takes no more memory than the file has bytes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::reduce;

/// One answer.
#[derive(Debug)]
pub(super) struct Answer(pub(super) Box<RawValue>);

impl Answer {
    /// Without private keys that a text in it has. `None` where it cannot be written as JSON, which no answer of ours is.
    pub(super) fn of(value: &impl Serialize) -> Option<Self> {
        let mut value = serde_json::to_value(value).ok()?;
        reduced(&mut value);
        to_raw_value(&value).ok().map(Self)
    }

    /// # Errors
    /// Where it is not of this type: the capture is damaged, or of another version.
    pub(super) fn again<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_str(self.0.get()).map_err(|why| format!("the capture has an answer of another kind: {why}"))
    }
}

fn reduced(value: &mut Value) {
    match value {
        Value::String(text) => {
            let mut bytes = std::mem::take(text).into_bytes();
            reduce::of_text(&mut bytes);
            *text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        }
        Value::Array(values) => values.iter_mut().for_each(reduced),
        Value::Object(fields) => fields.values_mut().for_each(reduced),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
