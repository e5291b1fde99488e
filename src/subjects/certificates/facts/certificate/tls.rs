//! The certificate that a TLS port shows of itself: a handshake by the crate `rustls`, and nothing after it.
//!
//! **Nothing is verified here, and that is the point.** An expired or self-signed certificate is exactly what is to be
//! judged, so the verifier below keeps what is shown and accepts it. That is sound only because nothing is ever sent
//! through the connection, and nothing is believed that comes through it: who stands between the node and this program
//! can show another certificate, so that what is found is at most a note, unless the module `trust` proves more.
//!
//! Bounded whatever the peer does: by [`LIMIT`] in time, by [`LONGEST`] in bytes, and by rustls, which takes no message
//! of a handshake beyond 64 KiB.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring::default_provider;
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};

use crate::base::cause::cause;
use crate::io::dial::dial;
use crate::io::tool::Runner;
use crate::profile::Address;

/// The longest that all of it may take.
const LIMIT: Duration = Duration::from_secs(5);
/// Most bytes that are read; a handshake with a long chain has some ten thousand.
const LONGEST: usize = 256 << 10;

/// The certificates that a port showed, in DER: that of the server itself comes first.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub(super) chain: Vec<Vec<u8>>,
    /// Whether the port proved that it has the key of its certificate.
    pub(super) holds_key: bool,
}

impl Shown {
    pub(super) fn certificate(&self) -> &[u8] {
        self.chain.first().map(Vec::as_slice).unwrap_or_default()
    }

    /// Those that came with it.
    pub(super) fn others(&self) -> impl Iterator<Item = &[u8]> {
        self.chain.iter().skip(1).map(Vec::as_slice)
    }
}

/// The certificate of the server itself and those that come with it. Its name goes with the first message (RFC 6066,
/// 3), an address does not.
///
/// # Errors
/// Why none was seen.
pub(super) fn peer_certificate(address: &Address, runner: &dyn Runner) -> Result<Shown, String> {
    let end = Instant::now() + LIMIT;
    let (stream, taken_by) = dial(&address.host, address.port, end, runner)?;
    let name = ServerName::try_from(address.host.clone()).unwrap_or_else(|_| taken_by.ip().into());
    let recorder = Arc::new(Recorder::default());
    let mut connection = client(Arc::clone(&recorder))
        .and_then(|config| ClientConnection::new(Arc::new(config), name))
        .map_err(|e| e.to_string())?;
    let mut bounded = Bounded { stream: &stream, end, left: LONGEST };
    let ended = connection.complete_io(&mut bounded);
    if ended.is_ok() {
        // A farewell is manners only: whether it arrives changes nothing.
        connection.send_close_notify();
        let _ = connection.write_tls(&mut bounded);
    }
    match (recorder.shown.get(), ended) {
        // What went wrong after it, such as a peer that wants a certificate of ours, does not matter.
        (Some(chain), _) => Ok(Shown { chain: chain.clone(), holds_key: recorder.proved.get().is_some() }),
        (None, Err(e)) => Err(why(&e)),
        (None, Ok(_)) => Err("its handshake ended without a certificate".into()),
    }
}

fn client(recorder: Arc<Recorder>) -> Result<ClientConfig, Error> {
    Ok(ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(recorder)
        .with_no_client_auth())
}

fn why(e: &io::Error) -> String {
    match e.kind() {
        ErrorKind::TimedOut => {
            format!("it showed no certificate within {} seconds", LIMIT.as_secs())
        }
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            "it closed the connection before it showed a certificate".into()
        }
        _ => format!("no handshake of TLS 1.2 or 1.3: {}", cause(&e)),
    }
}

/// A socket whose time is up says that it would block (socket(7)), which rustls takes for a pause.
fn late(e: io::Error) -> io::Error {
    if e.kind() == ErrorKind::WouldBlock { ErrorKind::TimedOut.into() } else { e }
}

/// A stream that ends in time, and after [`LONGEST`] bytes.
struct Bounded<'s> {
    stream: &'s TcpStream,
    end: Instant,
    left: usize,
}

impl Bounded<'_> {
    fn time_left(&self) -> io::Result<Option<Duration>> {
        match self.end.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(ErrorKind::TimedOut.into()),
            left => Ok(Some(left)),
        }
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.time_left()?)?;
        if self.left == 0 {
            return Err(io::Error::other("it does not come to an end"));
        }
        let len = buffer.len().min(self.left);
        let read = self.stream.read(buffer.get_mut(..len).unwrap_or_default()).map_err(late)?;
        self.left = self.left.saturating_sub(read);
        Ok(read)
    }
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.time_left()?)?;
        self.stream.write(bytes).map_err(late)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Keeps the certificate that is shown, and accepts it; see the top of this file for why that is right here.
#[derive(Debug, Default)]
struct Recorder {
    shown: OnceLock<Vec<Vec<u8>>>,
    /// That the peer has the key of its certificate.
    proved: OnceLock<()>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.shown.get_or_init(|| std::iter::once(end_entity).chain(others).map(|der| der.to_vec()).collect());
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &default_provider().signature_verification_algorithms;
        if verify_tls12_signature(message, certificate, signed, algorithms).is_ok() {
            self.proved.get_or_init(|| ());
        }
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &default_provider().signature_verification_algorithms;
        if verify_tls13_signature(message, certificate, signed, algorithms).is_ok() {
            self.proved.get_or_init(|| ());
        }
        Ok(HandshakeSignatureValid::assertion())
    }

    /// All that a server may sign with, old ones too: one that is not verified proves nothing.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        use SignatureScheme as S;
        vec![
            S::ECDSA_NISTP256_SHA256,
            S::ECDSA_NISTP384_SHA384,
            S::ECDSA_NISTP521_SHA512,
            S::ED25519,
            S::ED448,
            S::RSA_PSS_SHA256,
            S::RSA_PSS_SHA384,
            S::RSA_PSS_SHA512,
            S::RSA_PKCS1_SHA256,
            S::RSA_PKCS1_SHA384,
            S::RSA_PKCS1_SHA512,
            S::RSA_PKCS1_SHA1,
            S::ECDSA_SHA1_Legacy,
        ]
    }
}

#[cfg(test)]
mod tests;
