use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::path::Path;
use std::thread::{self, JoinHandle};

use rustls::version::{TLS12, TLS13};

use super::super::{Certificate, Expected, Trust, of_port, parse};
use super::*;
use crate::host::Probed;
use crate::io::tool::{Script, Scripted};
use crate::tls_server;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/certificates").join(name)).unwrap()
}

fn ask(host: &str, port: u16) -> Probed<Certificate> {
    let named = host == "okv1.example";
    let looked_up = named.then(|| Scripted::prints("/usr/bin/getent ahosts okv1.example", "127.0.0.1 STREAM\n"));
    let script = Script::new(looked_up);
    of_port(&Address { host: host.into(), port }, &Expected::default(), &script)
}

/// A port that treats its one client like `peer`, and what that gives in the end.
fn port_of<T: Send + 'static>(peer: impl FnOnce(TcpStream) -> T + Send + 'static) -> (u16, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, thread::spawn(move || peer(listener.accept().unwrap().0)))
}

/// Why a port that treats its client like `peer` shows no certificate, and that it was known within the limit.
fn why_not(peer: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let (port, _) = port_of(peer);
    let begun = Instant::now();
    let answer = ask("127.0.0.1", port);
    assert!(begun.elapsed() < LIMIT + Duration::from_secs(2), "{:?}", begun.elapsed());
    match answer {
        Probed::Unreadable(why) => why,
        other => panic!("{other:?}"),
    }
}

/// The same of a port that answers with `bytes` and nothing more.
fn why_not_of(bytes: impl AsRef<[u8]> + Send + 'static) -> String {
    why_not(move |mut stream| {
        stream.write_all(bytes.as_ref()).unwrap();
        drop(stream.read_to_end(&mut Vec::new()));
    })
}

/// Sends `bytes` over and over until the other side is gone.
fn without_end(mut stream: TcpStream, bytes: &[u8]) {
    while stream.write_all(bytes).is_ok() {}
}

#[test]
fn both_versions_show_what_the_file_holds_by_name_and_by_address() {
    let known = parse(&file("server.der")).unwrap();
    for version in [&TLS12, &TLS13] {
        let port = tls_server::serve(&[file("server.der")], version).port();
        for host in ["127.0.0.1", "okv1.example"] {
            let trust = Trust::Unverified("neither --fingerprint nor --ca was given".into());
            let shown = Certificate { place: format!("{host}:{port}"), trust, ..known.clone() };
            assert_eq!(ask(host, port), Probed::Known(shown), "{version:?}");
        }
    }
}

#[test]
fn a_port_without_the_key_of_its_certificate_proves_nothing_by_showing_the_right_one() {
    for version in [&TLS12, &TLS13] {
        let port = tls_server::serve(&[file("server.der")], version).port();
        let expected = Expected { sha256: Some(crate::base::digest::sum(&file("server.der"))), authority: None };
        let shown = of_port(&Address { host: "127.0.0.1".into(), port }, &expected, &Script::new([]));
        let Probed::Known(Certificate { trust: Trust::Unverified(why), .. }) = shown else { panic!("{shown:?}") };
        assert!(why.contains("the key of this certificate"), "{why}");
    }
}

#[test]
fn nothing_but_the_handshake_is_sent_to_the_port() {
    let server = tls_server::serve(&[file("server.der")], &TLS12);
    // Between the two, what the client says is counted by kind of record (RFC 5246, 6.2.1): 23 is data.
    let (port, heard) = port_of(move |mut client| {
        let mut behind = TcpStream::connect(server).unwrap();
        let (mut back, mut to_client) = (behind.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut back, &mut to_client));
        let mut said = Vec::new();
        let mut part = [0; 4096];
        while let Ok(len @ 1..) = client.read(&mut part) {
            said.extend_from_slice(&part[..len]);
            behind.write_all(&part[..len]).unwrap();
        }
        said
    });
    assert!(matches!(ask("127.0.0.1", port), Probed::Known(_)));
    let said = heard.join().unwrap();
    let (mut rest, mut kinds) = (&said[..], Vec::new());
    while let [kind, _, _, high, low, behind @ ..] = rest {
        kinds.push(*kind);
        rest = &behind[usize::from(u16::from_be_bytes([*high, *low]))..];
    }
    assert_eq!(kinds, [22, 22, 20, 22, 21], "hello, keys, change of cipher, finished, farewell");
}

#[test]
fn the_certificate_of_a_port_that_asks_for_a_client_certificate_is_read() {
    // What Certificate the peer shows in TLS 1.2 comes before it can refuse: here it hangs up after the whole of its
    // first flight.
    let server = tls_server::serve(&[file("server.der")], &TLS12);
    let (port, _) = port_of(move |mut client| {
        let mut behind = TcpStream::connect(server).unwrap();
        let mut part = [0; 4096];
        let len = client.read(&mut part).unwrap();
        behind.write_all(&part[..len]).unwrap();
        thread::sleep(Duration::from_millis(300));
        let len = behind.read(&mut part).unwrap();
        client.write_all(&part[..len]).unwrap();
    });
    assert!(matches!(ask("127.0.0.1", port), Probed::Known(_)));
}

#[test]
fn a_closed_port_and_an_unknown_name_are_reported() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert!(matches!(ask("127.0.0.1", gone), Probed::Unreadable(why) if why.contains("refused")));
    let script = Script::new([Scripted::fails("/usr/bin/getent ahosts nowhere.example", 2, "")]);
    let unknown = of_port(&Address { host: "nowhere.example".into(), port: 1 }, &Expected::default(), &script);
    assert!(matches!(unknown, Probed::Unreadable(_)), "{unknown:?}");
}

#[test]
fn a_silent_peer_and_one_that_hangs_up_are_distinguished() {
    assert!(why_not(|mut stream| drop(stream.read_to_end(&mut Vec::new()))).contains("within 5 seconds"));
    assert!(why_not(drop).contains("closed the connection"));
    let after_hello = |mut stream: TcpStream| {
        stream.read_exact(&mut [0; 5]).unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
    };
    assert!(why_not(after_hello).contains("closed the connection"));
}

#[test]
fn what_is_no_tls_is_no_certificate() {
    for greeting in ["SSH-2.0-OpenSSH_8.0\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "\x00\x00\x00\x00\x00\x00\x00"] {
        let why = why_not_of(greeting);
        assert!(why.contains("no handshake of TLS"), "{greeting:?}: {why}");
    }
    // SSL 3.0: an alert of its version that the handshake fails, and a ServerHello of it.
    for answer in [&b"\x15\x03\x00\x00\x02\x02\x28"[..], b"\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00"] {
        let mut whole = answer.to_vec();
        whole.resize(if answer.len() > 7 { 47 } else { 7 }, 0);
        let why = why_not_of(whole);
        assert!(why.contains("no handshake of TLS"), "{why}");
    }
}

#[test]
fn a_handshake_without_end_ends() {
    // Records of a byte each of a ServerHello of 65,535 bytes; HelloRequests, which a client ignores; empty records;
    // random bytes.
    for record in [
        &b"\x16\x03\x03\x00\x01\x00"[..],
        b"\x16\x03\x03\x00\x04\x00\x00\x00\x00",
        b"\x16\x03\x03\x00\x00",
        b"\x9c\x01\x44",
    ] {
        let why = why_not(move |mut stream| {
            let _ = stream.write_all(b"\x16\x03\x03\x00\x04\x02\x00\xff\xff");
            without_end(stream, record);
        });
        assert!(!why.is_empty(), "{record:?}");
    }
    // A byte a second: each of them in time, and all of them not.
    let why = why_not(|mut stream| {
        for byte in b"\x16\x03\x03\x40\x00".iter().chain(&[2; 30]) {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(500));
        }
    });
    assert!(why.contains("within 5 seconds"), "{why}");
}

#[test]
fn a_certificate_of_ten_megabytes_is_not_read() {
    let begun = Instant::now();
    for version in [&TLS12, &TLS13] {
        let port = tls_server::serve(&[vec![0x30; 10 << 20]], version).port();
        let answer = ask("127.0.0.1", port);
        assert!(matches!(&answer, Probed::Unreadable(why) if why.contains("no handshake of TLS")), "{answer:?}");
    }
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
}

#[test]
fn a_peer_that_sends_no_valid_certificate_is_reported() {
    let port = tls_server::serve(&[b"no certificate".to_vec()], &TLS13).port();
    assert!(matches!(ask("127.0.0.1", port), Probed::Unreadable(why) if why.contains("no certificate in PEM or DER")));
}
