//! An outside crate has one home, and unsafe code has one.

use crate::sources::modules;

/// The folder that an outside crate is used in; `main` is the program's first file.
const HOMES: &[(&str, &[&str])] = &[
    ("anstream", &["commands"]),
    ("anstyle", &["report"]),
    ("anyhow", &["commands"]),
    ("base64ct", &["subjects::ssh_keys"]),
    ("byte_unit", &["base::units"]),
    ("clap", &["cli"]),
    ("crc32c", &["disk::format"]),
    ("crc32fast", &["disk::format", "io::journal"]),
    ("duct", &["io::tool"]),
    // In `disk::format` the name is that of our own reader.
    ("gpt", &["disk"]),
    ("hex", &["base::digest", "engine"]),
    ("itoa", &["report"]),
    ("jiff", &["base::dates"]),
    ("mbrman", &["disk::new_table"]),
    ("nix", &["io::sys"]),
    ("procfs", &["host"]),
    ("rpm_version", &["base::evr"]),
    ("rustls", &["subjects::preflight"]),
    ("sha2", &["base::digest"]),
    ("signal_hook", &["engine"]),
    ("ssh_key", &["subjects::ssh_keys"]),
    ("strsim", &["commands"]),
    ("x509_cert", &["subjects::preflight"]),
];

#[test]
fn an_outside_crate_lives_in_its_home_only() {
    for (module, source) in modules() {
        let path = module.join("::");
        for (name, homes) in HOMES {
            let used = source.code.contains(&format!("use {name}::")) || source.code.contains(&format!(" {name}::"));
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
