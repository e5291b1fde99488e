//! Keys and certificates.

use std::fmt::Write;

use super::{Reader, seeds};
use crate::subjects::certificates::facts::certificate;
use crate::subjects::ssh_keys::{Algorithm, Content, host_key_paths, parse_key};

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "ssh-key",
        sources: &[
            "subjects/ssh_keys/facts/certificate",
            "subjects/ssh_keys/facts/content",
            "subjects/ssh_keys/facts/openssh",
            "subjects/ssh_keys/facts/pem",
        ],
        seeds: || seeds::within("ssh/keys"),
        read: |data| {
            let _ = key(data);
        },
    },
    Reader {
        name: "ssh-key-der",
        sources: &["subjects/ssh_keys/facts/der"],
        seeds: || inside("PRIVATE KEY-----"),
        read: |data| {
            for label in ["DSA ", "RSA ", "EC ", "", "OPENSSH "] {
                let _ = key(armour(&format!("{label}PRIVATE KEY"), data).as_bytes());
            }
        },
    },
    Reader { name: "ssh-key-public", sources: &[], seeds: public_blobs, read: public },
    Reader {
        name: "sshd-effective",
        sources: &["subjects/ssh_keys/facts/effective"],
        seeds: || seeds::texts(&["port 22\nhostkey /etc/ssh/ssh_host_rsa_key\nhostkey /b c\nhostkeyagent none\n"]),
        read: |data| {
            let Ok(found) = host_key_paths(data) else { return };
            assert!(!found.host_keys.is_empty() && data.ends_with(b"\n"));
            assert!(found.host_keys.iter().all(|path| path.is_empty() || path.starts_with('/')));
            let lines = data.iter().filter(|byte| **byte == b'\n').count();
            assert!(found.host_keys.len() + found.others.len() <= lines);
        },
    },
    Reader {
        name: "certificate",
        sources: &["subjects/certificates/facts/certificate", "subjects/certificates/facts/certificate/pem"],
        seeds: || seeds::within("certificates"),
        read: certificate,
    },
    Reader {
        name: "certificate-der",
        sources: &["subjects/certificates/facts/certificate/x509"],
        seeds: || seeds::ending("server.der"),
        read: |data| {
            certificate(data);
            // In PEM it is the same certificate.
            let of_pem = certificate::parse(armour("CERTIFICATE", data).as_bytes());
            if let (Ok(der), Ok(pem)) = (certificate::parse(data), of_pem) {
                assert_eq!(der, pem);
            }
        },
    },
];

fn key(data: &[u8]) -> Option<Content> {
    let content = parse_key(data)?;
    if let Content::Key(key) = &content {
        let is_other = matches!(key.algorithm, Algorithm::Other(_));
        assert!((1..1 << 20).contains(&key.bits) || is_other, "{key:?}");
        assert!(key.fingerprint.as_ref().is_none_or(|sum| sum.starts_with("SHA256:")), "{key:?}");
    }
    Some(content)
}

/// The bytes of a public key, in the line that a file has.
fn public(data: &[u8]) {
    let name = data.get(4..).and_then(|rest| rest.get(..usize::from(data[3]).min(rest.len())));
    let name = name.map(String::from_utf8_lossy).unwrap_or_default();
    let _ = key(format!("{name} {} comment\n", base64(data)).as_bytes());
}

fn certificate(data: &[u8]) {
    match certificate::parse(data) {
        Ok(found) => {
            assert!(found.more <= data.len() / 11, "{} more", found.more);
            assert!(found.subject.len() <= 4 * data.len() && !found.subject.contains(char::is_control), "{found:?}");
            assert!(!found.issuer.contains(char::is_control), "{found:?}");
        }
        Err(why) => assert!(!why.is_empty() && why.len() < 1000, "{why}"),
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |n: usize| chunk.get(n).copied().map_or(0, u32::from);
        let word = (at(0) << 16) | (at(1) << 8) | at(2);
        for digit in 0..4 {
            let shown = DIGITS[(word >> (18 - 6 * digit)) as usize & 63];
            out.push(if digit <= chunk.len() { char::from(shown) } else { '=' });
        }
    }
    out
}

fn armour(label: &str, bytes: &[u8]) -> String {
    let mut out = format!("-----BEGIN {label}-----\n");
    let text = base64(bytes);
    for line in text.as_bytes().chunks(64) {
        let _ = writeln!(out, "{}", String::from_utf8_lossy(line));
    }
    let _ = writeln!(out, "-----END {label}-----");
    out
}

/// The bytes within the armour of the keys of the fixtures.
fn inside(end: &str) -> Vec<Vec<u8>> {
    let texts = seeds::within("ssh/keys").into_iter().filter_map(|key| String::from_utf8(key).ok());
    let bodies = texts.filter_map(|text| {
        let (_, body) = text.split_once(end)?;
        Some(seeds::decoded(body.split_once("-----")?.0))
    });
    seeds::distinct(bodies)
}

fn public_blobs() -> Vec<Vec<u8>> {
    let texts = seeds::ending(".pub").into_iter().filter_map(|key| String::from_utf8(key).ok());
    seeds::distinct(texts.filter_map(|text| Some(seeds::decoded(text.split(' ').nth(1)?))))
}
