//! Files that are there already, half of them, links, odd names, and what is no key.

use super::Entry::{Key, Link, Text};
use super::{DSA, Host, NAMES_NONE, RSA, WRITABLE};

pub(super) const HOSTS: &[Host] = &[
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
];
