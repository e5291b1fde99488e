//! OpenSSH certificates of public keys (`PROTOCOL.certkeys` of OpenSSH). Read here and not by `ssh-key`, which refuses
//! those that are valid forever, as `ssh-keygen -s` makes them. What counts here is the key that is certified; the
//! signature is not looked into.

use base64ct::{Base64, Encoding};
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use super::openssh::Reader;
use crate::base::bytes::Truncated;

/// What the type of a certificate has behind that of the key.
const SUFFIX: &str = "-cert-v01@openssh.com";

/// The type of the key that a certificate of type `kind` certifies; `None` where `kind` is no certificate's.
pub(super) fn certified(kind: &str) -> Option<String> {
    let plain = kind.strip_suffix(SUFFIX)?;
    // Keys on a token have a type of OpenSSH's own.
    Some(if plain.starts_with("sk-") { format!("{plain}@openssh.com") } else { plain.to_owned() })
}

/// The key that is certified. `plain` is what [`certified`] gave.
///
/// # Errors
/// With what does not make sense.
pub(super) fn read(kind: &str, plain: &str, base64: &str) -> Result<KeyData, &'static str> {
    let bytes = Base64::decode_vec(base64).map_err(|_| "its content is not base64")?;
    let mut reader = Reader(&bytes);
    if reader.string().map_err(short)? != kind.as_bytes() {
        return Err("its content is of another type");
    }
    let _nonce = reader.string().map_err(short)?;
    let fields = match plain {
        "ssh-dss" => 4,
        "ssh-ed25519" => 1,
        "ssh-rsa" | "sk-ssh-ed25519@openssh.com" => 2,
        name if name.starts_with("ecdsa-sha2-") => 2,
        "sk-ecdsa-sha2-nistp256@openssh.com" => 3,
        _ => return Err("its type is not known"),
    };
    let mut key = Vec::new();
    put(&mut key, plain.as_bytes());
    for _ in 0..fields {
        put(&mut key, reader.string().map_err(short)?);
    }
    rest(&mut reader).map_err(short)?;
    if !reader.0.is_empty() {
        return Err("something follows it");
    }
    PublicKey::from_bytes(&key).map(|key| key.key_data().clone()).map_err(|_| "the key in it cannot be read")
}

/// Serial (64 bits), type, identity, principals, valid after and before (64 bits each), critical options, extensions,
/// what is reserved, the authority's key, its signature.
fn rest(reader: &mut Reader<'_>) -> Result<(), Truncated> {
    for _ in 0..3 {
        reader.number()?;
    }
    for _ in 0..2 {
        reader.string()?;
    }
    for _ in 0..4 {
        reader.number()?;
    }
    for _ in 0..5 {
        reader.string()?;
    }
    Ok(())
}

fn short(_: Truncated) -> &'static str {
    "it is cut off"
}

/// A string as SSH writes it (RFC 4251, 5).
fn put(out: &mut Vec<u8>, field: &[u8]) {
    out.extend(u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(field);
}
