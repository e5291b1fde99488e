//! What a file holds: an SSH key, told by its bytes and never by its name.
//!
//! `ssh-key` reads public keys and makes fingerprints. Private keys are read here, OpenSSH's own and the PEM forms of
//! OpenSSL, in which keys were written up to OpenSSH 7.7, as far as their public half goes. A key that is not wholly
//! understood is [`Content::Unknown`]: neither DSA nor safe.

use ssh_key::public::{DsaPublicKey, EcdsaPublicKey, KeyData, RsaPublicKey};
use ssh_key::{Fingerprint, HashAlg, Mpint, PublicKey};

use super::der::Der;
use super::{Algorithm, Content, Half, Key, Unknown, certificate, openssh, pem};

const OID_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const OID_DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
const OID_EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// What OpenSSH refuses, too.
const NOT_POSITIVE: &str = "its number is not positive";
/// Prefixes of the names of public key types.
const PUBLIC: &[&[u8]] = &[b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-sha2-"];

/// What the bytes of a file are; `None` where they are no key nor what is left of one.
pub fn judge(bytes: &[u8]) -> Option<Content> {
    if pem::is_private(bytes) {
        return Some(match private(bytes) {
            Ok(key) => Content::Key(key),
            Err(why) => Content::Unknown(why),
        });
    }
    let line = public_line(bytes)?;
    Some(match public(line) {
        Ok((data, is_certificate)) => match key(Half::Public, &data, false) {
            Some(key) => Content::Key(Key { is_certificate, ..key }),
            None => Content::Unknown(Unknown::Damaged(format!("a public key, but {NOT_POSITIVE}"))),
        },
        Err(why) => Content::Unknown(why),
    })
}

/// The first line that is no comment, where it begins as a public key does.
fn public_line(bytes: &[u8]) -> Option<&[u8]> {
    let mut lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let line = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"))?;
    PUBLIC.iter().any(|prefix| line.starts_with(prefix)).then_some(line)
}

/// The key of a line, and whether a certificate holds it.
fn public(line: &[u8]) -> Result<(KeyData, bool), Unknown> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut text = || words.next().and_then(|word| str::from_utf8(word).ok());
    let (Some(kind), Some(base64)) = (text(), text()) else {
        return Err(Unknown::Damaged("a public key without content".into()));
    };
    // The comment is left out: it may be any bytes.
    if let Some(plain) = certificate::certified(kind) {
        return certificate::read(kind, &plain, base64)
            .map(|data| (data, true))
            .map_err(|why| Unknown::Damaged(format!("a certificate, but {why}")));
    }
    let parsed = PublicKey::from_openssh(&format!("{kind} {base64}"));
    parsed
        .map(|key| (key.key_data().clone(), false))
        .map_err(|e| Unknown::Damaged(format!("a public key that cannot be read: {e}")))
}

fn private(bytes: &[u8]) -> Result<Key, Unknown> {
    let pem = pem::decode(bytes).map_err(|why| Unknown::Damaged(format!("a private key, but {why}")))?;
    if pem.encrypted || pem.label == "ENCRYPTED PRIVATE KEY" {
        return Err(Unknown::Encrypted);
    }
    let damaged = || Unknown::Damaged(format!("{} whose content does not make sense", pem.label.escape_debug()));
    match pem.label.as_str() {
        "OPENSSH PRIVATE KEY" => match openssh::read(&pem.content) {
            Ok((data, is_encrypted)) => key(Half::Private, &data, is_encrypted)
                .ok_or_else(|| Unknown::Damaged(format!("a private key, but {NOT_POSITIVE}"))),
            Err(why) => Err(Unknown::Damaged(format!("a private key, but {why}"))),
        },
        "DSA PRIVATE KEY" => dsa(&pem.content).ok_or_else(damaged),
        "RSA PRIVATE KEY" => rsa(&pem.content).ok_or_else(damaged),
        "EC PRIVATE KEY" => ec(&pem.content).ok_or_else(damaged),
        "PRIVATE KEY" => pkcs8(&pem.content).ok_or_else(damaged)?,
        label => Err(Unknown::Foreign(format!("a private key of another kind ({})", label.escape_debug()))),
    }
}

/// `DSAPrivateKey` of OpenSSL: version, p, q, g, y, x.
fn dsa(content: &[u8]) -> Option<Key> {
    let mut fields = whole(content)?;
    fields.version(0)?;
    let [p, q, g, y, _x] = integers(&mut fields)?;
    let data = KeyData::Dsa(DsaPublicKey { p: number(p)?, q: number(q)?, g: number(g)?, y: number(y)? });
    key(Half::Private, &data, false)
}

/// `RSAPrivateKey` (RFC 8017, A.1.2): version, n, e, d, p, q, and what follows from them.
fn rsa(content: &[u8]) -> Option<Key> {
    let mut fields = whole(content)?;
    fields.version(0)?;
    let [n, e, ..]: [_; 8] = integers(&mut fields)?;
    key(Half::Private, &KeyData::Rsa(RsaPublicKey { e: number(e)?, n: number(n)? }), false)
}

/// `ECPrivateKey` (RFC 5915): version, the number, the curve where it is not told outside, and the public point.
fn ec(content: &[u8]) -> Option<Key> {
    let mut fields = whole(content)?;
    fields.version(1)?;
    fields.octets()?;
    let point = fields.explicit(1)?.bits()?;
    key(Half::Private, &KeyData::Ecdsa(EcdsaPublicKey::from_sec1_bytes(point).ok()?), false)
}

/// `PrivateKeyInfo` (RFC 5208): version, algorithm, and the key of that algorithm. `None` where it is damaged.
fn pkcs8(content: &[u8]) -> Option<Result<Key, Unknown>> {
    let mut fields = whole(content)?;
    fields.version(0)?;
    let mut algorithm = fields.sequence()?;
    let inner = fields.octets()?;
    match algorithm.object_identifier()? {
        OID_RSA => rsa(inner).map(Ok),
        OID_EC => ec(inner).map(Ok),
        OID_DSA => {
            let [p, _q, _g] = integers(&mut algorithm.sequence()?)?;
            // The public number is not stored, only what it follows from.
            Some(Ok(Key {
                half: Half::Private,
                algorithm: Algorithm::Dsa,
                bits: bits(p)?,
                fingerprint: None,
                is_certificate: false,
                encrypted: false,
            }))
        }
        _ => Some(Err(Unknown::Foreign("a private key in PKCS#8 that is neither RSA, DSA nor ECDSA".into()))),
    }
}

fn whole(content: &[u8]) -> Option<Der<'_>> {
    let mut outer = Der::new(content);
    outer.sequence().filter(|_| outer.is_at_end())
}

fn integers<'a, const N: usize>(fields: &mut Der<'a>) -> Option<[&'a [u8]; N]> {
    let mut values = [&[][..]; N];
    for value in &mut values {
        *value = fields.integer()?;
    }
    Some(values)
}

fn number(magnitude: &[u8]) -> Option<Mpint> {
    Mpint::from_positive_bytes(magnitude).ok()
}

/// `None` where the number that its size is of is not positive.
fn key(half: Half, data: &KeyData, encrypted: bool) -> Option<Key> {
    let (algorithm, bits) = match data {
        KeyData::Dsa(dsa) => (Algorithm::Dsa, mpint_bits(&dsa.p)?),
        KeyData::Rsa(rsa) => (Algorithm::Rsa, mpint_bits(&rsa.n)?),
        KeyData::Ecdsa(EcdsaPublicKey::NistP256(_)) => (Algorithm::Ecdsa, 256),
        KeyData::Ecdsa(EcdsaPublicKey::NistP384(_)) => (Algorithm::Ecdsa, 384),
        KeyData::Ecdsa(EcdsaPublicKey::NistP521(_)) => (Algorithm::Ecdsa, 521),
        KeyData::Ed25519(_) => (Algorithm::Ed25519, 256),
        other => (Algorithm::Other(other.algorithm().to_string()), 0),
    };
    let fingerprint = Some(Fingerprint::new(HashAlg::Sha256, data).to_string());
    Some(Key { half, algorithm, bits, fingerprint, is_certificate: false, encrypted })
}

fn mpint_bits(number: &Mpint) -> Option<u32> {
    number.as_positive_bytes().and_then(bits)
}

/// Bits of a big-endian magnitude that is not zero.
fn bits(magnitude: &[u8]) -> Option<u32> {
    let zeros = magnitude.iter().take_while(|b| **b == 0).count();
    let digits = magnitude.get(zeros..)?;
    let whole = u32::try_from(digits.len()).ok()?.checked_mul(8)?;
    Some(whole.saturating_sub(digits.first()?.leading_zeros()))
}
