//! Key files in a form of their own, by how they begin.

use super::{Found, places};

/// Most bytes of such a file that are overwritten where it lies in something larger.
const LONGEST: usize = 64 << 10;
/// Files begin at a block of a disk.
const BLOCK: usize = 512;

/// At the beginning, or at a block.
const FILES: &[&[u8]] = &[
    b"\x3f\x6f\xf9\xeb",       // ssh.com
    b"\xfe\xed\xfe\xed",       // a key store of Java
    b"\xce\xce\xce\xce\0\0\0", // the same, JCEKS
    b"\xa1\xf8\x4e",           // an Oracle wallet that opens by itself (cwallet.sso)
];

/// Anywhere.
const ANYWHERE: &[&[u8]] = &[b"openssh-key-v1\0", b"SSH PRIVATE KEY FILE FORMAT 1.1\n"];

const PUTTY: &[u8] = b"PuTTY-User-Key-File-";
const PUTTY_SECRET: &[u8] = b"Private-Lines:";

pub(super) fn find(bytes: &[u8]) -> Found {
    let end = |at: usize| at.saturating_add(LONGEST).min(bytes.len());
    let mut found = Found::new();
    for (number, block) in bytes.chunks(BLOCK).enumerate() {
        if FILES.iter().any(|magic| block.starts_with(magic)) {
            let at = number.saturating_mul(BLOCK);
            // A file that begins so is one to its end.
            found.push(at..if at == 0 { bytes.len() } else { end(at) });
        }
    }
    for magic in ANYWHERE {
        found.extend(places(bytes, magic).map(|at| at..end(at)));
    }
    for at in places(bytes, PUTTY) {
        let rest = bytes.get(at..end(at)).unwrap_or_default();
        let secret = places(rest, PUTTY_SECRET).next().map_or(0, |secret| secret.saturating_add(PUTTY_SECRET.len()));
        found.push(at.saturating_add(secret)..end(at));
    }
    found
}
