//! The host that is changed: where its files are, what runs its programs, and where its state is kept.

use std::io;
use std::path::{Path, PathBuf};

use super::watch::{Performed, Watch};
use crate::base::cause::cause;
use crate::engine::{Entry, Follow, SubjectProof};
use crate::host::Root;
use crate::host::state::STATE;
use crate::io::journal::Journal;
use crate::io::owned;
use crate::io::tool::Runner;

/// A host to change: where its files lie, and what runs its programs.
pub struct TargetHost<'h> {
    /// `/` of the host; for tests a folder that stands for it.
    pub base: PathBuf,
    pub runner: &'h dyn Runner,
    pub user: String,
    /// What does and verifies the steps that only a subject knows.
    pub subjects: &'h dyn SubjectSteps,
    /// Makes durable what programs wrote to a block device, or to the file system of a folder.
    pub flush: &'h (dyn Fn(&Path) -> io::Result<()> + Sync),
}

impl TargetHost<'_> {
    /// The real path of `path` on this host.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.base.join(path.trim_start_matches('/'))
    }

    /// This host, to be asked.
    pub(crate) fn root(&self) -> Result<Root, String> {
        if self.base == std::path::Path::new("/") {
            return Ok(Root::live());
        }
        Root::fixture(&self.base).map_err(|e| format!("{}: {}", self.base.display(), cause(&e)))
    }

    /// The folder that state is kept in, made where it is missing.
    ///
    /// # Errors
    /// Where it cannot be made, or others than root could exchange it.
    pub fn state_folder(&self) -> io::Result<PathBuf> {
        use std::os::unix::fs::DirBuilderExt;
        let folder = self.path(STATE);
        let of_it = folder.join("journal");
        owned::verify(&of_it)?; // where it is missing, those above it
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        owned::verify(&of_it)?;
        Ok(folder)
    }

    /// Opens the journal.
    ///
    /// # Errors
    /// Where it cannot be written, or is damaged.
    pub fn journal(&self) -> io::Result<Journal<Entry>> {
        Ok(Journal::open(&self.state_folder()?.join("journal"))?.by(&self.user))
    }
}

/// Does and verifies the steps that only a subject knows. The engine has these steps as data; their subject reads the
/// host for them.
pub trait SubjectSteps: Sync {
    /// Follows the vendor's upgrade to its end.
    ///
    /// # Errors
    /// Where it fails, or cannot be followed.
    fn follow(&self, host: &TargetHost<'_>, follow: &Follow, watch: &mut Watch<'_>) -> Result<Performed, String>;

    /// Verifies that the upgrade is in the state in which [`follow`](Self::follow) ends.
    ///
    /// # Errors
    /// Where it is not.
    fn has_followed(&self, host: &TargetHost<'_>, follow: &Follow) -> Result<(), String>;

    /// Whether `proof` holds.
    ///
    /// # Errors
    /// Where that cannot be determined.
    fn holds(&self, host: &TargetHost<'_>, proof: &SubjectProof) -> Result<bool, String>;

    /// Whether what a step did is there, so that it has to be taken back. That asks less than its proof.
    ///
    /// # Errors
    /// Where that cannot be determined.
    fn is_there(&self, host: &TargetHost<'_>, proof: &SubjectProof) -> Result<bool, String>;

    /// Why `proof` does not hold, where its subject knows more than that it does not.
    fn why_not(&self, host: &TargetHost<'_>, proof: &SubjectProof) -> Option<String>;
}

/// The journal of the host at `base`, to be read only.
pub fn journal_path(base: &Path) -> PathBuf {
    base.join(STATE.trim_start_matches('/')).join("journal")
}
