//! The time of a record: by RFC 3339, in UTC. Version 0.1.0 wrote seconds since 1970.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serializer};

use crate::base::dates::{Moment, format_second};

pub(super) fn serialize<S: Serializer>(second: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_second(*second))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Time {
        Seconds(u64),
        Text(String),
    }
    match Time::deserialize(deserializer)? {
        Time::Seconds(second) => Ok(second),
        Time::Text(text) => match Moment::parse(&text) {
            Some(moment) if moment.has_zone => Ok(moment.second),
            _ => Err(D::Error::invalid_value(Unexpected::Str(&text), &"a time by RFC 3339")),
        },
    }
}
