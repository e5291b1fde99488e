//! A certificate, for how long it holds: X.509 in PEM or DER, of a file, or shown by a TLS port.

use serde::{Deserialize, Serialize};

use std::io::{self, Read};
use std::path::Path;

use crate::base::digest::Sha256;
use crate::host::{Probed, Root};
use crate::io::input;
use crate::io::tool::Runner;
use crate::io::waiting::Waiting;
use crate::profile::Address;

mod pem;
mod tls;
mod trust;
mod x509;

pub use trust::{Expected, Trust};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Where it was read: a path, or host and port.
    pub place: String,
    /// Whose it is.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The sum of its DER form, by which people know a certificate.
    pub sha256: Sha256,
    /// Whether it surely is the server's.
    pub trust: Trust,
    /// First second of its validity, since 1970-01-01 UTC; 0 where that is earlier.
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
///
/// # Errors
/// Where it cannot be opened or read.
pub fn of_file(path: &Path) -> io::Result<Probed<Certificate>> {
    let mut bytes = Vec::new();
    input::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    let place = path.display().to_string();
    Ok(match parse(&bytes) {
        Ok(read) => Probed::Known(Certificate { place, ..read }),
        Err(why) => Probed::Unreadable(format!("{place}: {why}")),
    })
}

/// Longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// Asks a TLS port for the certificate that it shows, within five seconds; see the private module `tls`.
pub fn of_port(address: &Address, expected: &Expected, runner: &dyn Runner) -> Probed<Certificate> {
    let _waiting = Waiting::begin(format!("the certificate of {address}"));
    let shown = tls::peer_certificate(address, runner);
    match shown.and_then(|shown| Ok((parse(shown.certificate())?, trust::judge(&shown, expected)))) {
        Ok((read, trust)) => Probed::Known(Certificate { place: address.to_string(), trust, ..read }),
        Err(why) => Probed::Unreadable(format!("{address}: {why}")),
    }
}

/// The first certificate of a file.
///
/// # Errors
/// Where it holds none.
pub fn parse(bytes: &[u8]) -> Result<Certificate, String> {
    let Some(first) = pem::Block::first(bytes) else {
        return x509::read(bytes).map_err(|why| format!("no certificate in PEM or DER: {why}"));
    };
    let read = first.der().and_then(|der| x509::read(&der));
    let read = read.map_err(|why| format!("its first certificate cannot be read: {why}"))?;
    Ok(Certificate { more: first.following().count(), ..read })
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

    fn text() -> String {
        String::from_utf8(file("server.pem")).unwrap()
    }

    #[test]
    fn what_stands_around_a_certificate_does_not_matter() {
        let (pem, known) = (text(), parse(&file("server.der")).unwrap());
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        for (name, file) in [
            ("key behind", format!("{pem}{key}")),
            ("key before", format!("{key}{pem}")),
            ("parameters behind", format!("{pem}{parameters}")),
            ("text around", format!("Bag Attributes: <none>\n{pem}and a comment\n")),
            ("CRLF", pem.replace('\n', "\r\n")),
            ("BOM", format!("\u{feff}{pem}")),
            ("spaces behind the dashes", pem.replace("-----\n", "-----  \n")),
            ("one line", format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----")),
            ("older label", pem.replace("CERTIFICATE", "X509 CERTIFICATE")),
            ("trusted", pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE")),
            ("header lines", pem.replacen("-----\n", "-----\nProc-Type: 4,CLEAR\n\n", 1)),
        ] {
            assert_eq!(parse(file.as_bytes()).as_ref(), Ok(&known), "{name}");
        }
        let two = format!("{pem}between\n{pem}{key}");
        assert_eq!(parse(two.as_bytes()).unwrap().more, 1);
        assert!(parse(key.as_bytes()).is_err() && parse(pem.replace("MII", "M*I").as_bytes()).is_err());
    }

    #[test]
    fn a_certificate_has_its_issuer_and_its_sum() {
        let read = parse(&file("server.der")).unwrap();
        assert!(!read.issuer.is_empty());
        assert_eq!(read.sha256, crate::base::digest::sum(&file("server.der")));
        assert_eq!(read.trust, Trust::File);
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
