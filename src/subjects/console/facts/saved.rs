//! A saved answer, read leniently: names are compared without case and punctuation, wherever they are nested, and
//! numbers may be texts. Which fields there are is documented only in part.

use serde_json::Value;

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
    /// Reads it.
    ///
    /// # Errors
    /// Where it is no JSON.
    pub fn parse(text: &str) -> Result<Self, String> {
        let json: Value = serde_json::from_str(text).map_err(|e| format!("no JSON: {e}"))?;
        let mut saved = Self::default();
        saved.walk(&json, "", "");
        Ok(saved)
    }

    /// Nesting is bounded by the JSON parser.
    fn walk(&mut self, value: &Value, path: &str, shown: &str) {
        if self.0.len() >= MOST {
            return;
        }
        match value {
            Value::Object(object) => {
                object.iter().for_each(|(key, value)| self.walk(value, &format!("{path}{}", plain(key)), key));
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, path, shown)),
            Value::String(text) if !text.trim().is_empty() => self.keep(path, shown, text.trim()),
            Value::Number(number) => self.keep(path, shown, &number.to_string()),
            Value::Bool(is) => self.keep(path, shown, if *is { "true" } else { "false" }),
            Value::String(_) | Value::Null => {}
        }
    }

    fn keep(&mut self, path: &str, shown: &str, value: &str) {
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

    /// The values within `folder`, with their last names.
    pub fn within(&self, folder: &str) -> Vec<(&str, &str)> {
        let folder = plain(folder);
        let is_within =
            |field: &&Field| field.path.strip_suffix(&field.name).is_some_and(|path| path.ends_with(&folder));
        self.0.iter().filter(is_within).map(|field| (field.shown.as_str(), field.value.as_str())).collect()
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
