//! Certificates in PEM, as tolerantly as openssl reads them: whatever stands around them, keys and parameters beside
//! them, any line ends, spaces, long lines, and the older labels.

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const LABELS: [&[u8]; 3] = [b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"];

/// A certificate in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'t> {
    body: &'t [u8],
    /// What follows it; `None` where it has no end.
    rest: Option<&'t [u8]>,
}

impl<'t> Block<'t> {
    /// The first certificate; what else is in PEM is passed over.
    pub(super) fn first(text: &'t [u8]) -> Option<Self> {
        let mut rest = text;
        loop {
            let (_, begun) = split_at(rest, BEGIN)?;
            let (label, behind) = split_at(begun, DASHES)?;
            if LABELS.contains(&label) {
                let end = split_at(behind, END);
                return Some(Self { body: end.map_or(behind, |(body, _)| body), rest: end.map(|(_, rest)| rest) });
            }
            rest = begun;
        }
    }

    /// Those that follow it.
    pub(super) fn following(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.rest.and_then(Self::first), |block| block.rest.and_then(Self::first))
    }

    /// What it says, in DER.
    ///
    /// # Errors
    /// Where it is cut off, or no base64.
    pub(super) fn der(self) -> Result<Vec<u8>, String> {
        if self.rest.is_none() {
            return Err("it has no END line".into());
        }
        decode(without_headers(self.body)).ok_or_else(|| "it is no base64".into())
    }
}

/// What stands before and behind the first `mark`.
fn split_at<'t>(text: &'t [u8], mark: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let at = text.windows(mark.len()).position(|window| window == mark)?;
    Some((text.get(..at)?, text.get(at.checked_add(mark.len())?..)?))
}

/// Header lines (RFC 1421) end with an empty line.
fn without_headers(body: &[u8]) -> &[u8] {
    if !body.contains(&b':') {
        return body;
    }
    let ends: [&[u8]; 2] = [b"\n\n", b"\n\r\n"];
    ends.iter().find_map(|end| split_at(body, end)).map_or(body, |(_, rest)| rest)
}

/// Base64 with white space anywhere; what follows its padding is none of it.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(text.len()), 0_u32, 0_u32);
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()).take_while(|byte| **byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte.checked_sub(b'A')?,
            b'a'..=b'z' => byte.checked_sub(b'a')?.checked_add(26)?,
            b'0'..=b'9' => byte.checked_sub(b'0')?.checked_add(52)?,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6) | u32::from(value);
        bits = bits.checked_add(6)?;
        if let Some(left) = bits.checked_sub(8) {
            bits = left;
            bytes.push(u8::try_from((held >> left) & 0xff).ok()?);
            held &= (1 << left) - 1;
        }
    }
    Some(bytes)
}
