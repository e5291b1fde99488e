//! SSH host keys: what is found of them, what is planned, and what `check` says.

mod content;
mod damage;
mod hosts;
mod real;
mod remedies;
mod taken_names;

#[path = "../support/ssh_hosts/mod.rs"]
mod ssh_hosts;
#[path = "../support/tools.rs"]
#[allow(dead_code)]
mod tools;

use okv_host::host::{Probed, Root};
use okv_host::subjects::ssh_keys::facts as ssh;
use okv_host::subjects::ssh_keys::{KeyFile, Ssh};

/// What is found on a host.
fn gather(dir: &std::path::Path) -> Ssh {
    match ssh::gather(&Root::fixture(dir).unwrap()) {
        Probed::Known(ssh) => ssh,
        other => panic!("{other:?}"),
    }
}

/// What is found of a file that lies where a host key would.
fn look(bytes: &[u8]) -> KeyFile {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("etc/ssh")).unwrap();
    std::fs::write(dir.path().join("etc/ssh/ssh_host_test_key"), bytes).unwrap();
    gather(dir.path()).key("/etc/ssh/ssh_host_test_key").unwrap().clone()
}
