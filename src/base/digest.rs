//! SHA-256 sums (FIPS 180-4) of what is too long to be held in memory.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;

/// Bytes that are read at once.
pub const PIECE: usize = 1 << 20;

/// A SHA-256 sum; its text is 64 hexadecimal digits, as `sha256sum` prints them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sha256([u8; 32]);

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Sha256 {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut sum = [0; 32];
        let digits: String = text.trim().chars().filter(|c| *c != ':').collect();
        match hex::decode_to_slice(digits, &mut sum) {
            Ok(()) => Ok(Self(sum)),
            Err(_) => Err(format!("{text} is no SHA-256 sum: 64 hexadecimal digits")),
        }
    }
}

impl JsonSchema for Sha256 {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Sha256".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The sum of bytes that are in memory.
pub fn sum(bytes: &[u8]) -> Sha256 {
    let mut summing = Summing::default();
    summing.update(bytes);
    summing.finish()
}

/// A sum in the making.
#[derive(Debug, Clone, Default)]
pub struct Summing(sha2::Sha256);

impl Summing {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The sum of all of them.
    pub fn finish(self) -> Sha256 {
        Sha256(self.0.finalize().into())
    }
}

/// The sum of everything that `from` gives. `on` hears after each piece how many bytes were read, and may break off:
/// then there is none.
///
/// # Errors
/// What the reader says.
pub fn sum_of(mut from: impl Read, on: &mut dyn FnMut(u64) -> ControlFlow<()>) -> io::Result<Option<Sha256>> {
    let (mut sum, mut read) = (Summing::default(), 0_u64);
    let mut piece = vec![0; PIECE];
    loop {
        let got = match from.read(&mut piece) {
            Ok(0) => return Ok(Some(sum.finish())),
            Ok(got) => got,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        sum.update(piece.get(..got).unwrap_or_default());
        read = read.saturating_add(got as u64);
        if on(read).is_break() {
            return Ok(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's own example.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_sum_is_that_of_the_standard_and_its_text_goes_there_and_back() {
        let sum = sum_of(&b"abc"[..], &mut |_| ControlFlow::Continue(())).unwrap().unwrap();
        assert_eq!(sum.to_string(), ABC);
        assert_eq!(ABC.to_uppercase().parse(), Ok(sum));
        let json = serde_json::to_string(&sum).unwrap();
        assert_eq!((json.as_str(), serde_json::from_str(&json).ok()), (&*format!("\"{ABC}\""), Some(sum)));
        for text in ["", "abc", &ABC[1..], &format!("{ABC}00"), &ABC.replace('b', "g")] {
            assert!(text.parse::<Sha256>().is_err(), "{text}");
        }
    }

    #[test]
    fn it_can_be_broken_off_between_two_pieces() {
        let long = vec![7; 3 * PIECE];
        let mut heard = Vec::new();
        let mut until_two = |read| {
            heard.push(read);
            if heard.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        assert_eq!(sum_of(&long[..], &mut until_two).unwrap(), None);
        assert_eq!(heard, [PIECE as u64, 2 * PIECE as u64]);
    }
}
