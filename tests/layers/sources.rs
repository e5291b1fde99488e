//! The modules of `src`: their files, and what each of them imports of the others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module by its path from the crate's root: `["host", "mounts"]`.
pub(crate) type Module = Vec<String>;

/// A module and what its code names.
pub(crate) struct Source {
    /// The file, below the project's folder.
    pub(crate) path: PathBuf,
    /// The code, without comments and without the tests in it.
    pub(crate) code: String,
    /// The modules whose names or items it names, and the first name behind each.
    pub(crate) imports: BTreeSet<(Module, String)>,
}

/// Every module that is no test, by its path.
pub(crate) fn modules() -> BTreeMap<Module, Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    let mut found: BTreeMap<Module, Source> = files
        .into_iter()
        .map(|path| {
            let path = path.strip_prefix(root).unwrap().to_owned();
            let code = code(&fs::read_to_string(root.join(&path)).unwrap());
            (module(&path), Source { path, code, imports: BTreeSet::new() })
        })
        .filter(|(module, _)| !module.iter().any(|part| part == "tests" || part == "sample" || part == "main"))
        .collect();
    let names: BTreeSet<Module> = found.keys().cloned().collect();
    for (module, source) in &mut found {
        source.imports = imports(module, &source.code, &names);
    }
    found
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn module(path: &Path) -> Module {
    let below = path.strip_prefix("src").unwrap().with_extension("");
    let parts = below.iter().map(|part| part.to_str().unwrap().to_owned());
    parts.filter(|part| part != "mod" && part != "lib").collect()
}

/// Without comments, and without what is behind `#[cfg(test)]` at the end of a file: tests may use what the code may
/// not.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The paths that `code` names, with lists in braces taken apart: `["crate", "a", "B"]`.
pub(crate) fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let is_start = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':');
            if is_start {
                path_tree(&code[at..], &mut Vec::new(), &mut found);
            }
        }
    }
    found
}

/// What the folder `module` exports of its own modules: each name, and the module that it comes from.
pub(crate) fn exports(module: &Module, code: &str, names: &BTreeSet<Module>) -> BTreeMap<String, Module> {
    let mut found = BTreeMap::new();
    for (at, start) in code.match_indices("use ").filter(|(at, _)| code[..*at].ends_with([' ', '\n'])) {
        let rest = &code[at + start.len()..];
        let is_own = !["crate::", "super::", "std::"].iter().any(|start| rest.starts_with(start));
        let is_exported = code[..at].rsplit('\n').next().is_some_and(|line| line.starts_with("pub"));
        if !is_own || !is_exported {
            continue;
        }
        let mut trees = Vec::new();
        path_tree(rest.strip_prefix("self::").unwrap_or(rest), &mut Vec::new(), &mut trees);
        for path in trees {
            let mut from = module.clone();
            from.extend(path.iter().take_while(|part| part.starts_with(char::is_lowercase)).cloned());
            while !names.contains(&from) {
                from.pop();
            }
            found.insert(path.last().cloned().unwrap_or_default(), from);
        }
    }
    found
}

/// Reads one path, or a tree of them, and gives what is behind it.
fn path_tree<'c>(mut rest: &'c str, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> &'c str {
    let depth = before.len();
    loop {
        rest = rest.trim_start();
        if let Some(list) = rest.strip_prefix('{') {
            rest = list;
            loop {
                rest = rest.trim_start().trim_start_matches(',').trim_start();
                if rest.is_empty() || rest.starts_with('}') {
                    break;
                }
                let behind = path_tree(rest, before, found);
                rest = if behind.len() == rest.len() { &rest[1..] } else { behind };
            }
            before.truncate(depth);
            return rest.strip_prefix('}').unwrap_or(rest);
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        before.push(rest[..end].to_owned());
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(behind) => rest = behind,
            None => {
                found.push(before.clone());
                before.truncate(depth);
                return rest.strip_prefix(" as ").map_or(rest, |alias| alias.trim_start_matches(char::is_alphanumeric));
            }
        }
    }
}

fn imports(module: &Module, code: &str, names: &BTreeSet<Module>) -> BTreeSet<(Module, String)> {
    let mut found = BTreeSet::new();
    for path in paths(code) {
        let mut at = if path[0] == "crate" { Module::new() } else { module.clone() };
        let mut rest = path.iter().skip_while(|part| *part == "crate" || *part == "self").peekable();
        while rest.next_if(|part| *part == "super").is_some() {
            at.pop();
        }
        while let Some(part) = rest.peek() {
            at.push((*part).clone());
            if !names.contains(&at) {
                at.pop();
                break;
            }
            rest.next();
        }
        if at != *module && !at.is_empty() {
            found.insert((at, rest.next().cloned().unwrap_or_default()));
        }
    }
    // A file names its own folder's modules without a prefix.
    for child in names.iter().filter(|name| name.len() == module.len() + 1 && name.starts_with(module)) {
        let name = child.last().unwrap();
        let used = code
            .match_indices(&format!("{name}::"))
            .any(|(at, _)| code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':'));
        if used && !module.is_empty() {
            found.insert((child.clone(), String::new()));
        }
    }
    found
}

#[test]
fn what_a_folder_exports_has_the_module_that_it_comes_from() {
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<Module>();
    let names = ["s", "s::facts", "s::facts::iso", "s::plan"].map(module).into();
    let code = "pub use facts::iso::{A, b};\nuse plan::C;\npub(crate) use plan::D;\npub use crate::host::E;\n";
    let found = exports(&module("s"), code, &names);
    let text: Vec<String> = found.iter().map(|(name, from)| format!("{name} {}", from.join("::"))).collect();
    assert_eq!(text, ["A s::facts::iso", "D s::plan", "b s::facts::iso"]);
}

#[test]
fn paths_are_found_in_lists_too() {
    let code = "use crate::{a, b::{c, d as e}};\nuse super::f::G;\nlet x = crate::h::i(self::j::K);";
    let text: Vec<String> = paths(code).iter().map(|path| path.join("::")).collect();
    assert_eq!(text, ["crate::a", "crate::b::c", "crate::b::d", "crate::h::i", "super::f::G", "self::j::K"]);
}
