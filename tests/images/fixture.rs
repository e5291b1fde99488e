//! The folders in `fixtures/images`.

use std::fs;
use std::path::{Path, PathBuf};

/// One folder: a recipe, one or several disks, golden texts.
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// `disk`, or `disk1`, `disk2` and so on.
    pub(crate) disks: Vec<String>,
}

/// The folder that holds them, and the index.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// All of them, by name.
pub(crate) fn all() -> Vec<Fixture> {
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let images = root().join("images");
    let fixture = |name: String| {
        let folder = images.join(&name);
        let disks = names(&folder).into_iter().filter(|n| n.starts_with("disk")).collect();
        Fixture { name, folder, disks }
    };
    names(&images).into_iter().map(fixture).collect()
}
