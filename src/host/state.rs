//! Where okv-host keeps what it records on a node.

use std::path::Path;

use super::Root;
use crate::io::owned;

/// Where this program keeps its state on a host.
pub const STATE: &str = "/var/lib/okv-host";

/// Verifies that only root can have written the file `name` of the state. The files of a saved host belong to whoever
/// saved it.
///
/// # Errors
/// What is wrong with it, and what to do about it.
pub fn verify(root: &Root, name: &str) -> Result<(), String> {
    if !root.has_answers() {
        return Ok(());
    }
    let path = Path::new(STATE).join(name);
    let ask = || owned::verify(&path).map_err(|e| e.to_string());
    root.answer(&format!("only root writes {}", path.display()), ask)?
}
