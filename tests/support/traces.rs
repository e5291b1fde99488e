//! Searches a capture for secrets, in every encoding.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::Path;

use base64ct::{Base64, Encoding};
use flate2::read::GzDecoder;
use serde_json::Value;

/// So many bytes of a secret that are found are not there by chance.
const WINDOW: usize = 12;

/// Parts of a secret in every encoding that a search must not find.
fn traces(secret: &[u8]) -> Vec<[u8; WINDOW]> {
    let mut traces = Vec::new();
    // The beginning is structure, which all keys of a type share.
    for window in secret[32.min(secret.len() / 4)..].windows(WINDOW).step_by(7) {
        // Zeros and padding are in other files too.
        if window.iter().collect::<BTreeSet<_>>().len() < WINDOW - 3 {
            continue;
        }
        let first = |bytes: &[u8]| <[u8; WINDOW]>::try_from(&bytes[..WINDOW]).unwrap();
        traces.push(first(window));
        let mut hex = String::new();
        window.iter().for_each(|byte| _ = write!(hex, "{byte:02x}"));
        traces.push(first(hex.to_uppercase().as_bytes()));
        traces.push(first(hex.as_bytes()));
        for skipped in 0..3 {
            let text = Base64::encode_string(&[&[0; 3][..skipped], window].concat());
            // The digits that other bytes are a part of are not its own.
            traces.push(first(&text.trim_end_matches('=').as_bytes()[[0, 2, 3][skipped]..]));
        }
    }
    traces
}

/// All that a capture has: its text, and what is in base64 in it.
pub(crate) fn content(file: &Path) -> Vec<u8> {
    let mut text = Vec::new();
    GzDecoder::new(fs::File::open(file).unwrap()).read_to_end(&mut text).unwrap();
    let mut all = text.clone();
    let mut inner = |value: &Value| {
        let mut ahead = vec![value];
        while let Some(value) = ahead.pop() {
            match value {
                Value::Object(fields) => ahead.extend(fields.values()),
                Value::Array(values) => ahead.extend(values),
                Value::String(text) => {
                    all.extend(text.as_bytes());
                    all.push(b'\n');
                    all.extend(Base64::decode_vec(text).unwrap_or_default());
                    all.push(b'\n');
                    all.extend(text.replace('\n', "").into_bytes());
                }
                _ => {}
            }
        }
    };
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        inner(&serde_json::from_slice(line).unwrap());
    }
    all
}

/// Fails where a part of one of the named secrets is in `all`, in any encoding.
pub(crate) fn assert_none_of<'s>(secrets: impl Iterator<Item = (&'s str, &'s [u8])>, all: &[u8], place: &str) {
    let traces: HashMap<[u8; WINDOW], &str> =
        secrets.flat_map(|(name, secret)| traces(secret).into_iter().map(move |trace| (trace, name))).collect();
    assert!(traces.len() > 1000, "{}", traces.len());
    for window in all.windows(WINDOW) {
        let found = traces.get(<&[u8; WINDOW]>::try_from(window).unwrap());
        assert!(found.is_none(), "{found:?} in {place}: {}", String::from_utf8_lossy(window));
    }
}
