//! Every file of `src` that reads outside bytes is in the table of readers, or is listed here with the reason.
//!
//! A file reads if a function of it takes bytes (`&[u8]`, `impl Read`, `Windows`), or text under a name that begins
//! with `parse` or `from_str`; if it asks a host for the bytes of a file; or if it reads JSON.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::all;

const NOT_READERS: &[(&str, &str)] = &[
    ("base/bytes", "fields of bytes: each format reads through it"),
    ("commands/fleet", "writes"),
    ("commands/progress", "writes"),
    ("commands/progress/writer", "writes"),
    ("commands/defaults", "hands waivers and profiles to their readers"),
    ("disk/filesystem/content", "bytes of an image, as they are"),
    ("disk/filesystem/mod", "declares what the readers of files answer"),
    ("disk/read", "reads ranges of an image for the readers"),
    ("disk/edges", "reads the ends of a disk for the tables"),
    ("disk/format/damage", "damage in tests"),
    ("disk/identify", "reads parts of a volume for the families"),
    ("disk/identify/far_name", "reads parts of a volume for the families"),
    ("disk/identify/far_windows", "reads parts of a volume for the families"),
    ("disk/opened", "bytes of a disk, as they are"),
    ("disk/new_table/begun", "compares with our own table"),
    ("disk/new_table/copy", "our own table in memory"),
    ("engine/apply/sectors", "compares sectors with those of a plan"),
    ("engine/apply/copy", "copies bytes as they are"),
    ("host/capture/blocks", "writes"),
    ("host/capture/image", "writes"),
    ("host/damage", "damage in tests"),
    ("host/setup", "hands files to their readers; a line of /etc/hostname is its name"),
    ("host/powered_off/tree", "the bytes of files, as they are"),
    ("host/root", "the bytes of files, as they are"),
    ("host/root/place", "the bytes of files, as they are"),
    ("io/image/faulty", "bytes of an image, as they are"),
    ("io/image/file", "bytes of an image, as they are"),
    ("io/image/mapped", "bytes of an image, as they are"),
    ("io/image/memory", "bytes of an image, as they are"),
    ("io/image/mod", "bytes of an image, as they are"),
    ("io/image/reader", "bytes of an image, as they are"),
    ("io/image/recording", "bytes of an image, as they are"),
    ("io/image/vm/store", "bytes of an image, as they are"),
    ("io/image/slice", "bytes of an image, as they are"),
    ("io/replace", "writes"),
    ("profile/built_in", "reads what is built in"),
    ("report/line", "writes"),
    ("report/line/text", "writes"),
    ("subjects/certificates/facts/certificate/tls", "TLS is read by rustls; certificates by their reader"),
    ("subjects/media/facts/iso", "hands a part of a file to the reader of ISO 9660"),
    ("subjects/swap/plan/remembered", "sectors that our own journal has"),
];

/// Whether the code of a file reads outside bytes.
fn reads(code: &str) -> bool {
    let asks = ["root.read(", "root.parse(", "root.parse_always_there(", ".attribute(", "serde_json::from_"];
    asks.iter().any(|call| code.contains(call)) || code.split("fn ").skip(1).any(takes_bytes)
}

/// Whether a function, whose text this is behind `fn`, takes outside bytes or text.
fn takes_bytes(function: &str) -> bool {
    let Some((name, rest)) = function.split_once(['(', '<']) else { return false };
    let arguments = match function.split_once('(') {
        Some((before, arguments)) if before.len() < 200 => arguments.split(") ").next().unwrap_or(arguments),
        _ => rest,
    };
    let arguments = arguments.split('{').next().unwrap_or_default();
    let is_named = name.starts_with("parse") || name.starts_with("from_str");
    let bytes = ["[u8]", "impl Read", "dyn Read", "Windows<"].iter().any(|word| arguments.contains(word));
    bytes || is_named && arguments.contains("str")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// The files that read, by their paths below `src` without an ending.
fn reading() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files).unwrap();
    let named = files.into_iter().filter_map(|path| {
        let name = path.strip_prefix(&root).unwrap().to_str()?.strip_suffix(".rs")?.to_owned();
        let is_test = name.split('/').any(|part| matches!(part, "tests" | "sample" | "real"));
        (!is_test).then_some((name, path))
    });
    let reads = named.filter(|(_, path)| {
        let text = fs::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        reads(&lines.collect::<Vec<_>>().join("\n"))
    });
    reads.map(|(name, _)| name).collect()
}

#[test]
fn a_file_that_reads_is_told_by_its_functions_and_calls() {
    for code in [
        "fn parse(text: &str) -> X {",
        "fn of<'a>(b: &'a [u8]) {",
        "let x = root.read(\"/a\");",
        "fn v(f: impl Read) {",
    ] {
        assert!(reads(code), "{code}");
    }
    for code in ["fn show(text: &str) {", "fn bytes() -> Vec<u8> {\n    let x: &[u8] = y;"] {
        assert!(!reads(code), "{code}");
    }
}

#[test]
fn every_file_that_reads_outside_bytes_is_in_the_table_of_readers() {
    let listed: BTreeSet<&str> = all().flat_map(|reader| reader.sources).copied().collect();
    let others: BTreeSet<&str> = NOT_READERS.iter().map(|(name, _)| *name).collect();
    assert!(listed.is_disjoint(&others), "{:?} is in both lists", listed.intersection(&others));
    let reading = reading();
    let known = |name: &&String| listed.contains(name.as_str()) || others.contains(name.as_str());
    let missing: Vec<&String> = reading.iter().filter(|name| !known(name)).collect();
    assert!(missing.is_empty(), "these read and have no entry in tests/readers: {missing:#?}");
    let gone: Vec<&&str> = others.iter().filter(|name| !reading.contains(**name)).collect();
    assert!(gone.is_empty(), "these do not read: {gone:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let lost: Vec<&&str> = listed.iter().filter(|name| !root.join(format!("{name}.rs")).is_file()).collect();
    assert!(lost.is_empty(), "there are no such files: {lost:?}");
}
