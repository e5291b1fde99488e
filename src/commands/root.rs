//! What only root may do is refused first, and once, in the same words by every command.

use std::path::Path;

use anyhow::{Result, bail};

use crate::io::sys;
use crate::subjects::rule::quoted;

/// What a command without root cannot do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Without {
    Reading,
    Changing,
}

/// Refuses where this is not root.
///
/// # Errors
/// What it cannot do, and what to do instead.
pub(super) fn need_root(without: Without) -> Result<()> {
    match without {
        _ if sys::is_root() => Ok(()),
        Without::Reading => bail!("{NOT_ROOT}. Run as root, or read a saved host: --root DIR"),
        Without::Changing => bail!("not root: this host cannot be changed. Run as root"),
    }
}

/// The folder of a saved host, as the shell takes it for one word.
pub(super) fn root_word(root: &Path) -> String {
    quoted(&root.display().to_string()).into_owned()
}

/// What a command shows that reads the disks of this host.
pub(super) const NOT_ROOT: &str = "not root: the disks of this host cannot be read";
