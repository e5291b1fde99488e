//! Every test key against `ssh-keygen`.

use std::fs;

use crate::look;
use crate::ssh_hosts::keys;
use crate::tools::Tool;
use okv_host::subjects::ssh_keys::{Algorithm, Content, Half, Key, Unknown};

fn names() -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(keys()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != "recipe.sh");
    names.sort();
    names
}

fn algorithm(word: &str) -> Algorithm {
    match word {
        "(DSA)" | "(DSA-CERT)" => Algorithm::Dsa,
        "(RSA)" => Algorithm::Rsa,
        "(ECDSA)" => Algorithm::Ecdsa,
        "(ED25519)" => Algorithm::Ed25519,
        other => panic!("{other}"),
    }
}

#[test]
fn every_key_has_the_size_type_and_fingerprint_that_ssh_keygen_prints() {
    let mut checked = 0;
    for name in names() {
        let text = Tool::new("ssh-keygen").arg("-lf").arg(keys().join(&name)).run().unwrap();
        let words: Vec<&str> = text.split_whitespace().collect();
        let (bits, fingerprint, kind) = (words[0], words[1], *words.last().unwrap());
        let file = look(&fs::read(keys().join(&name)).unwrap());
        if name == "dsa-pem-encrypted" {
            assert_eq!(file.content, Content::Unknown(Unknown::Encrypted));
            continue;
        }
        let expected = Key {
            half: if name.ends_with(".pub") { Half::Public } else { Half::Private },
            algorithm: algorithm(kind),
            bits: bits.parse().unwrap(),
            // What is not stored cannot be told without arithmetic.
            fingerprint: (name != "dsa-pkcs8").then(|| fingerprint.to_owned()),
            is_certificate: kind.ends_with("-CERT)"),
            encrypted: name.ends_with("-encrypted"),
        };
        assert_eq!(file.content, Content::Key(expected), "{name}");
        checked += 1;
    }
    assert!(checked > 30, "{checked}");
}

#[test]
fn a_comment_before_a_public_key_and_bytes_that_are_no_text_behind_it_do_no_harm() {
    let mut text = b"# a comment\n\n  ".to_vec();
    text.extend(fs::read(keys().join("dsa.pub")).unwrap().trim_ascii_end());
    text.extend(b" \xff\xfe\n");
    assert!(look(&text).is_dsa());
}

#[test]
fn what_is_no_key_is_distinguished_from_what_is_left_of_one() {
    let unknown = |bytes: &[u8]| match look(bytes).content {
        Content::Unknown(why) => why,
        Content::Key(key) => panic!("{key:?}"),
    };
    assert_eq!(unknown(b""), Unknown::Empty);
    assert_eq!(unknown(b"Port 22\n"), Unknown::NotAKey);
    assert_eq!(unknown(&vec![b'x'; 70_000]), Unknown::NotAKey);
    assert!(matches!(unknown(b"ssh-dss\n"), Unknown::Damaged(_)));
    assert!(matches!(unknown(b"ssh-dss AAAA\n"), Unknown::Damaged(_)));
    assert!(matches!(unknown(b"note\n-----BEGIN DSA PRIVATE KEY-----\n"), Unknown::Damaged(_)));
    let foreign = b"-----BEGIN PGP PRIVATE KEY BLOCK-----\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----\n";
    assert!(matches!(unknown(foreign), Unknown::Foreign(_)));
    // An encrypted key whose format does not show its type is not taken for anything.
    let pkcs8 = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    assert_eq!(unknown(pkcs8), Unknown::Encrypted);
}

#[test]
fn a_key_whose_secret_number_is_short_is_read_too() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..24 {
        let path = dir.path().join(format!("key{n}"));
        // Every other number of this curve is shorter than the curve.
        Tool::new("ssh-keygen").args(["-q", "-t", "ecdsa", "-b", "521", "-N", "", "-f"]).arg(&path).run().unwrap();
        let file = look(&fs::read(&path).unwrap());
        assert!(file.key().is_some(), "{:?}", file.content);
    }
}

#[test]
fn a_certificate_that_is_valid_forever_is_no_damaged_key() {
    let dir = tempfile::tempdir().unwrap();
    let make = |kind: &str, bits: &str, name: &str| {
        let path = dir.path().join(name);
        Tool::new("ssh-keygen").args(["-q", "-t", kind, "-b", bits, "-N", "", "-f"]).arg(&path).run().unwrap();
        path
    };
    let authority = make("ed25519", "256", "ca");
    for (kind, bits, algorithm) in [
        ("rsa", "2048", Algorithm::Rsa),
        ("dsa", "1024", Algorithm::Dsa),
        ("ecdsa", "384", Algorithm::Ecdsa),
        ("ed25519", "256", Algorithm::Ed25519),
    ] {
        let path = make(kind, bits, kind);
        let public = path.with_extension("pub");
        let sign = Tool::new("ssh-keygen").arg("-q").arg("-s").arg(&authority).args(["-I", "h", "-h", "-n", "x"]);
        sign.arg(&public).run().unwrap();
        let bytes = fs::read(dir.path().join(format!("{kind}-cert.pub"))).unwrap();
        let (certificate, key) = (look(&bytes), look(&fs::read(&public).unwrap()));
        assert_eq!(
            certificate.key().map(|key| (&key.algorithm, key.is_certificate)),
            Some((&algorithm, true)),
            "{kind}"
        );
        assert_eq!(certificate.key().map(|key| &key.fingerprint), key.key().map(|key| &key.fingerprint), "{kind}");
        assert!(look(&bytes[..bytes.len() / 2]).key().is_none(), "{kind}: half of it is no certificate");
    }
}
