//! Keys in DER: of RSA and DSA (PKCS#1, and as OpenSSL writes them), of elliptic curves (RFC 5915), PKCS#8 (RFC 5958),
//! also encrypted, and PKCS#12, which the wallets of Oracle are, also in BER.

use super::Found;

const SEQUENCE: u8 = 0x30;
const CONSTRUCTED: u8 = 0x20;
const INDEFINITE: u8 = 0x80;
const INTEGER: u8 = 2;
const OCTETS: u8 = 4;
const OBJECT: u8 = 6;
/// Smallest key.
const SMALLEST: usize = 24;
/// Object identifiers begin so that name how a key is encrypted: PKCS#5, and those of PKCS#12.
const ENCRYPTIONS: &[&[u8]] = &[b"\x2a\x86\x48\x86\xf7\x0d\x01\x05", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c"];
/// What PKCS#12 has inside (PKCS#7).
const CONTENT: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07";

pub(super) fn find(bytes: &[u8]) -> Found {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == SEQUENCE);
    let found = starts.filter_map(|(at, _)| {
        let value = Value::first(bytes.get(at..)?)?;
        let is_key = value.tag == SEQUENCE && value.len >= SMALLEST && is_key(value.content);
        is_key.then(|| at..at.saturating_add(value.header).saturating_add(value.len).min(bytes.len()))
    });
    found.collect()
}

/// A value, which may go on behind what was read.
struct Value<'b> {
    tag: u8,
    header: usize,
    len: usize,
    content: &'b [u8],
    rest: &'b [u8],
}

impl<'b> Value<'b> {
    fn first(bytes: &'b [u8]) -> Option<Self> {
        let (tag, first) = (*bytes.first()?, *bytes.get(1)?);
        let long = match first {
            0..=0x7f => 0,
            0x81..=0x84 => usize::from(first & 7),
            // Of BER: it ends somewhere behind, as all that it is in.
            INDEFINITE if tag & CONSTRUCTED != 0 => {
                let content = bytes.get(2..)?;
                return Some(Self { tag, header: 2, len: content.len(), content, rest: &[] });
            }
            _ => return None,
        };
        let header = long.checked_add(2)?;
        let digits = bytes.get(2..header)?;
        let len = match long {
            0 => usize::from(first),
            _ => digits.iter().fold(0_usize, |len, byte| len << 8 | usize::from(*byte)),
        };
        let behind = bytes.get(header..)?;
        let (content, rest) = behind.split_at(len.min(behind.len()));
        Some(Self { tag, header, len, content, rest })
    }
}

fn is_key(content: &[u8]) -> bool {
    let Some(first) = Value::first(content) else { return false };
    match (first.tag, first.content) {
        (INTEGER, [version @ (0 | 1 | 3)]) => follows(*version, first.rest),
        // How it is encrypted, and then its bytes.
        (SEQUENCE, how) => {
            let names = Value::first(how).filter(|name| name.tag == OBJECT);
            names.is_some_and(|name| ENCRYPTIONS.iter().any(|begin| name.content.starts_with(begin)))
                && first.rest.first().is_none_or(|tag| *tag == OCTETS)
        }
        _ => false,
    }
}

/// Whether what follows the version of a key is one.
fn follows(version: u8, rest: &[u8]) -> bool {
    let Some(next) = Value::first(rest) else { return false };
    let object = || Value::first(next.content).filter(|name| name.tag == OBJECT);
    match (next.tag, version) {
        // The modulus of RSA, or the prime of DSA.
        (INTEGER, 0 | 1) => next.len >= 32,
        (OCTETS, 1) => (16..=80).contains(&next.len),
        // A certificate of the first version, whose serial number is so small, goes on with a sequence.
        (SEQUENCE, 0 | 1) => object().is_some() && next.rest.first().is_none_or(|tag| *tag == OCTETS),
        (SEQUENCE, 3) => object().is_some_and(|name| name.content.starts_with(CONTENT)),
        _ => false,
    }
}
