//! What is wrong in the text of a profile: everything at once, each with its place.
//!
//! Each field alone is put in the place of the built-in one. So the same code that reads a profile judges each field,
//! and one fault does not hide the next.

use serde_json::{Map, Value};

use super::{Profile, built_in, extend};

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The name of the field with those around it, such as `places.iso_folder`; empty for the profile as a whole.
    pub place: String,
    pub message: String,
}

type Fields = Map<String, Value>;

/// Everything that is wrong in `text`; nothing where it is a profile.
pub fn faults(text: &str) -> Vec<Fault> {
    // Fields that fit only together, such as a new pair of limits, do not each fit the base.
    let Err(whole) = Profile::parse(text) else { return Vec::new() };
    let one = |place: &str, message: String| vec![Fault { place: place.to_owned(), message }];
    let mut own: Fields = match serde_json::from_str(text) {
        Ok(own) => own,
        Err(e) => return one("", e.to_string()),
    };
    let extended = match extend::extended(&mut own) {
        Ok(extended) => extended,
        Err(why) => return one(extend::EXTENDS, why.to_owned()),
    };
    let base = match built_in::fields(extended.as_deref().unwrap_or(Profile::DEFAULT)) {
        Ok(base) => base,
        Err(why) => return one(extend::EXTENDS, why.to_string()),
    };
    let mut found = Vec::new();
    wrong(&base, &mut Vec::new(), &own, &mut found);
    if extended.is_none() {
        missing(&base, &mut Vec::new(), (&base, &own), &mut found);
    }
    if found.is_empty() { one("", whole.to_string()) } else { found }
}

/// Fields of `own`, which lie at `path`, that are no fields, or whose values are none of theirs.
fn wrong(base: &Fields, path: &mut Vec<String>, own: &Fields, found: &mut Vec<Fault>) {
    for (name, value) in own {
        path.push(name.clone());
        match (at(base, path), value) {
            (Some(Value::Object(_)), Value::Object(inner)) => wrong(base, path, inner, found),
            _ => found.extend(why_not(base, path, Some(value)).map(|message| fault(path, message))),
        }
        path.pop();
    }
}

/// Fields of `of` that `own` lacks, and that no profile goes without.
fn missing(base: &Fields, path: &mut Vec<String>, (of, own): (&Fields, &Fields), found: &mut Vec<Fault>) {
    for (name, value) in of {
        path.push(name.clone());
        match (value, own.get(name)) {
            (Value::Object(of), Some(Value::Object(own))) => missing(base, path, (of, own), found),
            (_, Some(_)) => {}
            (_, None) if why_not(base, path, None).is_some() => found.push(fault(path, "it is missing".to_owned())),
            (_, None) => {}
        }
        path.pop();
    }
}

fn fault(path: &[String], message: String) -> Fault {
    Fault { place: path.join("."), message }
}

fn at<'f>(fields: &'f Fields, path: &[String]) -> Option<&'f Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(fields.get(first)?, |value, name| value.get(name))
}

/// Why `base` is no profile any more with `value` at `path`, or without what is there.
fn why_not(base: &Fields, path: &[String], value: Option<&Value>) -> Option<String> {
    let mut changed = base.clone();
    let (name, folders) = path.split_last()?;
    let mut folder = &mut changed;
    for name in folders {
        folder = folder.get_mut(name)?.as_object_mut()?;
    }
    match value {
        Some(value) => folder.insert(name.clone(), value.clone()),
        None => folder.remove(name),
    };
    match serde_json::from_value::<Profile>(Value::Object(changed)) {
        Ok(profile) => profile.contradiction().map(str::to_owned),
        Err(e) if e.to_string().starts_with("unknown field") => Some("there is no such field".to_owned()),
        Err(e) => Some(e.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        faults(text).into_iter().map(|fault| format!("{}: {}", fault.place, fault.message)).collect()
    }

    #[test]
    fn a_built_in_profile_has_no_fault() {
        for whole in [include_str!("21.8.json"), include_str!("21.9.json"), include_str!("21.11.json")] {
            assert_eq!(found(whole), [""; 0]);
        }
        assert_eq!(found(r#"{"extends": "21.8", "sources": {"x": "y"}, "iso_bytes": null}"#), [""; 0]);
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let text = r#"{"extends": "21.8", "swap_bytes": "64", "places": {"isos": 1, "iso_folder": "x",
            "hsm": {"paths": [1]}}, "swap_bites": 1, "disk_minimum_bytes": 0}"#;
        let found = found(text);
        let places: Vec<&str> = found.iter().map(|fault| fault.split(": ").next().unwrap()).collect();
        let expected =
            ["disk_minimum_bytes", "places.hsm.paths", "places.iso_folder", "places.isos", "swap_bites", "swap_bytes"];
        assert_eq!(places, expected, "{found:#?}");
        assert_eq!(found[3], "places.isos: there is no such field");
        assert!(found[2].contains("absolute path") && found[5].contains("expected u64"), "{found:#?}");
    }

    #[test]
    fn what_a_whole_profile_lacks_is_named() {
        let mut fields: Fields = serde_json::from_str(include_str!("21.8.json")).unwrap();
        fields.remove("swap_bytes");
        fields.get_mut("places").unwrap().as_object_mut().unwrap().remove("log");
        let found = found(&Value::Object(fields).to_string());
        assert_eq!(found, ["places.log: it is missing", "swap_bytes: it is missing"]);
    }

    #[test]
    fn what_is_no_json_has_the_line_and_an_unknown_base_its_place() {
        assert!(found("{\n\"a\": }")[0].contains("line 2 column 6"), "{:?}", found("{\n\"a\": }"));
        assert!(found("[]")[0].starts_with(": "));
        assert!(found(r#"{"extends": "20.1"}"#)[0].starts_with("extends: no release profile"));
        assert!(found(r#"{"extends": 1}"#)[0].starts_with("extends: "));
    }

    #[test]
    fn fields_that_contradict_each_other_are_a_fault_of_the_whole() {
        let text = r#"{"extends": "21.8", "places": {"server_certificate": "/x", "server_certificate_address":
            "a:443"}}"#;
        assert_eq!(found(text).len(), 1, "{:?}", found(text));
        assert!(found(text)[0].starts_with(": "), "{:?}", found(text));
    }
}
