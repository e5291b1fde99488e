//! A profile that extends another one: `{"extends": "21.8", "iso_bytes": 5368709120}`.
//!
//! A site's file then has only the fields in which it differs, and stays valid when a release of okv-host adds a field.

use serde_json::{Map, Value};

/// The field that names the profile to extend.
pub(super) const EXTENDS: &str = "extends";

/// Takes the name of the extended profile out of `fields`, where there is one.
///
/// # Errors
/// Where it is no text.
pub(super) fn extended(fields: &mut Map<String, Value>) -> Result<Option<String>, &'static str> {
    match fields.remove(EXTENDS) {
        None => Ok(None),
        Some(Value::String(name)) => Ok(Some(name)),
        Some(_) => Err("\"extends\" is not the name of a built-in profile"),
    }
}

/// `base` with the fields of `own` in their place. Objects are merged field by field; any other value, a list and
/// `null` too, replaces.
pub(super) fn merged(mut base: Map<String, Value>, own: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in own {
        let value = match (base.remove(&name), value) {
            (Some(Value::Object(base)), Value::Object(own)) => Value::Object(merged(base, own)),
            (_, value) => value,
        };
        base.insert(name, value);
    }
    base
}

#[cfg(test)]
mod tests {
    use crate::profile::Profile;

    fn parse(text: &str) -> Result<Profile, String> {
        Profile::parse(text).map_err(|e| e.to_string())
    }

    #[test]
    fn a_profile_that_extends_another_differs_in_its_own_fields_only() {
        let built_in = Profile::named("21.8").unwrap();
        assert_eq!(parse(r#"{"extends": "21.8"}"#).unwrap(), built_in);
        let site = parse(r#"{"extends": "21.8", "iso_bytes": 7, "places": {"hsm": {"processes": ["hsmd"]}}}"#).unwrap();
        assert_eq!((site.iso_bytes, site.places.hsm.processes.as_slice()), (Some(7), &["hsmd".to_owned()][..]));
        assert_eq!((site.swap_bytes, &site.places.iso_folder), (built_in.swap_bytes, &built_in.places.iso_folder));
        assert_eq!(site.places.hsm.paths, built_in.places.hsm.paths);
    }

    #[test]
    fn a_list_and_null_replace() {
        let site = parse(r#"{"extends": "21.8", "iso_bytes": null, "places": {"release_files": []}}"#).unwrap();
        assert_eq!((site.iso_bytes, site.places.release_files.len()), (None, 0));
    }

    #[test]
    fn an_unknown_base_an_unknown_field_and_a_file_without_base_are_refused() {
        assert!(parse(r#"{"extends": "20.1"}"#).unwrap_err().contains("there is 21.8"));
        assert!(parse(r#"{"extends": 21.8}"#).unwrap_err().contains("built-in profile"));
        assert!(parse(r#"{"extends": "21.8", "swap_bites": 1}"#).unwrap_err().contains("swap_bites"));
        assert!(parse(r#"{"extends": "21.8", "places": {"isos": "/x"}}"#).unwrap_err().contains("isos"));
        let whole = parse(r#"{"iso_bytes": 7}"#).unwrap_err();
        assert!(whole.contains("missing field") && whole.contains("extends"), "{whole}");
    }
}
