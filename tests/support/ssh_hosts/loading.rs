//! Keys that sshd does or does not load, and keys that are not what their names say.

use super::Entry::{Key, KeyOf, Pair, Text};
use super::{DSA, Host, NAMES_NONE, RSA, WRITABLE};

pub(super) const HOSTS: &[Host] = &[
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
];
