//! No file imports one that imports it, however long the way round.
//!
//! What a file takes from the one above it in the tree (`super::Type`) does not count: a folder's `mod.rs` declares
//! what its files share.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{Module, modules};

/// The modules that can be reached from `start` over `edges`, without `start` where nothing leads back.
fn reached<'m>(edges: &'m BTreeMap<Module, BTreeSet<Module>>, start: &Module) -> BTreeSet<&'m Module> {
    let mut seen = BTreeSet::new();
    let mut ahead: Vec<&Module> = edges.get(start).into_iter().flatten().collect();
    while let Some(next) = ahead.pop() {
        if seen.insert(next) {
            ahead.extend(edges.get(next).into_iter().flatten());
        }
    }
    seen
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let edges: BTreeMap<Module, BTreeSet<Module>> = modules()
        .into_iter()
        .map(|(module, source)| {
            let others = source.imports.into_iter().map(|(other, _)| other);
            let others = others.filter(|other| !module.starts_with(other)).collect();
            (module, others)
        })
        .collect();
    assert!(edges.values().map(BTreeSet::len).sum::<usize>() > 500, "hardly any import was found");
    let circles: Vec<String> =
        edges.keys().filter(|module| reached(&edges, module).contains(module)).map(|m| m.join("::")).collect();
    assert!(circles.is_empty(), "these import each other in a circle: {circles:?}");
}
