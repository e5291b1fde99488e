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
    /// The answer without the private keys in its texts. `None` where it cannot be written as JSON; no answer of ours
    /// is such.
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
        Value::Array(values) => match bytes_of(values) {
            Some(mut bytes) => {
                if reduce::of_text(&mut bytes) {
                    *values = bytes.into_iter().map(Value::from).collect();
                }
            }
            None => values.iter_mut().for_each(reduced),
        },
        Value::Object(fields) => fields.values_mut().for_each(reduced),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Bytes that are written as numbers.
fn bytes_of(values: &[Value]) -> Option<Vec<u8>> {
    values.iter().map(|value| u8::try_from(value.as_u64()?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_written_as_numbers_have_no_password_and_other_numbers_stay() {
        let text = b"\xff x password=HUNTER2 y\n";
        let (numbers, small) = (vec![1_u64, 256, 3], vec![3_u64, 4]);
        let answer = Answer::of(&(text.to_vec(), &numbers, &small)).unwrap();
        let (bytes, again, few): (Vec<u8>, Vec<u64>, Vec<u64>) = answer.again().unwrap();
        assert_eq!((bytes.as_slice(), again, few), (&b"\xff x password=xxxxxxx y\n"[..], numbers, small));
    }
}
