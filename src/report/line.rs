//! JSON on one line, for fleets: what `serde_json` would write, byte for byte, in a third of its time.
//!
//! The schema stays where it is, in the `Serialize` of the data model. Two things make the difference: the names of
//! fields and of enum values are words of our own that need no escape, and a string is looked through sixteen bytes at
//! a time before it is copied whole.

use std::fmt::{self, Display};
use std::io::Write as _;

use serde::ser::{self, Impossible, Serialize, Serializer};
use text::is_plain;

mod text;

/// Appends `value` to `out`. What is half written when it fails is taken back.
///
/// # Errors
/// Where `value` is made of something that no report has: maps, tuples, floats.
pub(super) fn write(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Unsupported> {
    let before = out.len();
    value.serialize(&mut Line { out }).inspect_err(|_| out.truncate(before))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unsupported(String);

impl Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not part of a report: {}", self.0)
    }
}

impl std::error::Error for Unsupported {}

impl ser::Error for Unsupported {
    fn custom<T: Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

struct Line<'o> {
    out: &'o mut Vec<u8>,
}

type Never = Impossible<(), Unsupported>;

/// A list or an object that is being written.
struct Open<'l, 'o> {
    line: &'l mut Line<'o>,
    first: bool,
}

macro_rules! shorter_numbers {
    ($($name:ident $int:ty),*) => {$(
        fn $name(self, value: $int) -> Result<(), Unsupported> {
            self.serialize_u64(value.into())
        }
    )*};
}

macro_rules! unsupported {
    ($($name:ident($($argument:ty),*) -> $out:ty;)*) => {$(
        fn $name(self, $(_: $argument),*) -> Result<$out, Unsupported> {
            no(stringify!($name))
        }
    )*};
}

impl<'l, 'o> Serializer for &'l mut Line<'o> {
    type Ok = ();
    type Error = Unsupported;
    type SerializeSeq = Open<'l, 'o>;
    type SerializeStruct = Open<'l, 'o>;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStructVariant = Never;

    #[inline(always)]
    fn serialize_bool(self, value: bool) -> Result<(), Unsupported> {
        self.put(if value { b"true" } else { b"false" });
        Ok(())
    }

    shorter_numbers! { serialize_u8 u8, serialize_u16 u16, serialize_u32 u32 }

    #[inline(always)]
    fn serialize_u64(self, value: u64) -> Result<(), Unsupported> {
        self.put(itoa::Buffer::new().format(value).as_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Unsupported> {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    #[inline(always)]
    fn serialize_str(self, value: &str) -> Result<(), Unsupported> {
        self.text(value);
        Ok(())
    }

    /// Characters of ASCII that need no escape: see [`is_human_readable`](Serializer::is_human_readable).
    #[inline(always)]
    fn serialize_bytes(self, ascii: &[u8]) -> Result<(), Unsupported> {
        self.ascii(ascii);
        Ok(())
    }

    /// What is made of such characters alone, as an identifier is, is asked for as bytes.
    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline(always)]
    fn serialize_none(self) -> Result<(), Unsupported> {
        self.serialize_unit()
    }

    #[inline(always)]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unsupported> {
        value.serialize(self)
    }

    #[inline(always)]
    fn serialize_unit(self) -> Result<(), Unsupported> {
        self.put(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unsupported> {
        self.serialize_unit()
    }

    #[inline(always)]
    fn serialize_unit_variant(self, _: &'static str, _: u32, word: &'static str) -> Result<(), Unsupported> {
        self.word(word);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unsupported> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<(), Unsupported> {
        no(variant)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'l, 'o>, Unsupported> {
        self.out.push(b'[');
        Ok(Open { line: self, first: true })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'l, 'o>, Unsupported> {
        self.out.push(b'{');
        Ok(Open { line: self, first: true })
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Unsupported> {
        self.out.push(b'"');
        let from = self.out.len();
        write!(self.out, "{value}").map_err(|_| Unsupported("what cannot be shown".into()))?;
        if self.out.get(from..).is_some_and(|text| !is_plain(text)) {
            let text = self.out.split_off(from);
            text.into_iter().for_each(|byte| self.escaped(byte));
        }
        self.out.push(b'"');
        Ok(())
    }

    unsupported! {
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

fn no<T>(what: &str) -> Result<T, Unsupported> {
    Err(Unsupported(what.to_owned()))
}

impl ser::SerializeSeq for Open<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    #[inline(always)]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        if !std::mem::replace(&mut self.first, false) {
            self.line.out.push(b',');
        }
        value.serialize(&mut *self.line)
    }

    fn end(self) -> Result<(), Unsupported> {
        self.line.out.push(b']');
        Ok(())
    }
}

impl ser::SerializeStruct for Open<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unsupported> {
        debug_assert!(is_plain(name.as_bytes()), "{name}");
        let first = std::mem::replace(&mut self.first, false);
        self.line.name(first, name.as_bytes());
        value.serialize(&mut *self.line)
    }

    fn end(self) -> Result<(), Unsupported> {
        self.line.out.push(b'}');
        Ok(())
    }
}

#[cfg(test)]
mod tests;
