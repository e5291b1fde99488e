//! Configurations, sshd's and the client's, that name a file of a DSA key for something else than loading it, or in an
//! odd way.

use super::Entry::{Key, Link, Pair, Text};
use super::{DSA, Host, NAMES_NONE, RSA, WRITABLE};

/// A DSA pair that is no host key by its name.
const BAD: super::Entry = Pair("bad", "dsa");

pub(super) const HOSTS: &[Host] = &[
    ("revoked-keys", &[Text("etc/ssh/sshd_config", "UsePAM yes\nRevokedKeys /etc/ssh/bad.pub\n"), WRITABLE, RSA, BAD]),
    (
        "revoked-host-key",
        &[Text("etc/ssh/sshd_config", "revokedkeys \"/etc/ssh/ssh_host_dsa_key.pub\"\n"), WRITABLE, RSA, DSA],
    ),
    (
        "authority-of-users",
        &[Text("etc/ssh/sshd_config", "Match User x\n TrustedUserCAKeys=/etc/ssh/bad.pub\n"), WRITABLE, RSA, BAD],
    ),
    (
        "host-certificate",
        &[
            Text("etc/ssh/sshd_config", "HostCertificate /etc/ssh/ssh_host_dsa_key-cert.pub\n"),
            WRITABLE,
            RSA,
            DSA,
            Key(b"ssh_host_dsa_key-cert.pub", "dsa-cert.pub", 0o644),
        ],
    ),
    (
        "host-certificate-elsewhere",
        &[
            Text("etc/ssh/sshd_config", "HostCertificate /etc/pki/dsa-cert.pub\n"),
            Link("etc/pki", "ssh/certificates"),
            Text("etc/ssh/certificates/note", "x"),
            WRITABLE,
            RSA,
            DSA,
            Key(b"certificates/dsa-cert.pub", "dsa-cert.pub", 0o644),
        ],
    ),
    (
        "unnamed-certificate",
        &[NAMES_NONE, WRITABLE, RSA, DSA, Key(b"ssh_host_dsa_key-cert.pub", "dsa-cert.pub", 0o644)],
    ),
    (
        "keys-of-users",
        &[Text("etc/ssh/sshd_config", "AuthorizedKeysFile .ssh/a /etc/ssh/%u.pub\n"), WRITABLE, RSA, BAD],
    ),
    (
        "client-identity",
        &[
            NAMES_NONE,
            Text("etc/ssh/ssh_config", "Include /etc/ssh/ssh_config.d/*.conf\n"),
            Text("etc/ssh/ssh_config.d/1.conf", "Host *\n  IdentityFile /etc/ssh/bad\n"),
            WRITABLE,
            RSA,
            BAD,
        ],
    ),
    (
        "named-in-a-command",
        &[
            Text(
                "etc/ssh/sshd_config",
                "AuthorizedKeysCommand /usr/bin/x --file=/etc/ssh/bad.pub %u\nAuthorizedKeysCommandUser root\n",
            ),
            WRITABLE,
            RSA,
            BAD,
        ],
    ),
    (
        "named-in-options-for-else",
        &[NAMES_NONE, Text("etc/default/ssh", "SSHD_OPTS='-o RevokedKeys=/etc/ssh/bad.pub'\n"), WRITABLE, RSA, BAD],
    ),
    (
        "named-through-a-folder",
        &[Text("etc/ssh/sshd_config", "RevokedKeys /etc/keys/bad.pub\n"), Link("etc/keys", "ssh"), WRITABLE, RSA, BAD],
    ),
    (
        "old-keyword",
        &[
            Text("etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_rsa_key\nHostDSAKey /etc/ssh/ssh_host_dsa_key\n"),
            WRITABLE,
            RSA,
            DSA,
        ],
    ),
    (
        "relative-host-key",
        &[
            Text("etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_rsa_key\nHostKey ssh_host_dsa_key\n"),
            WRITABLE,
            RSA,
            DSA,
        ],
    ),
    (
        "names-others",
        &[
            Text(
                "etc/ssh/sshd_config",
                "RevokedKeys /etc/ssh/bad.pub.old\nTrustedUserCAKeys /var/etc/ssh/bad.pub\nAllowUsers * bad*\nAcceptEnv LC_*\n\
                 AuthorizedKeysFile %h/.ssh/bad /etc/ssh/keys/%u\nAuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys %u\n\
                 AuthorizedKeysCommandUser nobody\n",
            ),
            Text("etc/ssh/ssh_config", "Host *\n  ProxyCommand /usr/bin/nc %h %p\n  ControlPath ~/.ssh/%r@%h:%p\n"),
            WRITABLE,
            RSA,
            BAD,
        ],
    ),
    ("rsa-of-too-few-bits", &[Text("etc/ssh/sshd_config", "RequiredRSASize 3072\n"), WRITABLE, RSA, DSA]),
];
