//! One reader of what the world sends, which `READER` names: one build is for all of them (`tests/readers`).
//!
//! With `SEEDS` set, writes what the fixtures have for this reader into that folder, and a dictionary beside it.
#![no_main]

use std::fmt::Write;
use std::path::Path;
use std::sync::OnceLock;
use std::{env, fs, process};

use libfuzzer_sys::fuzz_target;
use okv_host::readers::{Reader, all, named};

static READER: OnceLock<&Reader> = OnceLock::new();

fuzz_target!(init: choose(), |data: &[u8]| {
    if let Some(reader) = READER.get() {
        (reader.read)(data);
    }
});

fn choose() {
    let name = env::var("READER").unwrap_or_default();
    let Some(reader) = named(&name) else {
        all().for_each(|reader| println!("{}", reader.name));
        process::exit(i32::from(!name.is_empty()));
    };
    if let Ok(folder) = env::var("SEEDS") {
        write_seeds(reader, Path::new(&folder)).expect("seeds");
        process::exit(0);
    }
    READER.get_or_init(|| reader);
}

fn write_seeds(reader: &Reader, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for (n, seed) in (reader.seeds)().iter().enumerate() {
        fs::write(folder.join(format!("seed-{n}")), seed)?;
    }
    let mut words = String::new();
    for word in reader.words() {
        let escaped = word.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "\\x{byte:02x}");
            text
        });
        let _ = writeln!(words, "\"{escaped}\"");
    }
    fs::write(folder.with_extension("dict"), words)
}
