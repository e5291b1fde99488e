//! What the facts of SSH host keys are made of.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::path::PathBuf;

use crate::base::digest::Sha256;

use crate::host::Probed;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ssh {
    /// What sshd's configuration files and command line say of host keys; `Absent` where there is no sshd_config.
    pub configuration: Probed<Configuration>,
    /// What `sshd -T` says; `Absent` where it was not asked. See [`Ssh::learn_effective`].
    pub effective: Probed<Effective>,
    /// Every key file in /etc/ssh, what is left of one, and those elsewhere that sshd is told to load; by path.
    pub keys: Vec<KeyFile>,
    /// What names, or may name, a half of a DSA host key or a certificate of a DSA key.
    pub namings: Probed<Vec<Naming>>,
    /// What will make a DSA host key again.
    pub makers: Probed<Vec<Maker>>,
    /// The mount point that makes /etc/ssh read-only, if one does.
    pub read_only: Probed<Option<String>>,
    /// Whether the kernel is in FIPS mode, in which sshd takes no Ed25519 key; `Absent` where the kernel has no such
    /// mode.
    pub fips: Probed<bool>,
    /// Number of the group `ssh_keys`, which may read host keys on Red Hat's and Oracle's releases.
    pub ssh_keys_group: Option<u32>,
    /// The systemd unit of sshd, `sshd` or `ssh`, where one was found.
    pub unit: Option<String>,
    /// Whether root looked: what could not be read then is not told by another user either.
    pub seen_by_root: bool,
}

/// A line of a file; 0 where the file as a whole is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub file: String,
    /// Its number, from 1.
    pub number: u32,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            0 => f.write_str(&self.file),
            number => write!(f, "{} line {number}", self.file),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The files that were read, in the order of their first lines.
    pub files: Vec<String>,
    /// Every `HostKey` line. Where there is none, sshd takes its default paths.
    pub host_keys: Vec<HostKeyLine>,
    /// The paths of every `HostCertificate` line, made absolute as sshd does.
    pub certificates: Vec<String>,
    /// `HostKeyAlgorithms`, as it is written.
    pub algorithms: Option<(Line, String)>,
    /// Bits that an RSA key must have at least (`RequiredRSASize`, `RSAMinSize`).
    pub smallest_rsa: Option<(Line, u32)>,
    /// `HostKeyAgent`: private keys need not be in files then.
    pub agent: Option<Line>,
    /// Where sshd is told to take another file than /etc/ssh/sshd_config.
    pub other_file: Option<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKeyLine {
    pub line: Line,
    /// The path that it names, made absolute as sshd does.
    pub path: String,
    /// Whether it stands in a `Match` block: sshd does not start then.
    pub in_match: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    /// Paths of the host keys, in sshd's order.
    pub host_keys: Vec<String>,
    /// Every other line: keyword and value.
    pub others: Vec<(String, String)>,
}

/// A line that names a file of a DSA key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    pub line: Line,
    /// Its keyword, as it is written.
    pub keyword: String,
    /// The word that names the file.
    pub value: String,
    pub path: PathBuf,
    /// Whether the word is a pattern or has `%` tokens: it may name the file then.
    pub is_pattern: bool,
}

/// A file that is a key, was one, or should be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// Its path; not necessarily UTF-8. [`KeyFile::display_path`] is for reports.
    pub path: PathBuf,
    pub content: Content,
    /// Permission bits. These and what follows are of the file that a link leads to.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Device number of its file system, as stat(2) packs it.
    pub device: u64,
    pub inode: u64,
    pub bytes: u64,
    /// Sum of its content, where that was read.
    pub sha256: Option<Sha256>,
    /// What it leads to, where it is a symbolic link.
    pub link: Option<PathBuf>,
    /// What has the name that it would be retired to.
    pub earlier: Earlier,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Key(Key),
    /// It could not be told: neither a DSA key nor safe.
    Unknown(Unknown),
}

/// A key, or the public half of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub half: Half,
    pub algorithm: Algorithm,
    /// Its size in bits as `ssh-keygen -l` counts; 0 where that has no meaning.
    pub bits: u32,
    /// Fingerprint of the public half (`SHA256:...`), as `ssh-keygen -l` prints it; `None` for a DSA key in PKCS#8,
    /// which does not store that half.
    pub fingerprint: Option<String>,
    /// Whether it is a certificate: what is told is of the key that it certifies.
    pub is_certificate: bool,
    /// Whether a passphrase is needed: sshd cannot load it then.
    pub encrypted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Half {
    Private,
    Public,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// DSA (`ssh-dss`).
    Dsa,
    Rsa,
    /// ECDSA on a NIST curve.
    Ecdsa,
    Ed25519,
    Other(String),
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dsa => "DSA",
            Self::Rsa => "RSA",
            Self::Ecdsa => "ECDSA",
            Self::Ed25519 => "ED25519",
            Self::Other(name) => name,
        })
    }
}

/// Why a file's type could not be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    Empty,
    /// It is encrypted as a whole.
    Encrypted,
    /// It begins as a key, and does not make sense.
    Damaged(String),
    /// A key of a kind that sshd of OpenSSH does not load as a host key.
    Foreign(String),
    NotAKey,
    NotRegular(&'static str),
    Unreadable(String),
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::Encrypted => f.write_str("it is encrypted"),
            Self::Damaged(what) => write!(f, "it is damaged: {what}"),
            Self::Foreign(what) => write!(f, "it is {what}"),
            Self::NotAKey => f.write_str("it holds no key"),
            Self::NotRegular(what) => write!(f, "it is {what}"),
            Self::Unreadable(why) => write!(f, "it could not be read: {why}"),
        }
    }
}

/// What has the name `NAME.retire` of a key file `NAME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    None,
    /// A file of the same bytes.
    Same,
    Key,
    /// What is no key: this.
    NoKey(&'static str),
    /// Nothing can have it: it is longer than a name may be.
    TooLong,
}

/// Something that will make a DSA host key again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    pub line: Line,
    pub what: String,
}

impl KeyFile {
    /// The path for reports: control characters and bytes that are no text are escaped.
    pub fn display_path(&self) -> String {
        super::display_path(&self.path)
    }

    pub fn key(&self) -> Option<&Key> {
        match &self.content {
            Content::Key(key) => Some(key),
            Content::Unknown(_) => None,
        }
    }

    /// Whether it holds a DSA key or the public half of one.
    pub fn is_dsa(&self) -> bool {
        self.key().is_some_and(|key| key.algorithm == Algorithm::Dsa)
    }

    /// Whether it is the same file as `other`, under whatever name.
    pub fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    pub fn is_dsa_certificate(&self) -> bool {
        self.is_dsa() && self.key().is_some_and(|key| key.is_certificate)
    }

    /// The type of key that OpenSSH's own host key names promise (`ssh_host_rsa_key`, `ssh_host_rsa_key.pub`).
    pub fn promised(&self) -> Option<Algorithm> {
        let name = self.path.file_name()?.to_str()?;
        match name.strip_suffix(".pub").unwrap_or(name).strip_prefix("ssh_host_")?.strip_suffix("_key")? {
            "dsa" => Some(Algorithm::Dsa),
            "rsa" => Some(Algorithm::Rsa),
            "ecdsa" => Some(Algorithm::Ecdsa),
            "ed25519" => Some(Algorithm::Ed25519),
            _ => None,
        }
    }
}
