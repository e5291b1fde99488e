//! Hosts as one finds them: what there is to retire, and where nothing is.

use super::Entry::{Key, Pair};
use super::{DSA, Host, NAMES_NONE, RSA, UNIT, WRITABLE};

pub(super) const HOSTS: &[Host] = &[
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
];
