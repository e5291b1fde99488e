//! Figures of a private key that a word names, and hashes of passwords.

use super::{Found, places};
use std::ops::Range;

/// What `openssl pkey -text` and the keys of BIND write before a figure.
const FIGURES: &[&[u8]] = &[
    b"privateExponent:",
    b"prime1:",
    b"prime2:",
    b"exponent1:",
    b"exponent2:",
    b"coefficient:",
    b"priv:",
    b"PrivateExponent:",
    b"Prime1:",
    b"Prime2:",
    b"Exponent1:",
    b"Exponent2:",
    b"Coefficient:",
    b"PrivateKey:",
    b"PrivateKey =",
    b"PrivateKey=",
    b"Private_value(x):",
];
/// The private parts of a JSON Web Key (RFC 7518).
const OF_JSON: &[&[u8]] = &[b"\"d\"", b"\"p\"", b"\"q\"", b"\"dp\"", b"\"dq\"", b"\"qi\"", b"\"k\""];
/// How hashes of passwords begin (crypt(5), GRUB).
const HASHES: &[&[u8]] =
    &[b"$1$", b"$2a$", b"$2b$", b"$2y$", b"$5$", b"$6$", b"$7$", b"$y$", b"$gy$", b"grub.pbkdf2.sha512."];
const SHORTEST_HASH: usize = 12;

pub(super) fn figures(bytes: &[u8]) -> Found {
    let mut found = Found::new();
    for word in FIGURES {
        let is_figure = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=: \t\r\n".contains(byte);
        let is_hex = |byte: &u8| byte.is_ascii_hexdigit() || b": \t\r\n".contains(byte);
        for at in places(bytes, word) {
            let start = at.saturating_add(word.len());
            let rest = bytes.get(start..).unwrap_or_default();
            // Hexadecimal digits go on over lines, base64 does not.
            let line = rest.iter().take_while(|byte| **byte != b'\n' && is_figure(byte)).count();
            let hex = rest.iter().take_while(|byte| is_hex(byte)).count();
            found.push(start..start.saturating_add(line.max(hex)));
        }
    }
    if places(bytes, b"\"kty\"").next().is_some() {
        found.extend(
            OF_JSON.iter().flat_map(|name| places(bytes, name).filter_map(|at| of_json(bytes, at, name.len()))),
        );
    }
    found
}

fn of_json(bytes: &[u8], at: usize, name: usize) -> Option<Range<usize>> {
    let mut start = at.checked_add(name)?;
    let rest = bytes.get(start..)?;
    let skipped = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b':').count();
    start = start.checked_add(skipped)?;
    let value = bytes.get(start..)?.strip_prefix(b"\"")?;
    let len = value.iter().position(|byte| *byte == b'"').unwrap_or(value.len());
    start = start.checked_add(1)?;
    Some(start..start.checked_add(len)?)
}

pub(super) fn hashes(bytes: &[u8]) -> Found {
    let mut found = Found::new();
    for begin in HASHES {
        for at in places(bytes, begin) {
            let start = at.saturating_add(begin.len());
            let rest = bytes.get(start..).unwrap_or_default();
            let is_hash = |byte: &u8| byte.is_ascii_alphanumeric() || b"./$=,".contains(byte);
            let len = rest.iter().take_while(|byte| is_hash(byte)).count();
            if len >= SHORTEST_HASH {
                found.push(start..start.saturating_add(len));
            }
        }
    }
    found
}

/// The second field of each line of /etc/shadow, but for what locks the account.
pub(super) fn hashes_of_shadow(bytes: &[u8]) -> Found {
    let (mut found, mut at) = (Found::new(), 0_usize);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(colon) = line.iter().position(|byte| *byte == b':') {
            let rest = line.get(colon.saturating_add(1)..).unwrap_or_default();
            let locks = rest.iter().take_while(|byte| b"!*".contains(byte)).count();
            let len = rest.iter().position(|byte| b":\n".contains(byte)).unwrap_or(rest.len());
            let start = at.saturating_add(colon).saturating_add(1);
            found.push(start.saturating_add(locks.min(len))..start.saturating_add(len));
        }
        at = at.saturating_add(line.len());
    }
    found
}
