//! How far a DSA key is retired, and whether its halves belong together. Pure.

use super::facts::{DsaKey, Earlier, KeyFile, Ssh, with_suffix};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DsaState {
    /// Not at all.
    Present,
    /// One half has its old name, and the other is retired: a run was cut off.
    HalfRetired,
    /// It was retired once: a file with its name and `.retire` stands beside one that has the name again.
    CameBack,
}

impl DsaKey<'_> {
    /// How far it is retired, among all that `ssh` has.
    pub fn state(&self, ssh: &Ssh) -> DsaState {
        let has_earlier = |file: &KeyFile| matches!(file.earlier, Earlier::Same | Earlier::Key);
        let is_retired = |half: Option<&KeyFile>, suffix: &str| {
            half.is_none() && ssh.key(with_suffix(&self.path, suffix)).is_some_and(KeyFile::is_dsa)
        };
        if self.halves().any(has_earlier) {
            DsaState::CameBack
        } else if is_retired(self.private, ".retire") || is_retired(self.public, ".pub.retire") {
            DsaState::HalfRetired
        } else {
            DsaState::Present
        }
    }

    /// Whether its halves belong together, where both are there and tell.
    pub fn is_a_pair(&self) -> Option<bool> {
        let fingerprint = |half: Option<&KeyFile>| half?.key()?.fingerprint.clone();
        Some(fingerprint(self.private)? == fingerprint(self.public)?)
    }
}
