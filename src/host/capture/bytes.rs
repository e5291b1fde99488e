//! Bytes in a capture: text as text, so that it can be read, and anything else in base64.

use std::fmt;

use base64ct::{Base64, Encoding};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Any bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub Vec<u8>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    base64: String,
}

/// Whether a line of JSON shows them as they are.
fn is_text(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0).ok().filter(|text| is_text(text)) {
            Some(text) => serializer.serialize_str(text),
            None => Other { base64: Base64::encode_string(&self.0) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

/// Takes nothing but the two forms: what is tried for one after the other is held in memory as a whole.
struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, or bytes in base64")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
        Ok(Bytes(text.as_bytes().to_vec()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Bytes, E> {
        Ok(Bytes(text.into_bytes()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Bytes, A::Error> {
        let other = Other::deserialize(MapAccessDeserializer::new(map))?;
        Base64::decode_vec(&other.base64).map(Bytes).map_err(|_| A::Error::custom("it is no base64"))
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
        for other in ["7", "[1]", "null", r#"{"base64":"","x":1}"#, r#"{"base64":[0]}"#] {
            assert!(serde_json::from_str::<Bytes>(other).is_err(), "{other}");
        }
    }
}
