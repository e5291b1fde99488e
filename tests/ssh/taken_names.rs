//! The name that a key would be retired to, and what has it already.

use crate::gather;
use crate::ssh_hosts::Entry::{self, Key, Link, Text};
use crate::ssh_hosts::{DSA, NAMES_NONE, RSA, WRITABLE, made_of};
use okv_host::subjects::ssh_keys::DsaState;
use okv_host::subjects::ssh_keys::plan::{Request, plan};

#[test]
fn what_is_no_key_is_not_reported_as_a_key_that_was_retired_before() {
    let cases = [
        (Text("etc/ssh/ssh_host_dsa_key.retire", ""), "it is an empty file"),
        (Link("etc/ssh/ssh_host_dsa_key.retire", "nowhere"), "it is a symbolic link to nothing"),
        (Link("etc/ssh/ssh_host_dsa_key.retire", "ssh_host_rsa_key"), "it is a symbolic link,"),
        (Text("etc/ssh/ssh_host_dsa_key.retire/file", "x"), "it is a directory"),
        (Text("etc/ssh/ssh_host_dsa_key.retire", "note\n"), "it is a file that holds no key"),
    ];
    for (entry, part) in cases {
        let ssh = made_of(&[NAMES_NONE, WRITABLE, RSA, DSA, entry]);
        let ssh = gather(ssh.path());
        let reasons = plan(&ssh, &Request { reload: false }).unwrap_err().reasons;
        assert_eq!((reasons.len(), reasons[0].id), (1, "retire-exists"), "{reasons:#?}");
        assert!(reasons[0].message.contains(part) && !reasons[0].message.contains("before"), "{reasons:#?}");
        assert_eq!(ssh.dsa_keys()[0].state(&ssh), DsaState::Present, "{part}");
    }
}

#[test]
fn a_key_that_was_retired_before_is_reported_as_one() {
    for (file, part) in [("dsa", "the same content"), ("dsa-other", "holds another key")] {
        let host = made_of(&[NAMES_NONE, WRITABLE, RSA, DSA, Key(b"ssh_host_dsa_key.retire", file, 0o600)]);
        let ssh = gather(host.path());
        let reasons = plan(&ssh, &Request { reload: false }).unwrap_err().reasons;
        assert!(reasons[0].id == "retire-exists" && reasons[0].message.contains(part), "{reasons:#?}");
        assert_eq!(ssh.dsa_keys()[0].state(&ssh), DsaState::CameBack);
    }
}

#[test]
fn a_name_that_would_be_too_long_is_reported_as_that() {
    let name: &'static [u8] = vec![b'k'; 250].leak();
    let long: Entry = Key(name, "dsa", 0o600);
    let ssh = made_of(&[NAMES_NONE, WRITABLE, RSA, long]);
    let ssh = gather(ssh.path());
    let reasons = plan(&ssh, &Request { reload: false }).unwrap_err().reasons;
    assert_eq!((reasons.len(), reasons[0].id), (1, "name-too-long"), "{reasons:#?}");
    assert_eq!(ssh.dsa_keys()[0].state(&ssh), DsaState::Present);
}
