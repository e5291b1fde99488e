//! Bytes in a capture: text as text, so that it can be read, and anything else in base64.

use base64ct::{Base64, Encoding};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Any bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub Vec<u8>);

#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    Text(String),
    Other { base64: String },
}

/// Whether a line of JSON shows them as they are.
fn is_text(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0).ok().filter(|text| is_text(text)) {
            Some(text) => serializer.serialize_str(text),
            None => Written::Other { base64: Base64::encode_string(&self.0) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Text(text) => Ok(Self(text.into_bytes())),
            Written::Other { base64 } => {
                Base64::decode_vec(&base64).map(Self).map_err(|_| D::Error::custom("it is no base64"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_and_every_other_byte_comes_back() {
        let there = |bytes: &[u8]| serde_json::to_string(&Bytes(bytes.to_vec())).unwrap();
        assert_eq!(there(b"a\tb\n"), r#""a\tb\n""#);
        assert_eq!(there(b"\0\xff"), r#"{"base64":"AP8="}"#);
        for bytes in [&b""[..], b"text\n", b"\x1b[2J", b"\xff\xfe", "\u{e4}".as_bytes()] {
            assert_eq!(serde_json::from_str::<Bytes>(&there(bytes)).unwrap(), Bytes(bytes.to_vec()));
        }
        assert!(serde_json::from_str::<Bytes>(r#"{"base64":"*"}"#).is_err());
        assert!(serde_json::from_str::<Bytes>("7").is_err());
    }
}
