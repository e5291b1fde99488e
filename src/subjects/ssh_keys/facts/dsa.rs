//! The DSA keys among the key files, as pairs.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Half, KeyFile, Ssh};

/// The private DSA key that OpenSSH's own tools make.
const DEFAULT: &str = "/etc/ssh/ssh_host_dsa_key";

/// A DSA key pair of which at least one half is not retired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsaKey<'s> {
    /// Path of the private half, whether it is there or not.
    pub path: PathBuf,
    pub private: Option<&'s KeyFile>,
    /// The public half, at the same path with `.pub`.
    pub public: Option<&'s KeyFile>,
}

impl DsaKey<'_> {
    /// The halves that are there, the private one first.
    pub fn halves(&self) -> impl Iterator<Item = &KeyFile> {
        self.private.into_iter().chain(self.public)
    }
}

impl Ssh {
    /// Every pair, by the path of its private half. Public keys that belong to no host key are not among them: see
    /// [`Ssh::stray_dsa_public_keys`].
    pub fn dsa_keys(&self) -> Vec<DsaKey<'_>> {
        let mut paths: Vec<PathBuf> = self.dsa_files().filter_map(|(file, half)| self.pair_of(file, half)).collect();
        paths.sort_unstable();
        paths.dedup();
        paths.into_iter().map(|path| self.pair(path)).collect()
    }

    /// DSA public keys in /etc/ssh that are no half of a host key, such as a certificate authority's or a user's, and
    /// certificates.
    pub fn stray_dsa_public_keys(&self) -> impl Iterator<Item = &KeyFile> {
        self.dsa_files().filter(|(file, half)| self.pair_of(file, *half).is_none()).map(|(file, _)| file)
    }

    fn dsa_files(&self) -> impl Iterator<Item = (&KeyFile, Half)> {
        let is_kept = |file: &&KeyFile| file.is_dsa() && without_suffix(&file.path, ".retire").is_none();
        self.keys.iter().filter(is_kept).filter_map(|file| Some((file, file.key()?.half)))
    }

    /// The path of the private half of the host key that `file` is a half of.
    fn pair_of(&self, file: &KeyFile, half: Half) -> Option<PathBuf> {
        if half == Half::Private {
            return Some(file.path.clone());
        }
        if file.is_dsa_certificate() {
            return None;
        }
        let private = without_suffix(&file.path, ".pub")?;
        let is_private_dsa = |path: &Path| self.private_dsa(path).is_some();
        let belongs = private == Path::new(DEFAULT)
            || is_private_dsa(&private)
            || is_private_dsa(&with_suffix(&private, ".retire"));
        belongs.then_some(private)
    }

    fn private_dsa(&self, path: &Path) -> Option<&KeyFile> {
        self.key(path).filter(|file| file.is_dsa() && file.key().is_some_and(|key| key.half == Half::Private))
    }

    fn pair(&self, path: PathBuf) -> DsaKey<'_> {
        let public_path = with_suffix(&path, ".pub");
        let private = self.private_dsa(&path);
        let public = self.key(&public_path).filter(|file| file.is_dsa() && !file.is_dsa_certificate());
        DsaKey { path, private, public }
    }
}

/// `path` with `suffix` behind its last name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut longer = path.as_os_str().to_owned();
    longer.push(suffix);
    longer.into()
}

/// `path` without `suffix`, where it ends so.
fn without_suffix(path: &Path, suffix: &str) -> Option<PathBuf> {
    let bytes = path.as_os_str().as_bytes().strip_suffix(suffix.as_bytes())?;
    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}
