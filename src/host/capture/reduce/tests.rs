use std::sync::Arc;

use super::super::{Head, Kept, Ran, Tape};
use super::*;
use crate::io::image::Memory;
use crate::io::tool::Output;

const KEY: &str = include_str!("../../../../fixtures/ssh/keys/rsa-pkcs8");
const OPENSSH: &str = include_str!("../../../../fixtures/ssh/keys/ed25519");

fn body(key: &str) -> String {
    key.lines().filter(|line| !line.starts_with('-')).collect()
}

/// No line of the key is left in the text.
fn assert_gone(bytes: &[u8], key: &str) {
    let text = String::from_utf8_lossy(bytes);
    for line in key.lines().filter(|line| !line.starts_with('-')) {
        let middle = &line[line.len() / 4..line.len() * 3 / 4];
        assert!(middle.len() < 8 || !text.contains(middle), "{middle} in {text}");
    }
}

#[test]
fn a_key_is_overwritten_in_place_and_what_is_around_it_stays() {
    let mut text = format!("before\n{KEY}behind\n").into_bytes();
    let len = text.len();
    assert!(of_text(&mut text));
    assert_gone(&text, KEY);
    let shown = String::from_utf8(text.clone()).unwrap();
    assert!(shown.starts_with("before\n-----BEGIN PRIVATE KEY-----\nxxxx") && shown.ends_with("KEY-----\nbehind\n"));
    assert_eq!((text.len(), of_text(&mut text)), (len, false), "twice is once");
}

#[test]
fn half_a_key_is_overwritten_whichever_half_it_is() {
    for cut in (40..KEY.len() - 40).step_by(61) {
        let (mut first, mut last) = (KEY.as_bytes()[..cut].to_vec(), KEY.as_bytes()[cut..].to_vec());
        let [one, other] = [of_disk(&mut first), of_disk(&mut last)];
        assert!(one && (other || last.len() < 60), "cut at {cut}");
        assert_gone(&[first, b"\n".to_vec(), last].concat(), KEY);
    }
}

#[test]
fn files_of_other_programs_are_overwritten() {
    let putty = "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 1\nAAAA\n\
                 Private-Lines: 1\nSECRETSECRETSECRET\nPrivate-MAC: 00112233\n";
    let ssh_com = "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"x\"\nSECRETSECRETSECRET\n\
                   ---- END SSH2 ENCRYPTED PRIVATE KEY ----\n";
    let pgp = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nSECRETSECRETSECRET\n-----END PGP PRIVATE KEY BLOCK-----\n";
    let jwk = r#"{"kty":"RSA","n":"PUBLIC","d" : "SECRETSECRETSECRET","e":"AQAB"}"#;
    let bind = "Private-key-format: v1.3\nModulus: AAAA\nPrivateExponent: SECRETSECRETSECRET\n";
    let wireguard = "[Interface]\nPrivateKey = SECRETSECRETSECRET\n";
    let openssl = "privateExponent:\n    00:5e:c4:e7:5e:c4:e7\n    5e:c4\nprime1:\n    00:5e:c4\nend\n";
    for text in [putty, ssh_com, pgp, jwk, bind, wireguard, openssl] {
        let mut bytes = text.as_bytes().to_vec();
        assert!(of_text(&mut bytes), "{text}");
        let left = String::from_utf8(bytes).unwrap();
        assert!(!left.contains("SECRET") && !left.contains("5e:c4"), "{left}");
    }
    for magic in [&b"\xa1\xf8\x4e6"[..], b"\xfe\xed\xfe\xed\0\0\0\x02", b"\x3f\x6f\xf9\xeb\0\0", b"openssh-key-v1\0"] {
        let mut bytes = [magic, b"SECRETSECRETSECRET"].concat();
        assert!(of_text(&mut bytes) && !bytes.windows(6).any(|window| window == b"SECRET"), "{magic:?}");
    }
}

#[test]
fn passwords_are_overwritten_and_words_like_them_are_not() {
    let mut text = b"--password=hunter2 x\0--password=hunter2\0PASSWD='hunter2'\nroot:$6$salt$hunter2hunter2:1\n\
        grub.pbkdf2.sha512.10000.hunter2.hunter2\n"
        .to_vec();
    assert!(
        of_text(&mut text) && !String::from_utf8_lossy(&text).contains("hunter2"),
        "{}",
        String::from_utf8_lossy(&text)
    );
    let mut shadow = b"root:!!hunter2hash:1:2\nsupport:hunter2hash:1:2\nbin:*:1\nx::1\n".to_vec();
    assert!(of_file(Path::new("etc/shadow-"), &mut shadow));
    assert_eq!(String::from_utf8(shadow).unwrap(), "root:!!xxxxxxxxxxx:1:2\nsupport:xxxxxxxxxxx:1:2\nbin:*:1\nx::1\n");
    for plain in ["PasswordAuthentication yes\n", "HostKey /etc/ssh/ssh_host_rsa_key\n", "UUID=5a5a5a5a-1111 / xfs\n"] {
        let mut bytes = plain.as_bytes().to_vec();
        assert!(!of_text(&mut bytes) && bytes == plain.as_bytes(), "{plain}");
    }
}

/// A script that looks for a key goes on behind that, and is judged.
#[test]
fn what_only_names_the_header_of_a_key_loses_nothing_behind_it() {
    for text in [
        "grep -q \"BEGIN DSA PRIVATE KEY\" $f || rm $f\nssh-keygen -t dsa -f $f\n",
        "grep -q 'BEGIN DSA PRIVATE KEY' /etc/ssh/ssh_host_dsa_key\nssh-keygen -t dsa -f /etc/ssh/ssh_host_dsa_key\n",
        "grep -qe -----BEGIN DSA PRIVATE KEY----- /etc/ssh/x && ssh-keygen -t dsa\n",
        "# no BEGIN RSA PRIVATE KEY here\nssh-keygen -A\n",
    ] {
        let mut bytes = text.as_bytes().to_vec();
        assert!(!of_text(&mut bytes) && bytes == text.as_bytes(), "{}", String::from_utf8_lossy(&bytes));
    }
    let encrypted = include_str!("../../../../fixtures/ssh/keys/dsa-encrypted");
    let (half, _) = encrypted.split_once("-----END").unwrap();
    for (half, key) in [(half, encrypted), (&KEY[..KEY.len() - 40], KEY)] {
        for text in
            [half.to_owned(), half.replace('\n', " "), half.replace('\n', "\\n"), half.replace('\n', "\r\n  # ")]
        {
            let mut bytes = format!("{text}\nssh-keygen -t dsa -f $f\n").into_bytes();
            assert!(of_text(&mut bytes));
            assert_gone(&bytes, key);
            assert!(bytes.ends_with(b" -t dsa -f $f\n"), "{}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn keys_in_utf_16_in_ber_and_in_stores_of_any_size_are_overwritten() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for text in [format!("x\n{KEY}"), body(KEY), "password=HUNTER2\n".to_owned()] {
        for mut bytes in [wide(&text), [b"\xfe\xff\0".to_vec(), wide(&text)].concat()] {
            assert!(of_text(&mut bytes) && bytes.iter().all(|byte| *byte == 0), "{text}");
        }
    }
    let mut beside = [b"plain text that is longer than the key ".repeat(400), wide(KEY)].concat();
    assert!(of_text(&mut beside) && !beside.windows(8).any(|window| window == &wide(KEY)[100..108]));
    let content = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80\x04\x18";
    for begin in [
        [&b"\x30\x80\x02\x01\x03\x30\x80"[..], content].concat(),
        [&b"\x30\x84\0\0\x01\0\x02\x01\x03\x30\x84\0\0\0\xf0"[..], content].concat(),
    ] {
        let mut bytes = [begin.as_slice(), b"SECRETSECRETSECRETSECRET"].concat();
        assert!(of_text(&mut bytes) && !bytes.windows(6).any(|window| window == b"SECRET"), "{begin:?}");
    }
    for magic in [&b"\xfe\xed\xfe\xed\0\0\0\x02"[..], b"\xce\xce\xce\xce\0\0\0\x02", b"\xa1\xf8\x4e6"] {
        let mut bytes = [magic, &b"SECRET".repeat(30_000)].concat();
        assert!(of_text(&mut bytes) && !bytes.windows(6).any(|window| window == b"SECRET"), "{magic:?}");
    }
}

#[test]
fn a_password_is_overwritten_to_its_last_byte_in_every_form_that_files_and_arguments_have() {
    for text in [
        "PIN=HUNTER2\nx",
        "TOKEN_PIN=HUNTER2,HUNTER2;HUNTER2\n",
        "export PIN=\"HUNTER2 HUNTER2\" # x\n",
        "//s/x /mnt cifs user=a,pass=HUNTER2,uid=0 0 0\n",
        "//s/x /mnt cifs password2=HUNTER2 0 0\n",
        "//s/x /mnt cifs user=D/u%HUNTER2,ro 0 0\n",
        "//s/x /mnt cifs username=u%HUNTER2 0 0\n",
        "//s/x /mnt cifs ro,password=ab;HUNTER2,uid=0 0 0\n",
        "//s/x /mnt cifs ro,password=a\"bHUNTER2,uid=0 0 0\n",
        "action(type=\"om\" uid=\"u\" pwd=\"HUNTER2\" db=\"d\")\n",
        "action(type=\"om\" password=\"A HUNTER2\" db='d')\n",
        "action(type=\"om\" password=\"it's HUNTER2\")\n",
        "action(type=\"om\" password=\"\\\"HUNTER2\")\n",
        "user:\n  - password: HUNTER2\n",
        "plain_text_passwd: HUNTER2 HUNTER2\n",
        "{\"user\":\"u\",\"password\": \"HUNTER2\",\"a\":1}\n",
        "password HUNTER2\n",
        "action(type=\"om\" password = \"HUNTER2\" db='d')\n",
        "[\"--password\", \"HUNTER2\", \"behind\"]\n",
        "0 1 * * * root echo root:HUNTER2 | chpasswd\n",
        "0 1 * * * root sqlplus -s u/HUNTER2@db @x.sql\n",
        "0 1 * * * root curl -s -u a:HUNTER2 http://x/\n",
        "0 1 * * * root sshpass -p HUNTER2 ssh x\n",
        "0 1 * * * root sshpass -pHUNTER2 ssh x\n",
        "0 1 * * * root x --password HUNTER2 y\n",
        "0 1 * * * root x --password 'HUNTER2 HUNTER2' y\n",
        "curl https://u:HUNTER2@host/x\n",
        "openssl x -passin pass:HUNTER2 -y\n",
        "/bin/x\0--password\0HUNTER2\0y\0",
        "sshpass\0-p\0HUNTER2\0ssh\0",
        "/usr/bin/curl\0-u\0a:HUNTER2\0",
        "root=/dev/sda netroot=iscsi:user:HUNTER2:x:HUNTER2@10.0.0.1::::iqn.x ro\n",
    ] {
        let mut bytes = text.as_bytes().to_vec();
        assert!(of_text(&mut bytes), "{text}");
        let left = String::from_utf8(bytes).unwrap();
        assert!(!left.contains("HUNTER2"), "{left}");
        assert_eq!((left.len(), left.lines().count()), (text.len(), text.lines().count()), "{left}");
        // What follows is not a part of it.
        for behind in
            ["uid=0 0 0", " db=", "\"a\":1}", "ssh x", " y\n", "\0y\0", "@host/x", "http://x/", "# x", "@10.0.0.1"]
        {
            assert!(!text.contains(behind) || left.contains(behind), "{left}");
        }
    }
    for plain in [
        "passwd:     files sss\nshadow: files\n",
        "password    sufficient    pam_unix.so\n",
        "# device mount type options dump pass\nx\n",
        "{\"pass\":14,\"status\":\"pass\"}",
        "VmPin:\t 0 kB\nbypass=1 spin=2\n",
        "Failed password for root from ::1\n",
        "/usr/bin/passwd\0root\0",
        "passwd 0.79-4.el8\npass 1.7\n",
        "PermitEmptyPasswords no\nPasswordAuthentication yes\n",
        "User=%i\nhttps://host/x@y:z\n",
    ] {
        let mut bytes = plain.as_bytes().to_vec();
        assert!(!of_text(&mut bytes) && bytes == plain.as_bytes(), "{plain}: {}", String::from_utf8_lossy(&bytes));
    }
}

/// What a check reads and must find as it is.
#[test]
fn what_is_no_private_key_stays_as_it_is() {
    let files: [&[u8]; 6] = [
        include_bytes!("../../../../fixtures/certificates/chain.pem"),
        include_bytes!("../../../../fixtures/certificates/server.der"),
        include_bytes!("../../../../fixtures/ssh/keys/rsa.pub"),
        include_bytes!("../../../../fixtures/ssh/keys/dsa-cert.pub"),
        include_bytes!("../../../../fixtures/hosts/good-uefi/rpm-qa.txt"),
        include_bytes!("../../../../fixtures/hosts/good-uefi/dev/sda"),
    ];
    for file in files {
        let mut bytes = file.to_vec();
        // Of a disk, lines of base64 are taken out whatever they are: no rule looks at them.
        let is_pem = file.windows(5).any(|window| window == b"-----");
        assert!(!of_disk(&mut bytes) || is_pem, "{} bytes", file.len());
        let mut bytes = file.to_vec();
        assert!(!of_text(&mut bytes) && bytes == file);
    }
}

/// A key in a file system lies across the blocks that are read.
#[test]
fn a_key_in_the_blocks_of_a_disk_is_overwritten_though_they_are_read_one_by_one() {
    let mut disk = vec![0; 64 << 10];
    disk[1000..1000 + KEY.len()].copy_from_slice(KEY.as_bytes());
    disk[30_000..30_000 + OPENSSH.len()].copy_from_slice(OPENSSH.as_bytes());
    let tape = Tape::new(Head::new(true));
    let key = (false, "dev/sda".into());
    let image = tape.keep_image(&key, || Ok(Box::new(Memory::new(disk.clone())))).unwrap();
    for at in [2048, 512, 1536, 1024, 29_696, 30_208, 4096, 2560] {
        image.read_at(&mut [0; 512], at).unwrap();
    }
    let packed = super::super::write(&tape).unwrap();
    let again = super::super::read(packed.as_slice()).unwrap();
    let parts = again.again(&key, |seen| &mut seen.parts).unwrap();
    assert_gone(&parts.content.0, KEY);
    assert_gone(&parts.content.0, OPENSSH);
    assert!(super::super::pieces(&again).iter().any(|piece| piece.reduced));
}

#[test]
fn a_key_in_the_answer_of_a_program_or_in_any_other_answer_is_overwritten() {
    let output = Output { status: Some(0), stdout: KEY.into(), stderr: body(OPENSSH).into_bytes() };
    let tape: Arc<Tape> = Tape::new(Head::new(true));
    let ran: Ran = tape.keep_answer("program x", || Ran::of(Ok(output))).unwrap();
    let Ran::Ended { stdout, stderr, reduced: true, .. } = ran else { panic!("{ran:?}") };
    assert_gone(&stdout.0, KEY);
    assert_gone(&stderr.0, &body(OPENSSH));
    let words: Kept<Vec<String>> = tape.keep_answer("words", || Kept::Is(vec![KEY.to_owned()])).unwrap();
    assert_gone(words.again().unwrap()[0].as_bytes(), KEY);
}

#[test]
fn no_bytes_make_it_panic_or_change_their_length() {
    let seeds = [KEY.as_bytes(), OPENSSH.as_bytes(), include_bytes!("../../../../fixtures/certificates/server.der")];
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for round in 0..3000 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        bytes.truncate(next() % (bytes.len() + 1));
        for _ in 0..8 {
            if let Some(len) = std::num::NonZeroUsize::new(bytes.len()) {
                bytes[next() % len] = next().to_le_bytes()[0];
            }
        }
        let len = bytes.len();
        of_disk(&mut bytes);
        assert_eq!(bytes.len(), len);
    }
}
