//! A folder of `src` imports only folders below it.

use std::path::{Path, PathBuf};

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
    "compare",
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

#[test]
fn a_file_has_at_most_300_lines_and_half_of_them_under_100() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut lengths = Vec::new();
    collect_lengths(&root, &mut lengths);
    lengths.sort();
    let too_long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > 300).collect();
    assert!(too_long.is_empty(), "over 300 lines: {too_long:?}");
    let median = lengths[lengths.len() / 2].0;
    assert!(median < 100, "the median is {median}");
}

/// Adds the length of each source below `folder`, tests among them, which `modules()` leaves out.
fn collect_lengths(folder: &Path, lengths: &mut Vec<(usize, PathBuf)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_lengths(&path, lengths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            lengths.push((std::fs::read_to_string(&path).unwrap().lines().count(), path));
        }
    }
}
