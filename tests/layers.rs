//! The layers of the design hold: a module imports only what lies below it.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules by layer, as the crate documentation lists them.
const LAYERS: &[(&str, u8)] = &[
    ("base", 0),
    ("profile", 1),
    ("io", 2),
    ("disk", 3),
    ("host", 4),
    ("engine", 4),
    ("plan", 5),
    ("subjects", 6),
    ("apply", 7),
    ("cluster", 7),
    ("runbook", 7),
    ("report", 8),
    ("cli", 8),
    ("commands", 9),
];

/// The module that an outside crate lives in.
const HOMES: &[(&str, &[&str])] = &[
    ("anstream", &["commands"]),
    ("anstyle", &["report"]),
    ("anyhow", &["commands"]),
    ("base64ct", &["subjects"]),
    ("byte_unit", &["base"]),
    ("clap", &["cli", "main"]),
    ("crc32c", &["disk"]),
    ("crc32fast", &["disk", "io"]),
    ("duct", &["io"]),
    // In `format` the name is that of our own reader.
    ("gpt", &["disk"]),
    ("hex", &["base", "engine"]),
    ("itoa", &["report"]),
    ("jiff", &["base"]),
    ("mbrman", &["disk"]),
    ("nix", &["io"]),
    ("procfs", &["host"]),
    ("rpm_version", &["base"]),
    ("sha2", &["base"]),
    ("rustls", &["subjects"]),
    ("signal_hook", &["apply"]),
    ("ssh_key", &["subjects"]),
    ("strsim", &["commands"]),
    ("x509_cert", &["subjects"]),
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Every source file with the name of its top module and its code without comments.
fn modules() -> Vec<(PathBuf, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|n| n != "lib.rs"))
        // Tests beside the code may use what the code may not.
        .filter(|path| !path.iter().any(|part| part == "tests" || part == "tests.rs"))
        .map(|path| {
            let first = path.strip_prefix(&src).unwrap().components().next().unwrap();
            let module = first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
            let code = fs::read_to_string(&path).unwrap();
            let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let code = code.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            (path, module, code)
        })
        .collect()
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// Words that follow `prefix` in `code`, where a list in braces counts as several.
fn named_after<'c>(code: &'c str, prefix: &str) -> Vec<&'c str> {
    let word = |s: &'c str| s.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let mut start = 0;
                for (i, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            names.push(word(list[start..i].trim_start()));
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            names.push(word(list[start..i].trim_start()));
                            start = i + 1;
                        }
                        _ => {}
                    }
                }
            }
            None => names.push(word(rest)),
        }
    }
    names
}

#[test]
fn a_module_imports_only_lower_layers() {
    let mut imports = 0;
    for (path, module, code) in modules() {
        let Some(own) = layer(&module) else {
            assert_eq!(module, "main", "{} is in no layer", path.display());
            continue;
        };
        for name in named_after(&code, "crate::").into_iter().filter(|n| !n.is_empty() && *n != module) {
            let other = layer(name).unwrap_or_else(|| panic!("{}: crate::{name} is in no layer", path.display()));
            assert!(other < own, "{} (layer {own}) imports {name} (layer {other})", path.display());
            imports += 1;
        }
    }
    assert!(imports > 50, "only {imports} imports were looked at");
}

#[test]
fn an_outside_crate_lives_in_its_home_only() {
    for (path, module, code) in modules() {
        for (name, homes) in HOMES {
            let used = code.contains(&format!("use {name}::")) || code.contains(&format!(" {name}::"));
            assert!(!used || homes.contains(&module.as_str()), "{} uses {name}", path.display());
        }
    }
}

#[test]
fn unsafe_code_is_only_in_sys() {
    let mut blocks = 0;
    for (path, module, code) in modules() {
        let n = code.matches("unsafe {").count();
        assert!(n == 0 || module == "io", "{} has unsafe code", path.display());
        blocks += n;
    }
    assert!(blocks > 0, "the search for unsafe code found not even the blocks of sys");
}

#[test]
fn names_after_a_prefix_are_found_in_lists_too() {
    assert_eq!(named_after("use crate::{a, b::{c, d}, e};\nuse crate::f::G;", "crate::"), ["a", "b", "e", "f"]);
}
