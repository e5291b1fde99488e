//! What `blkid -p` says of an image.

use std::path::Path;

/// The fields of `blkid -p -o export` that this project shows too.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Blkid {
    /// `TYPE`; empty where blkid finds nothing.
    pub(crate) kind: String,
    /// `UUID`.
    pub(crate) uuid: Option<String>,
    /// `LABEL`.
    pub(crate) label: Option<String>,
    /// `VERSION`.
    pub(crate) version: Option<String>,
}

/// Asks the low-level probe: no cache, no udev.
pub(crate) fn blkid(image: &Path) -> Blkid {
    let path = std::env::var("PATH").unwrap_or_default();
    let text = duct::cmd!("blkid", "-p", "-o", "export", image)
        .env("PATH", format!("{path}:/usr/sbin:/sbin"))
        .env("LC_ALL", "C")
        .stderr_null()
        .unchecked()
        .read()
        .expect("blkid can be run");
    let mut found = Blkid::default();
    for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
        // A space is shown with a backslash before it.
        let value = value.replace('\\', "");
        match key {
            "TYPE" => found.kind = value,
            "UUID" => found.uuid = Some(value),
            "LABEL" => found.label = Some(value),
            "VERSION" => found.version = Some(value),
            _ => {}
        }
    }
    found
}
