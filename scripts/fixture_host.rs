//! Writes a fixture host that is an overlay as a whole one, to look at it: `cargo run --example fixture-host -- NAME
//! DIR`.

use std::env;
use std::process::ExitCode;

#[path = "../tests/support/overlay.rs"]
mod overlay;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [name, dir] = words.as_slice() else {
        eprintln!("usage: fixture-host NAME DIR, where NAME is one of: {}", overlay::names().join(" "));
        return ExitCode::from(2);
    };
    overlay::Host::named(name).copied_to(dir.as_ref());
    ExitCode::SUCCESS
}
