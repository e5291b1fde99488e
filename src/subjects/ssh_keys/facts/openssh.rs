//! OpenSSH's own private key files (`PROTOCOL.key` of OpenSSH). Read here and not by `ssh-key`, which refuses an ECDSA
//! key whose secret number is shorter than its curve: every P-521 key of which the first byte is nought, and one of 256
//! on the other curves.

use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use crate::base::bytes::{Fields, Truncated, be32};

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The public half, and whether the private one is encrypted.
///
/// The private half is looked through as far as it can be without arithmetic: it repeats the public half.
///
/// # Errors
/// With what does not make sense.
pub(super) fn read(content: &[u8]) -> Result<(KeyData, bool), &'static str> {
    let mut outer = Reader(content.strip_prefix(MAGIC).ok_or("its magic is wrong")?);
    let is_encrypted = outer.string().map_err(short)? != b"none";
    let _kdf = outer.string().map_err(short)?;
    let _kdf_options = outer.string().map_err(short)?;
    if outer.number().map_err(short)? != 1 {
        return Err("it holds not one key");
    }
    let public = outer.string().map_err(short)?;
    let data = PublicKey::from_bytes(public).map_err(|_| "its public half cannot be read")?.key_data().clone();
    let private = outer.string().map_err(short)?;
    if !is_encrypted {
        if !outer.0.is_empty() {
            return Err("something follows it");
        }
        check(private, public, &data)?;
    }
    Ok((data, is_encrypted))
}

fn short(_: Truncated) -> &'static str {
    "it is cut off"
}

/// Whether the private half is whole, and that of `public`.
fn check(private: &[u8], public: &[u8], data: &KeyData) -> Result<(), &'static str> {
    let mut inner = Reader(private);
    if inner.number().map_err(short)? != inner.number().map_err(short)? {
        return Err("its check numbers differ");
    }
    let public: Vec<&[u8]> = Reader(public).strings().map_err(short)?;
    // Fields behind the type, and which of them make up the public half in its order.
    let (count, repeated): (usize, &[usize]) = match data {
        KeyData::Dsa(_) => (5, &[0, 1, 2, 3]),
        KeyData::Rsa(_) => (6, &[1, 0]),
        KeyData::Ecdsa(_) => (3, &[0, 1]),
        KeyData::Ed25519(_) => (2, &[0]),
        _ => return Ok(()),
    };
    let kind = inner.string().map_err(short)?;
    let fields: Vec<&[u8]> = (0..count).map(|_| inner.string()).collect::<Result<_, _>>().map_err(short)?;
    let _comment = inner.string().map_err(short)?;
    let mut halves = vec![kind];
    halves.extend(repeated.iter().filter_map(|at| fields.get(*at)));
    // An Ed25519 secret ends with the public key once more.
    let repeats =
        !matches!(data, KeyData::Ed25519(key) if !fields.last().is_some_and(|secret| secret.ends_with(&key.0)));
    if halves != public || !repeats {
        return Err("its halves do not belong together");
    }
    // Filled up with 1, 2, 3 and so on to a whole block.
    if inner.0.iter().zip(1_u8..).any(|(byte, wanted)| *byte != wanted) || inner.0.len() >= 256 {
        return Err("its padding is wrong");
    }
    Ok(())
}

/// Fields as SSH writes them (RFC 4251, 5): numbers, and strings behind their length.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn number(&mut self) -> Result<u32, Truncated> {
        let number = be32(self.0, 0)?;
        self.0 = self.0.get(4..).unwrap_or_default();
        Ok(number)
    }

    pub(super) fn string(&mut self) -> Result<&'a [u8], Truncated> {
        let len = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        let string = self.0.take(0, len)?;
        self.0 = self.0.get(len..).unwrap_or_default();
        Ok(string)
    }

    /// All that is left.
    fn strings(mut self) -> Result<Vec<&'a [u8]>, Truncated> {
        let mut strings = Vec::new();
        while !self.0.is_empty() {
            strings.push(self.string()?);
        }
        Ok(strings)
    }
}
