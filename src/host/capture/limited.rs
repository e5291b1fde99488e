//! Lists of a capture, whose length is verified while they are read: a short line may have more parts than memory has
//! room for.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Kept;

/// A list of at most so many.
struct Limited<T, const MOST: usize>(Vec<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Limited<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Reader::<T, MOST>(PhantomData)).map(Self)
    }
}

struct Reader<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Reader<T, MOST> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MOST}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            if values.len() >= MOST {
                return Err(A::Error::custom(format!("it has a list of more than {MOST}")));
            }
            values.push(value);
        }
        Ok(values)
    }
}

/// A list of at most `MOST`.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Limited::<T, MOST>::deserialize(deserializer).map(|list| list.0)
}

/// The same of an answer that is kept.
pub(super) fn kept<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<Kept<Vec<T>>>, D::Error> {
    let list = Option::<Kept<Limited<T, MOST>>>::deserialize(deserializer)?;
    Ok(list.map(|kept| match kept {
        Kept::Is(list) => Kept::Is(list.0),
        Kept::Failed(failure) => Kept::Failed(failure),
    }))
}
