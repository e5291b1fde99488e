//! Which host keys sshd would load, and why it would not load the others (OpenSSH `sshd.c`, `authfile.c`; and the patch of Red Hat and
//! Oracle that lets the group `ssh_keys` read a key).

use super::glob::any_of;
use super::{Algorithm, Content, Half, Key, KeyFile, Ssh};
use crate::facts::Probed;

/// Where sshd looks for host keys that no configuration names. Up to 7.x it took ssh_host_dsa_key too.
pub const DEFAULT_KEYS: &[&str] =
    &["/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ecdsa_key", "/etc/ssh/ssh_host_ed25519_key"];
/// Smallest RSA key that sshd takes (`SSH_RSA_MINIMUM_MODULUS_SIZE`), and in FIPS mode.
const SMALLEST_RSA: u32 = 1024;
const SMALLEST_RSA_FIPS: u32 = 2048;

/// Whether sshd would load a host key that is no DSA key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load<'s> {
    /// It would.
    Yes(&'s KeyFile, &'s Key),
    /// It would not, or the key is a DSA key, for this reason.
    No(String),
    /// It could not be told, for this reason.
    Unknown(String),
}

impl Ssh {
    /// The host keys that sshd looks for, in its order, and what becomes of each.
    ///
    /// # Errors
    /// Where it could not be told what sshd looks for.
    pub fn loads(&self) -> Result<Vec<(&str, Load<'_>)>, String> {
        Ok(self.wanted()?.into_iter().map(|path| (path, self.load(path))).collect())
    }

    /// Paths that sshd looks for: what it says itself, else what its configuration says, else its defaults.
    fn wanted(&self) -> Result<Vec<&str>, String> {
        if let Probed::Known(paths) = &self.effective {
            return Ok(paths.iter().map(String::as_str).collect());
        }
        match &self.configuration {
            Probed::Known(known) if known.host_keys.is_empty() => Ok(DEFAULT_KEYS.to_vec()),
            Probed::Known(known) => Ok(known.host_keys.iter().map(|line| line.path.as_str()).collect()),
            Probed::Absent => Err("there is no /etc/ssh/sshd_config".into()),
            Probed::Unreadable(why) => Err(why.clone()),
        }
    }

    fn load(&self, path: &str) -> Load<'_> {
        let Some(file) = self.key(path) else { return Load::No("it is not there".into()) };
        let key = match &file.content {
            Content::Key(key) => key,
            Content::Unknown(why @ super::Unknown::Unreadable(_)) => return Load::Unknown(why.to_string()),
            Content::Unknown(why) => return Load::No(why.to_string()),
        };
        if key.half == Half::Public {
            return Load::No("it is a public key".into());
        }
        if key.encrypted {
            return Load::No("it is encrypted".into());
        }
        if file.uid != 0 {
            return Load::No(format!("it belongs to user {}, not to root", file.uid));
        }
        if !self.mode_is_safe(file) {
            return Load::No(format!("others than root may use it: its mode is {:04o}", file.mode));
        }
        match self.refuses(key) {
            Some(why) => why,
            None => Load::Yes(file, key),
        }
    }

    /// sshd passes over a key of its own user that others may touch. With the group `ssh_keys` reading is allowed.
    fn mode_is_safe(&self, file: &KeyFile) -> bool {
        match file.mode & 0o077 {
            0 => true,
            0o040 => self.ssh_keys_group == Some(file.gid),
            _ => false,
        }
    }

    /// Why sshd would not use a key of this type.
    fn refuses(&self, key: &Key) -> Option<Load<'static>> {
        let fips = match (&self.fips, &key.algorithm) {
            (Probed::Unreadable(why), Algorithm::Ed25519) => return Some(Load::Unknown(why.clone())),
            (Probed::Known(fips), _) => *fips,
            _ => false,
        };
        let names: &[&str] = match key.algorithm {
            Algorithm::Dsa => return Some(Load::No("it is a DSA key".into())),
            Algorithm::Ed25519 if fips => return Some(Load::No("sshd takes no ED25519 key in FIPS mode".into())),
            Algorithm::Rsa if key.bits < if fips { SMALLEST_RSA_FIPS } else { SMALLEST_RSA } => {
                return Some(Load::No(format!("an RSA key of {} bits is too small", key.bits)));
            }
            Algorithm::Other(ref name) => return Some(Load::No(format!("sshd takes no host key of type {name}"))),
            Algorithm::Rsa => &["ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"],
            Algorithm::Ecdsa => match key.bits {
                256 => &["ecdsa-sha2-nistp256"],
                384 => &["ecdsa-sha2-nistp384"],
                _ => &["ecdsa-sha2-nistp521"],
            },
            Algorithm::Ed25519 => &["ssh-ed25519"],
        };
        let (line, list) = self.configuration.known()?.algorithms.as_ref()?;
        let is_offered = match list.split_at_checked(1) {
            Some(("+" | "^", _)) => true,
            Some(("-", without)) => names.iter().any(|name| !any_of(without, name)),
            _ => names.iter().any(|name| any_of(list, name)),
        };
        (!is_offered).then(|| Load::No(format!("{line} (HostKeyAlgorithms) leaves its type out")))
    }
}
