//! The crates of the program against `deny.toml`, as far as it works without the network: `cargo deny` itself is run
//! by `scripts/release`, because it takes minutes to build.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

const POLICY: &str = include_str!("../deny.toml");

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The first quoted text of each line of a list of `deny.toml`.
fn policy(key: &str) -> Vec<&'static str> {
    let (_, after) = POLICY.split_once(&format!("\n{key} = [")).unwrap_or_else(|| panic!("deny.toml has no {key}"));
    let (list, _) = after.split_once(']').unwrap();
    list.lines().filter_map(|line| line.split('"').nth(1)).collect()
}

/// Whether a licence expression is met by licences that are allowed. `/` is what `OR` was.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any(&words, &mut at, allowed);
    assert_eq!(at, words.len(), "an expression that is not understood: {expression}");
    met
}

fn any(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let Some(&word) = words.get(*at) else { return false };
    *at += 1;
    if word == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    if words.get(*at) == Some(&"WITH") {
        *at += 2; // an exception only permits more
    }
    allowed.contains(&word)
}

#[test]
fn licence_expressions_are_evaluated() {
    let allowed = ["MIT", "Apache-2.0"];
    for met in ["MIT", "GPL-3.0 OR MIT", "Unlicense/MIT", "Apache-2.0 WITH LLVM-exception", "(MIT OR X) AND Apache-2.0"]
    {
        assert!(is_allowed(met, &allowed), "{met}");
    }
    for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND X"] {
        assert!(!is_allowed(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn every_crate_has_an_allowed_licence_and_an_allowed_source() {
    let (allowed, registries) = (policy("allow"), policy_of_registries());
    let metadata = metadata();
    for package in list(&metadata, "packages") {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        assert!(is_allowed(licence, &allowed), "{name} has the licence {licence:?}");
        let source = text(package, "source");
        let known = registries.iter().any(|registry| source == format!("registry+{registry}"));
        assert!(known || (source.is_empty() && name == "okv-host"), "{name} comes from {source:?}");
    }
}

fn policy_of_registries() -> Vec<&'static str> {
    let (_, list) = POLICY.split_once("\nallow-registry = [").unwrap();
    list.split(']').next().unwrap().split('"').skip(1).step_by(2).collect()
}

/// The versions of each crate that the program is made of or by, tests apart. From `cargo tree`: the metadata names
/// optional crates too that no feature turns on.
fn versions() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--target", "x86_64-unknown-linux-gnu"])
        .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut versions = BTreeMap::<_, BTreeSet<_>>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            versions.entry(name.to_owned()).or_default().insert(version.trim_start_matches('v').to_owned());
        }
    }
    versions
}

#[test]
fn a_crate_is_there_in_two_versions_only_where_the_policy_lists_it() {
    let versions = versions();
    let skipped = policy("skip");
    let is_skipped = |name: &str, version: &str| {
        skipped.iter().any(|entry| {
            let (skipped, of) = entry.split_once('@').unwrap();
            skipped == name && (version == of || version.starts_with(&format!("{of}.")))
        })
    };
    for (name, versions) in &versions {
        let left: Vec<_> = versions.iter().filter(|version| !is_skipped(name, version)).collect();
        assert!(left.len() <= 1, "{name} is there in the versions {left:?}; list one in deny.toml with its reason");
    }
    for entry in skipped {
        let (name, _) = entry.split_once('@').unwrap();
        assert!(versions.get(name).is_some_and(|versions| versions.len() > 1), "{entry} is no duplicate any more");
    }
}

#[test]
fn every_exception_of_the_policy_and_every_direct_dependency_has_its_reason() {
    for entry in POLICY.lines().filter(|line| line.trim_start().starts_with('{')) {
        assert!(entry.contains(", reason = \""), "{entry}");
    }
    let manifest = include_str!("../Cargo.toml");
    let tables = ["dependencies", "dev-dependencies"];
    for table in tables {
        let (_, lines) = manifest.split_once(&format!("\n[{table}]")).unwrap();
        let lines: Vec<_> =
            lines.split("\n[").next().unwrap().lines().skip(1).filter(|line| !line.is_empty()).collect();
        assert!(!lines.is_empty());
        for line in lines {
            let reason = line.rsplit_once(" # ").map(|(_, reason)| reason.trim());
            assert!(reason.is_some_and(|reason| reason.len() > 8), "no reason behind {line}");
        }
    }
}
