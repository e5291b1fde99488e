//! Hosts that make missing keys when they start.

use super::Entry::{Link, Text};
use super::{Host, NAMES_NONE, RSA, UNIT, WRITABLE};

pub(super) const HOSTS: &[Host] = &[
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
