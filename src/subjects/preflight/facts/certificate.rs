//! A certificate, for how long it holds: X.509 in PEM or DER, by the crate `x509-cert`; of a file, or shown by a TLS
//! port.

use std::path::Path;

use x509_cert::Certificate as X509;
use x509_cert::der::Decode;

use crate::host::{Probed, Root};
use crate::io::tool::Runner;
use crate::profile::Address;

mod tls;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Where it was read: a path, or host and port.
    pub place: String,
    /// Whose it is.
    pub subject: String,
    /// First second of its validity, since 1970-01-01 UTC.
    pub not_before: u64,
    /// Last second of its validity, since 1970-01-01 UTC.
    pub not_after: u64,
    /// How many more certificates follow in the file: those of its issuers. What follows on a port is not kept.
    pub more: usize,
}

/// Reads a file of the host. Never [`Probed::Absent`]: somebody said that it is there.
pub fn gather(root: &Root, path: &str) -> Probed<Certificate> {
    root.parse_always_there(path, |bytes| parse(bytes).map(|read| Certificate { place: path.to_owned(), ..read }))
}

/// Reads a file of the machine that this program runs on.
pub fn of_file(path: &Path) -> Probed<Certificate> {
    match std::path::absolute(path) {
        Ok(path) => match path.to_str() {
            Some(path) => gather(&Root::live(), path),
            None => Probed::Unreadable(format!("{}: its name is no text", path.display())),
        },
        Err(e) => Probed::Unreadable(format!("{}: {e}", path.display())),
    }
}

/// Asks a TLS port for the certificate that it shows, within five seconds; see the private module `tls`.
pub fn of_port(address: &Address, runner: &dyn Runner) -> Probed<Certificate> {
    match tls::peer_certificate(address, runner).and_then(|der| parse(&der)) {
        Ok(certificate) => Probed::Known(Certificate { place: address.to_string(), ..certificate }),
        Err(why) => Probed::Unreadable(format!("{address}: {why}")),
    }
}

/// The first certificate of a file.
///
/// # Errors
/// Where it holds none.
pub fn parse(bytes: &[u8]) -> Result<Certificate, String> {
    let is_text = bytes.windows(PEM.len()).any(|window| window == PEM);
    let chain =
        if is_text { X509::load_pem_chain(from_first(bytes)) } else { X509::from_der(bytes).map(|one| vec![one]) };
    let chain = chain.map_err(|e| format!("no certificate in PEM or DER: {e}"))?;
    let first = chain.first().ok_or("no certificate in PEM or DER")?.tbs_certificate();
    let validity = first.validity();
    Ok(Certificate {
        place: String::new(),
        subject: first.subject().to_string(),
        not_before: validity.not_before.to_unix_duration().as_secs(),
        not_after: validity.not_after.to_unix_duration().as_secs(),
        more: chain.len().saturating_sub(1),
    })
}

const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// From the first certificate on: tools write its text before it.
fn from_first(bytes: &[u8]) -> &[u8] {
    let at = bytes.windows(PEM.len()).position(|window| window == PEM).unwrap_or_default();
    bytes.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Vec<u8> {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/certificates").join(name)).unwrap()
    }

    #[test]
    fn pem_der_and_a_chain_after_text_give_the_same_certificate() {
        let der = parse(&file("server.der")).unwrap();
        assert_eq!(der.subject, "CN=okv1.example,O=Fixture,C=US");
        assert_eq!(der.not_after - der.not_before, 1096 * 86_400);
        assert_eq!(parse(&file("server.pem")).unwrap(), der);
        assert_eq!(parse(&file("chain.pem")).unwrap(), Certificate { more: 1, ..der });
    }

    #[test]
    fn a_damaged_certificate_is_refused_or_read_and_never_a_panic() {
        for name in ["server.der", "server.pem", "chain.pem"] {
            let whole = file(name);
            assert!((0..(whole.len() - 30).min(600)).all(|cut| parse(&whole[..cut]).is_err()), "{name}");
            let mut damaged = whole.clone();
            for at in 0..whole.len() {
                for byte in [0, 0xff, whole[at] ^ 0x80, b'-'] {
                    damaged[at] = byte;
                    let _ = parse(&damaged);
                }
                damaged[at] = whole[at];
            }
        }
        assert!(parse(b"").is_err());
    }
}
