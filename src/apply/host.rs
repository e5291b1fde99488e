//! The host that is changed: where its files are, what runs its programs, and where its state is kept.

use std::path::{Path, PathBuf};

use crate::engine::Entry;
use crate::host::state::STATE;
use crate::io::journal::Journal;
use crate::io::tool::Runner;

/// A host to change: where its files lie, and what runs its programs.
pub struct TargetHost<'h> {
    /// `/` of the host; for tests a folder that stands for it.
    pub base: PathBuf,
    /// What runs programs.
    pub runner: &'h dyn Runner,
    /// Who runs this program, for the records.
    pub user: String,
}

impl TargetHost<'_> {
    /// The real path of `path` on this host.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.base.join(path.trim_start_matches('/'))
    }

    /// The folder that state is kept in, made where it is missing.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn state_folder(&self) -> std::io::Result<PathBuf> {
        use std::os::unix::fs::DirBuilderExt;
        let folder = self.path(STATE);
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(folder)
    }

    /// Opens the journal.
    ///
    /// # Errors
    /// Where it cannot be written, or is damaged.
    pub fn journal(&self) -> std::io::Result<Journal<Entry>> {
        Ok(Journal::open(&self.state_folder()?.join("journal"))?.by(&self.user))
    }
}

/// The journal of the host at `base`, to be read only.
pub fn journal_path(base: &Path) -> PathBuf {
    base.join(STATE.trim_start_matches('/')).join("journal")
}
