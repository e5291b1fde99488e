//! Which host keys sshd would load, and why it would not load the others (OpenSSH `sshd.c`, `authfile.c`; and the patch
//! of Red Hat and Oracle that lets the group `ssh_keys` read a key).

use std::fmt;

use super::facts::{Algorithm, Content, Half, Key, KeyFile, Line, Ssh};
use crate::host::Probed;
use crate::host::glob::any_of;

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
    No(Refusal),
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    NotThere,
    /// What it holds will not do: this is wrong with it.
    Content(String),
    /// A good key that belongs to this user.
    Owner(u32),
    /// A good key that others may use: its mode.
    Mode(u32),
    /// This line leaves keys like it out.
    LeftOut(Line, &'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere => f.write_str("it is not there"),
            Self::Content(why) => f.write_str(why),
            Self::Owner(uid) => write!(f, "it belongs to user {uid}, not to root"),
            Self::Mode(mode) => write!(f, "others than root may use it: its mode is {mode:04o}"),
            Self::LeftOut(line, "HostKeyAlgorithms") => write!(f, "{line} (HostKeyAlgorithms) leaves its type out"),
            Self::LeftOut(line, keyword) => write!(f, "{line} ({keyword}) asks for an RSA key of more bits"),
        }
    }
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
        if let Probed::Known(effective) = &self.effective {
            return Ok(effective.host_keys.iter().map(String::as_str).collect());
        }
        match &self.configuration {
            Probed::Known(known) if known.host_keys.is_empty() => Ok(DEFAULT_KEYS.to_vec()),
            Probed::Known(known) => Ok(known.host_keys.iter().map(|line| line.path.as_str()).collect()),
            Probed::Absent => Err("there is no /etc/ssh/sshd_config".into()),
            Probed::Unreadable(why) => Err(why.clone()),
        }
    }

    fn load(&self, path: &str) -> Load<'_> {
        let content = |why: &str| Load::No(Refusal::Content(why.to_owned()));
        let Some(file) = self.key(path) else { return Load::No(Refusal::NotThere) };
        let key = match &file.content {
            Content::Key(key) => key,
            Content::Unknown(why @ super::facts::Unknown::Unreadable(_)) => return Load::Unknown(why.to_string()),
            Content::Unknown(why) => return content(&why.to_string()),
        };
        if key.half == Half::Public {
            return content("it is a public key");
        }
        if key.encrypted {
            return content("it is encrypted");
        }
        match self.refuses(key) {
            Some(why) => why,
            None if file.uid != 0 => Load::No(Refusal::Owner(file.uid)),
            None if !self.mode_is_safe(file) => Load::No(Refusal::Mode(file.mode)),
            None => Load::Yes(file, key),
        }
    }

    /// sshd passes over a key of its own user that others may touch. With the group `ssh_keys` reading is allowed.
    pub(crate) fn mode_is_safe(&self, file: &KeyFile) -> bool {
        match file.mode & 0o077 {
            0 => true,
            0o040 => self.ssh_keys_group == Some(file.gid),
            _ => false,
        }
    }

    /// Why sshd would not use a key of this type.
    pub(crate) fn refuses(&self, key: &Key) -> Option<Load<'static>> {
        let content = |why: String| Some(Load::No(Refusal::Content(why)));
        let fips = match (&self.fips, &key.algorithm) {
            (Probed::Unreadable(why), Algorithm::Ed25519) => return Some(Load::Unknown(why.clone())),
            (Probed::Known(fips), _) => *fips,
            _ => false,
        };
        let names: &[&str] = match key.algorithm {
            Algorithm::Dsa => return content("it is a DSA key".into()),
            Algorithm::Ed25519 if fips => return content("sshd takes no ED25519 key in FIPS mode".into()),
            Algorithm::Rsa if key.bits < if fips { SMALLEST_RSA_FIPS } else { SMALLEST_RSA } => {
                return content(format!("an RSA key of {} bits is too small", key.bits));
            }
            Algorithm::Other(ref name) => return content(format!("sshd takes no host key of type {name}")),
            Algorithm::Rsa if self.smallest_rsa().is_some_and(|(_, bits)| key.bits < bits) => {
                return self.smallest_rsa().map(|(line, _)| Load::No(Refusal::LeftOut(line, "RequiredRSASize")));
            }
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
        (!is_offered).then(|| Load::No(Refusal::LeftOut(line.clone(), "HostKeyAlgorithms")))
    }

    /// Bits that an RSA key must have at least, and the line that says so: sshd's own word comes first.
    pub(crate) fn smallest_rsa(&self) -> Option<(Line, u32)> {
        let line = self.configuration.known().and_then(|known| known.smallest_rsa.clone());
        let said = self.effective.known().and_then(|effective| {
            effective.value("requiredrsasize").or_else(|| effective.value("rsaminsize"))?.parse().ok()
        });
        match (line, said) {
            (Some((line, bits)), Some(said)) if bits == said => Some((line, bits)),
            (_, Some(said)) => Some((Line { file: "sshd -T".into(), number: 0 }, said)),
            (line, None) => line,
        }
    }
}
