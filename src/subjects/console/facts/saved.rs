//! A saved answer, read leniently: names are compared without case and punctuation, wherever they are nested, and
//! numbers may be texts. Which fields there are is documented only in part.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Most values that are kept of an answer.
const MOST: usize = 4096;

/// The values of an answer, each with the names that lead to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved(Vec<Field>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    /// The names from the top, without case and punctuation, joined.
    path: String,
    /// The last one alone.
    name: String,
    /// The last one as it is.
    shown: String,
    value: String,
}

impl Saved {
    /// Reads it, value by value: a tree of it could take a hundred times the memory.
    ///
    /// # Errors
    /// Where it is no JSON.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut saved = Self::default();
        let mut json = serde_json::Deserializer::from_str(text);
        let walked = Walk { saved: &mut saved, path: "", shown: "" }.deserialize(&mut json);
        walked.and_then(|()| json.end()).map_err(|e| format!("no JSON: {e}"))?;
        Ok(saved)
    }

    fn keep(&mut self, path: &str, shown: &str, value: &str) {
        if value.is_empty() || self.0.len() >= MOST {
            return;
        }
        let (path, name) = (path.to_owned(), plain(shown));
        self.0.push(Field { path, name, shown: shown.to_owned(), value: value.to_owned() });
    }

    /// The value of that name; otherwise the first whose names, joined, end so.
    pub fn value(&self, name: &str) -> Option<&str> {
        let wanted = plain(name);
        let exact = self.0.iter().find(|field| field.name == wanted);
        let found = exact.or_else(|| self.0.iter().find(|field| field.path.ends_with(&wanted)));
        found.map(|field| field.value.as_str())
    }

    /// The values within `folder`, with their last names, in the order of these.
    pub fn within(&self, folder: &str) -> Vec<(&str, &str)> {
        let folder = plain(folder);
        let is_within =
            |field: &&Field| field.path.strip_suffix(&field.name).is_some_and(|path| path.ends_with(&folder));
        let mut found: Vec<_> =
            self.0.iter().filter(is_within).map(|field| (field.shown.as_str(), field.value.as_str())).collect();
        found.sort_unstable();
        found
    }
}

/// The way to the values below the names of `path`. Nesting is bounded by the JSON parser.
struct Walk<'s> {
    saved: &'s mut Saved,
    path: &'s str,
    /// The last name as it is.
    shown: &'s str,
}

impl Walk<'_> {
    fn keep(self, value: &str) {
        self.saved.keep(self.path, self.shown, value.trim());
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(key) = object.next_key::<String>()? {
            let path = format!("{}{}", self.path, plain(&key));
            object.next_value_seed(Walk { saved: self.saved, path: &path, shown: &key })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Walk { saved: self.saved, path: self.path, shown: self.shown })?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.keep(text);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.keep(&number.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.keep(&number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.keep(&number.to_string());
        Ok(())
    }

    fn visit_bool<E>(self, is: bool) -> Result<(), E> {
        self.keep(if is { "true" } else { "false" });
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A name without case and punctuation.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_name_in_any_case_and_nesting() {
        for text in [
            r#"{"result": "Success", "value": {"cpuCores": "8", "disk": {"usedInGB": 5}}}"#,
            r#"{"CPU_CORES": 8, "disk_used_in_gb": "5"}"#,
            r#"[{"node": {"cpu": {"cores": 8}, "Disk": {"used in GB": 5}}}]"#,
        ] {
            let saved = Saved::parse(text).unwrap();
            assert_eq!((saved.value("cpuCores"), saved.value("diskUsedInGB")), (Some("8"), Some("5")), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_or_empty_has_no_value() {
        assert!(Saved::parse("okv: command not found").is_err());
        assert!(Saved::parse(r#"{"value": {"version": "21.8"#).is_err());
        let saved = Saved::parse(r#"{"version": " ", "cpuCores": null}"#).unwrap();
        assert_eq!((saved.value("version"), saved.value("cpuCores")), (None, None));
    }
}
