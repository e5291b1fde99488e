//! Writes the documents that are made from the records of the rules and the table of steps: `docs/rules.md` and
//! `docs/procedure.md`.
//!
//! ```text
//! cargo run --example make-docs
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;

use okv_host::profile::Profile;
use okv_host::report::documents;

fn main() -> Result<(), Box<dyn Error>> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in documents(&Profile::named("21.8")?) {
        let path = project.join(path);
        fs::create_dir_all(path.parent().unwrap_or(project))?;
        fs::write(&path, text)?;
    }
    Ok(())
}
