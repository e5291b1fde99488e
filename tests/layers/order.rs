//! A folder of `src` imports only folders below it.

use crate::sources::modules;

/// The folders of `src`, the lowest first, as `src/lib.rs` lists them.
pub(crate) const ORDER: &[&str] = &[
    "base",
    "profile",
    "io",
    "disk",
    "host",
    "engine",
    "subjects",
    "procedure",
    "cluster",
    "report",
    "cli",
    "commands",
];

/// Folders of one layer, which do not import each other.
const BESIDE: &[(&str, &str)] = &[("procedure", "cluster"), ("report", "cli")];

fn layer(folder: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == folder)
}

#[test]
fn a_folder_imports_only_what_is_below_it() {
    let mut imports = 0;
    for (module, source) in modules().iter().filter(|(module, _)| !module.is_empty()) {
        let own = layer(&module[0]).unwrap_or_else(|| panic!("{} is in no layer", source.path.display()));
        for (other, name) in source.imports.iter().filter(|(other, _)| other[0] != module[0]) {
            let below = layer(&other[0]).unwrap_or_else(|| panic!("{}: {other:?}", source.path.display()));
            let are_beside =
                |(a, b): &(&str, &str)| (*a == module[0] && *b == other[0]) || (*b == module[0] && *a == other[0]);
            let may = below < own && !BESIDE.iter().any(are_beside);
            assert!(may, "{} imports {}::{name}", source.path.display(), other.join("::"));
            imports += 1;
        }
    }
    assert!(imports > 300, "only {imports} imports were looked at");
}
