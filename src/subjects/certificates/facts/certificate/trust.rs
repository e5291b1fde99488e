//! Whether a certificate that a port showed surely is the server's: by its sum, or by a chain to an authority, and by a
//! signature of the handshake that only the holder of its key can make.

use serde::{Deserialize, Serialize};

use std::path::PathBuf;

use rustls::RootCertStore;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;

use super::pem::Block;
use super::tls::Shown;
use crate::base::cause::cause;
use crate::base::digest::{Sha256, sum};
use crate::io::input;

/// What the operator knows of the server's certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    pub sha256: Option<Sha256>,
    /// A file with the authorities that may have issued it.
    pub authority: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trust {
    /// The operator or the profile named its file.
    File,
    /// It surely is the server's, for this reason.
    Verified(String),
    /// Whoever answered on that address showed it.
    Unverified(String),
}

/// Longest file of authorities, in bytes.
const LONGEST: u64 = 1 << 20;

pub(super) fn judge(shown: &Shown, expected: &Expected) -> Trust {
    if expected.sha256.is_none() && expected.authority.is_none() {
        return Trust::Unverified("neither --fingerprint nor --ca was given".into());
    }
    if !shown.holds_key {
        return Trust::Unverified("the handshake does not prove that the port has the key of this certificate".into());
    }
    if let Some(wanted) = &expected.sha256 {
        return match sum(shown.certificate()) == *wanted {
            true => Trust::Verified("its fingerprint is that of --fingerprint".into()),
            false => Trust::Unverified(format!("its fingerprint is not {wanted}, which --fingerprint names")),
        };
    }
    match chain(shown, expected) {
        Ok(()) => Trust::Verified("it has a chain to --ca".into()),
        Err(why) => Trust::Unverified(format!("no chain to --ca: {why}")),
    }
}

fn chain(shown: &Shown, expected: &Expected) -> Result<(), String> {
    use std::io::Read as _;

    let path = expected.authority.as_deref().ok_or("no file")?;
    let mut text = Vec::new();
    let read = input::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
    read.map_err(|e| format!("{}: {}", path.display(), cause(&e)))?;
    let mut authorities = RootCertStore::empty();
    let blocks = Block::first(&text).into_iter().flat_map(|first| std::iter::once(first).chain(first.following()));
    let ders: Vec<Vec<u8>> = blocks.map(Block::der).collect::<Result<_, _>>()?;
    let ders = if ders.is_empty() { vec![text.clone()] } else { ders };
    for der in ders {
        authorities.add(CertificateDer::from(der)).map_err(|e| format!("{}: {}", path.display(), cause(&e)))?;
    }
    let certificate = CertificateDer::from(shown.certificate());
    let parsed = ParsedCertificate::try_from(&certificate).map_err(|e| e.to_string())?;
    let between: Vec<CertificateDer<'_>> = shown.others().map(CertificateDer::from).collect();
    let algorithms = default_provider().signature_verification_algorithms.all;
    verify_server_cert_signed_by_trust_anchor(&parsed, &authorities, &between, UnixTime::now(), algorithms)
        .map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn path(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/certificates").join(name)
    }

    fn shown() -> Shown {
        let chain = std::fs::read(path("chain.pem")).unwrap();
        let first = Block::first(&chain).unwrap();
        let chain = std::iter::once(first).chain(first.following()).map(|block| block.der().unwrap());
        Shown { chain: chain.collect(), holds_key: true }
    }

    fn by_sum(sha256: Sha256) -> Expected {
        Expected { sha256: Some(sha256), authority: None }
    }

    #[test]
    fn a_certificate_is_verified_by_its_fingerprint_with_and_without_colons() {
        let sum = sum(shown().certificate()).to_string();
        let pairs: Vec<String> =
            sum.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).to_uppercase()).collect();
        for text in [sum, pairs.join(":")] {
            assert!(matches!(judge(&shown(), &by_sum(text.parse().unwrap())), Trust::Verified(_)), "{text}");
        }
    }

    #[test]
    fn another_fingerprint_no_proof_of_the_key_and_nothing_to_compare_with_verify_nothing() {
        let other = by_sum(sum(b"another"));
        assert!(matches!(judge(&shown(), &other), Trust::Unverified(why) if why.contains("--fingerprint names")));
        let right = by_sum(sum(shown().certificate()));
        let keyless = Shown { holds_key: false, ..shown() };
        assert!(matches!(judge(&keyless, &right), Trust::Unverified(why) if why.contains("key")));
        assert!(matches!(judge(&shown(), &Expected::default()), Trust::Unverified(_)));
    }

    #[test]
    fn an_authority_that_issued_nothing_or_cannot_be_read_verifies_nothing() {
        let by = |name: &str| judge(&shown(), &Expected { sha256: None, authority: Some(path(name)) });
        assert!(matches!(by("none.pem"), Trust::Unverified(why) if why.contains("none.pem")));
        assert!(matches!(by("recipe.sh"), Trust::Unverified(_)));
    }
}
