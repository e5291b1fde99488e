//! Our reading of configurations and keys against the real sshd, with each host's /etc/ssh in the place of the
//! machine's own, in a mount namespace that ends with the call.

use std::path::Path;

use crate::gather;
use crate::ssh_hosts::{host, hosts};
use crate::tools::{Outcome, Tool};
use okv_host::host::Probed;
use okv_host::subjects::ssh_keys::{Effective, Load, host_key_paths};
use tempfile::TempDir;

/// Hosts that this sshd cannot stand for: it knows no FIPS mode, no group `ssh_keys`, is not started with a host's
/// options, and minds neither a foreign owner nor `HostKeyAlgorithms` before a client comes.
const OTHERWISE: &[&str] = &[
    "fips-ed25519",
    "fips-rsa-1024",
    "group-ssh-keys",
    "named-in-options",
    "named-in-options-for-else",
    "other-configuration",
    "not-roots-rsa",
    "algorithms-leave-rsa-out",
];

/// The hosts of which `sshd` is told all that matters.
fn comparable() -> impl Iterator<Item = (&'static str, TempDir)> {
    let alike = hosts().filter(|(name, _)| !OTHERWISE.contains(name)).map(|(name, _)| (*name, host(name)));
    alike.filter(|(_, host)| !["etc/keys", "var/keys"].iter().any(|keys| host.path().join(keys).exists()))
}

/// `sshd` with the /etc/ssh of a host, and its other places where it has them.
fn sshd(host: &Path, option: &str) -> Outcome {
    let script = r#"mount --make-rprivate / && mkdir -p /run/sshd && mount -t tmpfs -o mode=0755 none /run/sshd && mount --bind "$1/etc/ssh" /etc/ssh && cd / && exec /usr/sbin/sshd "$2""#;
    Tool::new("unshare").args(["--mount", "bash", "-c", script, "sshd"]).arg(host).arg(option).outcome().unwrap()
}

#[test]
fn the_host_keys_of_a_configuration_are_those_that_sshd_names() {
    let mut compared = 0;
    for (name, host) in comparable() {
        let ssh = gather(host.path());
        let said = sshd(host.path(), "-T");
        let Ok(Effective { host_keys: paths, .. }) = host_key_paths(said.stdout.as_bytes()) else {
            // sshd refuses the configuration, or has no key: so do we.
            let none = ssh.loads().is_ok_and(|loads| !loads.iter().any(|(_, load)| matches!(load, Load::Yes(..))));
            let in_match =
                ssh.configuration.known().is_some_and(|known| known.host_keys.iter().any(|line| line.in_match));
            assert!(none || in_match || ssh.configuration.known().is_none(), "{name}: {said:?}");
            continue;
        };
        let ours: Vec<&str> = ssh.loads().unwrap().into_iter().map(|(path, _)| path).collect();
        assert_eq!(ours, paths, "{name}");
        compared += 1;
    }
    assert!(compared > 25, "{compared}");
}

#[test]
fn sshd_complains_of_the_keys_that_okv_host_reports_as_not_loadable_and_of_no_others() {
    let (mut loaded, mut refused) = (0, 0);
    for (name, host) in comparable() {
        let mut ssh = gather(host.path());
        ssh.effective = Probed::Absent;
        let Ok(loads) = ssh.loads() else { continue };
        if ssh.configuration.known().is_some_and(|known| known.host_keys.iter().any(|line| line.in_match)) {
            continue;
        }
        let said = sshd(host.path(), "-dt");
        for (path, load) in loads {
            // A relative path stands behind the folder that sshd was started in, `/`, and another slash.
            let stderr = said.stderr.replace("//", "/");
            let complains =
                ["\n", "\r\n"].iter().any(|end| stderr.contains(&format!("Unable to load host key: {path}{end}")))
                    || stderr.contains(&format!("Host key {path}: Invalid key length"));
            let is_dsa = ssh.key(path).is_some_and(okv_host::subjects::ssh_keys::KeyFile::is_dsa);
            match load {
                Load::Yes(..) => {
                    assert!(!complains, "{name} {path}: {said:?}");
                    loaded += 1;
                }
                // This sshd still loads DSA keys.
                _ if is_dsa => {}
                no => {
                    assert!(complains, "{name} {path}: {no:?}, but {said:?}");
                    refused += 1;
                }
            }
        }
    }
    assert!(loaded > 25 && refused >= 4, "{loaded} {refused}");
}
