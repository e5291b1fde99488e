//! A TLS server that shows any certificate: its key need not fit, as the one who asks verifies nothing.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use rustls::crypto::ring::{default_provider, sign::any_ecdsa_type};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// Serves on a free port of this machine, in the background, for as long as the test runs.
pub(crate) fn serve(chain: &[Vec<u8>], version: &'static SupportedProtocolVersion) -> SocketAddr {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
    let key = any_ecdsa_type(&PrivatePkcs8KeyDer::from(key.as_ref().to_vec()).into()).unwrap();
    let chain = chain.iter().map(|der| der.clone().into()).collect();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Always(Arc::new(CertifiedKey::new(chain, key)))));
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // A client may leave in the middle.
            let _ = connection.complete_io(&mut stream.unwrap());
        }
    });
    address
}
