//! Damaged keys: never a panic, and a DSA key never becomes a safe one.

use std::fs;

use crate::ssh_hosts::keys;
use okv_host::subjects::ssh_keys::{Algorithm, Content, parse_key};

/// What a damaged file is taken for: its type, or nothing.
fn kind(bytes: &[u8]) -> Option<Algorithm> {
    match parse_key(bytes)? {
        Content::Key(key) => Some(key.algorithm),
        Content::Unknown(_) => None,
    }
}

#[test]
fn a_dsa_key_with_any_byte_changed_or_cut_is_dsa_or_unknown() {
    for name in ["dsa", "dsa.pub", "dsa-pem", "dsa-pkcs8", "dsa-encrypted", "dsa-pem-encrypted", "dsa-cert.pub"] {
        let sound = fs::read(keys().join(name)).unwrap();
        let is_safe = |bytes: &[u8]| kind(bytes).is_some_and(|kind| kind != Algorithm::Dsa);
        let mut changed = 0;
        let mut bytes = sound.clone();
        for at in 0..sound.len() {
            assert!(!is_safe(&sound[..at]), "{name} cut at {at}");
            for byte in [0, 0xff, b'\n', b' ', b'-', b'A', b'=', sound[at] ^ 1, sound[at] ^ 0x20] {
                bytes[at] = byte;
                assert!(!is_safe(&bytes), "{name} byte {at} as {byte}: {:?}", kind(&bytes));
                changed += usize::from(kind(&bytes) != kind(&sound));
            }
            bytes[at] = sound[at];
        }
        assert!(changed > 0 || name == "dsa-pem-encrypted", "{name}: no damage was seen");
    }
}

#[test]
fn a_key_whose_modulus_is_negative_or_zero_is_damaged() {
    for number in ["AAAAB3NzaC1yc2EAAAADAQABAAAAAYA=", "AAAAB3NzaC1yc2EAAAADAQABAAAAAA=="] {
        let line = format!("ssh-rsa {number} root@okv1\n");
        let found = parse_key(line.as_bytes());
        assert!(matches!(found, Some(Content::Unknown(_))), "{found:?}");
    }
}

#[test]
fn other_keys_may_be_damaged_in_any_place_too() {
    for name in
        ["rsa-pem", "rsa-pkcs8", "rsa-encrypted", "ecdsa", "ecdsa-384-pem", "ecdsa-pkcs8", "ed25519", "ed25519.pub"]
    {
        let sound = fs::read(keys().join(name)).unwrap();
        let right = kind(&sound).unwrap();
        let mut bytes = sound.clone();
        let mut refused = 0;
        for at in 0..sound.len() {
            refused += usize::from(kind(&sound[..at]).is_none());
            for byte in [0, 0xff, b'A', sound[at] ^ 1] {
                bytes[at] = byte;
                let found = kind(&bytes);
                assert!(found.is_none() || found.as_ref() == Some(&right), "{name} byte {at}: {found:?}");
                refused += usize::from(found.is_none());
            }
            bytes[at] = sound[at];
        }
        assert!(refused > sound.len() / 2, "{name}: {refused}");
    }
}
