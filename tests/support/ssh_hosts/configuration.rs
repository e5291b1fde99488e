//! Configurations of sshd that name host keys, leave them out, or cannot be followed.

use super::Entry::{Key, Link, Text};
use super::{DSA, Host, NAMES_NONE, RSA, WRITABLE};

pub(super) const HOSTS: &[Host] = &[
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
];
