//! An outside crate has one home, and unsafe code has one.

use crate::sources::modules;

/// The folder that an outside crate is used in; `main` is the program's first file.
const HOMES: &[(&str, &[&str])] = &[
    ("anstream", &["commands"]),
    ("anstyle", &["report"]),
    ("anyhow", &["commands"]),
    ("base64ct", &["host::capture", "subjects::ssh_keys"]),
    ("byte_unit", &["base::units"]),
    ("bzip2", &["subjects::next_start"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("crc32c", &["disk::filesystem", "disk::format", "io::image::vm"]),
    ("crc32fast", &["disk::format", "io::journal"]),
    ("duct", &["io::tool"]),
    ("flate2", &["host::capture", "io::image::vm", "subjects::next_start"]),
    // In `disk::format` the name is that of our own reader.
    ("gpt", &["disk"]),
    ("hex", &["base::digest", "engine"]),
    ("itoa", &["report"]),
    ("jiff", &["base::dates"]),
    ("lz4_flex", &["subjects::next_start"]),
    ("lzma_rust2", &["subjects::next_start"]),
    ("mbrman", &["disk::new_table"]),
    ("nix", &["io::sys"]),
    ("procfs", &["host"]),
    ("rpm_version", &["base::evr"]),
    ("rustls", &["subjects::certificates"]),
    ("ruzstd", &["io::image::vm", "subjects::next_start"]),
    ("seccompiler", &["io::sys"]),
    (
        "serde_json",
        &[
            "cluster",
            "engine",
            "host::capture",
            "io::journal",
            "io::tool::lvm",
            "profile",
            "report",
            "subjects::disks",
            "subjects::waivers",
            "subjects::console",
            "subjects::records",
        ],
    ),
    ("sha2", &["base::digest"]),
    ("signal_hook", &["engine"]),
    ("ssh_key", &["subjects::ssh_keys"]),
    ("strsim", &["commands"]),
    ("terminal_size", &["commands"]),
    ("textwrap", &["report"]),
    ("unicode_width", &["report"]),
    ("x509_cert", &["subjects::certificates"]),
];

/// Whether `code` has a path that begins with the crate's name.
fn names_crate(code: &str, name: &str) -> bool {
    let begins = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    code.match_indices(&format!("{name}::")).any(|(at, _)| begins(at))
}

#[test]
fn a_crate_is_found_wherever_its_name_stands() {
    for code in ["use hex::FromHex;", "Ok(hex::encode(x))", "&hex::encode", "<hex::Error>"] {
        assert!(names_crate(code, "hex"), "{code}");
    }
    assert!(!names_crate("format::hex::x; ishex::y", "hex"));
}

#[test]
fn every_crate_that_the_program_depends_on_has_a_home() {
    let manifest = include_str!("../../Cargo.toml");
    let (_, dependencies) = manifest.split_once("\n[dependencies]").unwrap();
    let dependencies = dependencies.split("\n[").next().unwrap().lines().skip(1);
    let names = dependencies.filter_map(|line| Some(line.split_once(" = ")?.0.replace('-', "_")));
    // These two are derived wherever there is something to serialize.
    let mut names: Vec<String> = names.filter(|name| !["serde", "schemars"].contains(&name.as_str())).collect();
    names.sort();
    assert_eq!(names, HOMES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[test]
fn an_outside_crate_lives_in_its_home_only() {
    for (module, source) in modules() {
        let path = module.join("::");
        for (name, homes) in HOMES {
            let used = names_crate(&source.code, name);
            let at_home = homes.iter().any(|home| path == *home || path.starts_with(&format!("{home}::")));
            assert!(!used || at_home, "{} uses {name}", source.path.display());
        }
    }
}

#[test]
fn unsafe_code_is_only_in_sys() {
    let mut blocks = 0;
    for (module, source) in modules() {
        let n = source.code.matches("unsafe {").count();
        assert!(n == 0 || module.join("::").starts_with("io::sys"), "{} has unsafe code", source.path.display());
        blocks += n;
    }
    assert!(blocks > 0, "the search for unsafe code found not even the blocks of sys");
}
