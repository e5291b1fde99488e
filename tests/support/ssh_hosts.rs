//! Hosts with SSH host keys, each made in a scratch directory out of the keys of fixtures/ssh/keys.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use Entry::{Key, KeyOf, Link, Pair, Text};

/// Something that a host has. Paths are of the host, without the leading slash; keys lie in etc/ssh.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entry {
    /// Both halves of a key, with the modes that ssh-keygen gives: NAME, key.
    Pair(&'static str, &'static str),
    /// One file of a key: NAME (bytes, as the file system has them), file of fixtures/ssh/keys, mode.
    Key(&'static [u8], &'static str, u32),
    /// The same with owner and group: NAME, file, mode, uid, gid.
    KeyOf(&'static str, &'static str, u32, u32, u32),
    /// A file: path, text.
    Text(&'static str, &'static str),
    /// A symbolic link: path, target.
    Link(&'static str, &'static str),
}

/// Mounts of a host whose file systems can be written to.
const WRITABLE: Entry =
    Text("proc/self/mountinfo", "97 1 253:1 / / rw,relatime shared:1 - xfs /dev/mapper/vg_root-lv_root rw\n");
/// A configuration that names no host key.
const NAMES_NONE: Entry = Text("etc/ssh/sshd_config", "#HostKey /etc/ssh/ssh_host_dsa_key\nUsePAM yes\n");
const UNIT: Entry = Text("usr/lib/systemd/system/sshd.service", "[Service]\nExecStart=/usr/sbin/sshd -D $OPTIONS\n");
const RSA: Entry = Pair("ssh_host_rsa_key", "rsa");
const DSA: Entry = Pair("ssh_host_dsa_key", "dsa");

/// Every host.
pub(crate) const HOSTS: &[(&str, &[Entry])] = &[
    (
        "normal",
        &[
            NAMES_NONE,
            WRITABLE,
            UNIT,
            RSA,
            DSA,
            Pair("ssh_host_ecdsa_key", "ecdsa"),
            Pair("ssh_host_ed25519_key", "ed25519"),
        ],
    ),
    ("nothing-to-do", &[NAMES_NONE, WRITABLE, UNIT, RSA, Pair("ssh_host_ed25519_key", "ed25519")]),
    (
        "already-retired",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            Key(b"ssh_host_dsa_key.retire", "dsa", 0o600),
            Key(b"ssh_host_dsa_key.pub.retire", "dsa.pub", 0o644),
        ],
    ),
    ("dsa-only", &[NAMES_NONE, WRITABLE, DSA]),
    ("other-name", &[NAMES_NONE, WRITABLE, RSA, Pair("old_host_key", "dsa-pem")]),
    ("pkcs8", &[NAMES_NONE, WRITABLE, Pair("ssh_host_rsa_key", "rsa-pkcs8"), Pair("ssh_host_dsa_key", "dsa-pkcs8")]),
    (
        "named-in-config",
        &[
            Text("etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_rsa_key\nHostKey /etc/ssh/ssh_host_dsa_key\n"),
            WRITABLE,
            RSA,
            DSA,
        ],
    ),
    (
        "named-in-include",
        &[
            Text("etc/ssh/sshd_config", "Include sshd_config.d/*.conf\nHostKey /etc/ssh/ssh_host_rsa_key\n"),
            Text("etc/ssh/sshd_config.d/50-first.conf", "Include /etc/ssh/more.conf\n"),
            Text("etc/ssh/more.conf", "\n# old clients\nHOSTKEY = \"/etc/ssh/./ssh_host_dsa_key\"\n"),
            WRITABLE,
            RSA,
            DSA,
        ],
    ),
    (
        "named-through-link",
        &[
            Text("etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_rsa_key\nHostKey /etc/keys/dsa\n"),
            Link("etc/keys", "/etc/ssh"),
            Link("etc/ssh/dsa", "ssh_host_dsa_key"),
            WRITABLE,
            RSA,
            DSA,
        ],
    ),
    (
        "named-in-options",
        &[
            NAMES_NONE,
            Text(
                "etc/sysconfig/sshd",
                "# OPTIONS=\nOPTIONS=\"-u0 -o HostKey=/etc/ssh/ssh_host_dsa_key -h /etc/ssh/ssh_host_rsa_key\"\n",
            ),
            WRITABLE,
            RSA,
            DSA,
        ],
    ),
    (
        "other-configuration",
        &[NAMES_NONE, Text("etc/sysconfig/sshd", "OPTIONS='-f /etc/ssh/other'\n"), WRITABLE, RSA, DSA],
    ),
    (
        "host-key-in-match",
        &[Text("etc/ssh/sshd_config", "Match user x\nHostKey /etc/ssh/ssh_host_rsa_key\n"), WRITABLE, RSA, DSA],
    ),
    ("circular-include", &[Text("etc/ssh/sshd_config", "Include sshd_config\n"), WRITABLE, RSA, DSA]),
    ("no-configuration", &[WRITABLE, RSA, DSA]),
    (
        "rsa-elsewhere",
        &[
            Text("etc/ssh/sshd_config", "HostKey /var/keys/rsa\n"),
            Link("var/keys/rsa", "/etc/ssh/moved"),
            Key(b"moved", "rsa", 0o600),
            WRITABLE,
            DSA,
        ],
    ),
    ("rsa-not-loaded", &[Text("etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_ed25519_key\n"), WRITABLE, RSA, DSA]),
    (
        "algorithms-leave-rsa-out",
        &[Text("etc/ssh/sshd_config", "HostKeyAlgorithms ssh-dss,ecdsa-*\n"), WRITABLE, RSA, DSA],
    ),
    ("algorithms-add", &[Text("etc/ssh/sshd_config", "HostKeyAlgorithms +ssh-dss\n"), WRITABLE, RSA, DSA]),
    (
        "retire-same",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            DSA,
            Key(b"ssh_host_dsa_key.retire", "dsa", 0o600),
            Key(b"ssh_host_dsa_key.pub.retire", "dsa.pub", 0o644),
        ],
    ),
    ("retire-other", &[NAMES_NONE, WRITABLE, RSA, DSA, Key(b"ssh_host_dsa_key.retire", "dsa-other", 0o600)]),
    ("retire-is-a-link", &[NAMES_NONE, WRITABLE, RSA, DSA, Link("etc/ssh/ssh_host_dsa_key.pub.retire", "nowhere")]),
    ("pub-only", &[NAMES_NONE, WRITABLE, RSA, Key(b"ssh_host_dsa_key.pub", "dsa.pub", 0o644)]),
    ("private-only", &[NAMES_NONE, WRITABLE, RSA, Key(b"ssh_host_dsa_key", "dsa", 0o600)]),
    (
        "half-retired",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            Key(b"ssh_host_dsa_key.retire", "dsa", 0o600),
            Key(b"ssh_host_dsa_key.pub", "dsa.pub", 0o644),
        ],
    ),
    (
        "half-retired-by-hand",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            Key(b"ssh_host_dsa_key", "dsa", 0o600),
            Key(b"ssh_host_dsa_key.pub.retire", "dsa.pub", 0o644),
        ],
    ),
    (
        "half-retired-other-name",
        &[NAMES_NONE, WRITABLE, RSA, Key(b"old.retire", "dsa", 0o600), Key(b"old.pub", "dsa.pub", 0o644)],
    ),
    (
        "halves-of-two-keys",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            Key(b"ssh_host_dsa_key", "dsa", 0o600),
            Key(b"ssh_host_dsa_key.pub", "dsa-other.pub", 0o644),
        ],
    ),
    ("symlinked", &[NAMES_NONE, WRITABLE, RSA, Key(b"real", "dsa", 0o600), Link("etc/ssh/ssh_host_dsa_key", "real")]),
    (
        "read-only",
        &[
            NAMES_NONE,
            RSA,
            DSA,
            Text(
                "proc/self/mountinfo",
                "97 1 253:1 / / rw shared:1 - xfs /dev/a rw\n98 97 253:2 / /etc ro shared:2 - xfs /dev/b rw\n99 97 253:3 / /etc/sshx rw - xfs /dev/c rw\n",
            ),
        ],
    ),
    ("newline", &[NAMES_NONE, WRITABLE, RSA, Key(b"old\nkey", "dsa", 0o600), Key(b"old\nkey.pub", "dsa.pub", 0o644)]),
    ("no-text", &[NAMES_NONE, WRITABLE, RSA, Key(b"old\xffkey", "dsa", 0o600)]),
    ("empty", &[NAMES_NONE, WRITABLE, RSA, Text("etc/ssh/ssh_host_dsa_key", "")]),
    (
        "damaged",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            Text("etc/ssh/ssh_host_dsa_key", "-----BEGIN DSA PRIVATE KEY-----\nMIIB\n-----END DSA PRIVATE KEY-----\n"),
        ],
    ),
    ("directory", &[NAMES_NONE, WRITABLE, RSA, Text("etc/ssh/ssh_host_dsa_key/file", "x")]),
    ("encrypted-dsa", &[NAMES_NONE, WRITABLE, RSA, Pair("ssh_host_dsa_key", "dsa-encrypted")]),
    ("encrypted-pem", &[NAMES_NONE, WRITABLE, RSA, Pair("ssh_host_dsa_key", "dsa-pem-encrypted")]),
    ("encrypted-pem-elsewhere", &[NAMES_NONE, WRITABLE, RSA, Key(b"old", "dsa-pem-encrypted", 0o600)]),
    ("encrypted-rsa", &[NAMES_NONE, WRITABLE, Pair("ssh_host_rsa_key", "rsa-encrypted"), DSA]),
    ("open-rsa", &[NAMES_NONE, WRITABLE, Key(b"ssh_host_rsa_key", "rsa", 0o640), DSA]),
    ("not-roots-rsa", &[NAMES_NONE, WRITABLE, KeyOf("ssh_host_rsa_key", "rsa", 0o600, 1000, 1000), DSA]),
    (
        "group-ssh-keys",
        &[
            NAMES_NONE,
            WRITABLE,
            Text("etc/group", "root:x:0:\nssh_keys:x:996:\n"),
            KeyOf("ssh_host_rsa_key", "rsa", 0o640, 0, 996),
            KeyOf("ssh_host_dsa_key", "dsa", 0o640, 0, 996),
        ],
    ),
    (
        "other-group",
        &[
            NAMES_NONE,
            WRITABLE,
            Text("etc/group", "root:x:0:\nssh_keys:x:996:\n"),
            KeyOf("ssh_host_rsa_key", "rsa", 0o640, 0, 995),
            DSA,
        ],
    ),
    ("rsa-public-only", &[NAMES_NONE, WRITABLE, Key(b"ssh_host_rsa_key", "rsa.pub", 0o600), DSA]),
    (
        "fips-ed25519",
        &[
            NAMES_NONE,
            WRITABLE,
            Text("proc/sys/crypto/fips_enabled", "1\n"),
            Pair("ssh_host_ed25519_key", "ed25519"),
            DSA,
        ],
    ),
    (
        "fips-rsa-1024",
        &[NAMES_NONE, WRITABLE, Text("proc/sys/crypto/fips_enabled", "1\n"), Pair("ssh_host_rsa_key", "rsa-1024"), DSA],
    ),
    ("rsa-as-dsa", &[NAMES_NONE, WRITABLE, RSA, Pair("ssh_host_dsa_key", "rsa-pem")]),
    ("dsa-as-rsa", &[NAMES_NONE, WRITABLE, Pair("ssh_host_rsa_key", "dsa"), Pair("ssh_host_ecdsa_key", "ecdsa")]),
    ("private-as-public", &[NAMES_NONE, WRITABLE, RSA, Key(b"ssh_host_dsa_key.pub", "dsa", 0o600)]),
    (
        "authority",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            Key(b"user_ca.pub", "dsa.pub", 0o644),
            Key(b"ssh_host_x-cert.pub", "dsa-cert.pub", 0o644),
        ],
    ),
    (
        "made-again",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            UNIT,
            Text("etc/sysconfig/sshd", "AUTOCREATE_SERVER_KEYS=\"RSA ECDSA\"\nAUTOCREATE_SERVER_KEYS=\"RSA DSA\"\n"),
            Text("etc/systemd/system/first-start.service", "[Service]\nExecStart=/usr/bin/ssh-keygen -A\n"),
            Link(
                "etc/systemd/system/sshd-keygen.target.wants/sshd-keygen@dsa.service",
                "/usr/lib/systemd/system/sshd-keygen@.service",
            ),
        ],
    ),
    (
        "made-again-no-more",
        &[
            NAMES_NONE,
            WRITABLE,
            RSA,
            Text(
                "etc/sysconfig/sshd",
                "# AUTOCREATE_SERVER_KEYS=\"DSA\"\nAUTOCREATE_SERVER_KEYS=\"RSA ECDSA ED25519\"\n",
            ),
            Text("usr/sbin/sshd-keygen", "AUTOCREATE_SERVER_KEYS=\"DSA\"\n"),
            Text("usr/lib/systemd/system/first-start.service", "[Service]\nExecStart=/usr/bin/ssh-keygen -A\n"),
            Link("etc/systemd/system/first-start.service", "/dev/null"),
            Link(
                "etc/systemd/system/sshd-keygen.target.wants/sshd-keygen@dsa.service",
                "/usr/lib/systemd/system/sshd-keygen@.service",
            ),
            Link("etc/systemd/system/sshd-keygen@dsa.service", "/dev/null"),
        ],
    ),
];

/// Where the keys are.
pub(crate) fn keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssh/keys")
}

/// Makes the host of that name.
pub(crate) fn host(name: &str) -> tempfile::TempDir {
    let (_, entries) = HOSTS.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no host {name}"));
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("etc/ssh")).unwrap();
    for entry in *entries {
        make(dir.path(), entry);
    }
    dir
}

fn make(dir: &Path, entry: &Entry) {
    let ssh = dir.join("etc/ssh");
    let key = |name: &[u8], file: &str, mode: u32| {
        let path = ssh.join(OsStr::from_bytes(name));
        fs::copy(keys().join(file), &path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let parent = |path: &str| {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    match *entry {
        Pair(name, file) => {
            key(name.as_bytes(), file, 0o600);
            key(format!("{name}.pub").as_bytes(), &format!("{file}.pub"), 0o644);
        }
        Key(name, file, mode) => drop(key(name, file, mode)),
        KeyOf(name, file, mode, uid, gid) => chown(key(name.as_bytes(), file, mode), Some(uid), Some(gid)).unwrap(),
        Text(path, text) => fs::write(parent(path), text).unwrap(),
        Link(path, target) => symlink(target, parent(path)).unwrap(),
    }
}
