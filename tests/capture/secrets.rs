//! No private key is in a capture, wherever it was on the host and however it was written.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use serde_json::Value;

use super::overlay::Host;
use super::traces::{assert_none_of, content};
use super::{captured, of_node, okv_host};

struct Key {
    name: String,
    /// The file as it is.
    file: Vec<u8>,
    /// What nobody may get: the bytes behind its armour.
    secret: Vec<u8>,
}

fn fixtures() -> Vec<Key> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssh/keys");
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        if name.ends_with(".pub") || name == "recipe.sh" {
            continue;
        }
        let body = text.lines().filter(|line| !line.starts_with('-') && !line.contains(':')).collect::<String>();
        let secret = Base64::decode_vec(&body).unwrap_or_else(|why| panic!("{name}: {why}"));
        keys.push(Key { name, file: text.into_bytes(), secret });
    }
    assert!(keys.len() > 10, "{}", keys.len());
    keys
}

/// The same keys as other programs write them.
fn wrapped(key: &Key) -> Vec<Key> {
    let text = String::from_utf8(key.file.clone()).unwrap();
    let body = text.lines().filter(|line| !line.starts_with('-') && !line.contains(':')).collect::<String>();
    let hex = key.secret.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let of = |name: &str, file: Vec<u8>| Key { name: format!("{} {name}", key.name), file, secret: key.secret.clone() };
    let is_encrypted = text.contains("Proc-Type");
    let mut all = vec![
        of("on one line", text.replace('\n', "").into_bytes()),
        of("in JSON", serde_json::to_vec(&text).unwrap()),
        of("with CRLF", text.replace('\n', "\r\n").into_bytes()),
        of("indented", text.replace('\n', "\n      ").into_bytes()),
        of("without an end", text.rsplit_once("-----END").unwrap().0.as_bytes().to_vec()),
        of("in base64 once more", Base64::encode_string(text.as_bytes()).into_bytes()),
    ];
    // What OpenSSL encrypts in its old format is no structure without its armour.
    if !is_encrypted {
        all.push(of("binary", key.secret.clone()));
        all.push(of("in hex", hex.into_bytes()));
        all.push(of("without armour", body.into_bytes()));
    }
    all
}

/// Files that a check reads whole, and what the host has in them.
fn read_files(host: &Host) -> Vec<(String, Vec<u8>)> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    captured(host.path(), &file);
    let json = okv_host(&["capture", "--list", "--format", "json"], &file).stdout;
    let json: Value = serde_json::from_slice(&json).unwrap();
    let paths = json["pieces"].as_array().unwrap().iter().filter(|piece| piece["kind"] == "file");
    let paths: Vec<String> = paths.map(|piece| piece["path"].as_str().unwrap()[1..].to_owned()).collect();
    let read = |path: String| fs::read(host.path().join(&path)).ok().map(|content| (path, content));
    paths.into_iter().filter_map(read).collect()
}

fn host() -> Host {
    Host::named("procedure-staged")
        .with("etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_rsa_key\n")
        .with("etc/crypttab", "x /dev/sdb1 none\n")
        .with("etc/cron.d/job", "0 0 * * * root ssh-keygen -A\n")
        .with("etc/shadow", "root:$6$salt$hash.of.a.password.that.is.long:19000:0:99999:7:::\n")
        .with("etc/okv-host/waivers.json", "{\"schema\": \"okv-host.waivers.v1\", \"waivers\": []}")
        .with("var/log/messages", "okv upgrade: error\n")
        .with("etc/ssh/ssh_host_rsa_key", "")
}

fn assert_has_none(host: &Path, keys: &[&Key], place: &str) {
    let dir = tempfile::tempdir().unwrap();
    let file: PathBuf = dir.path().join("capture");
    captured(host, &file);
    let secrets = keys.iter().map(|key| (key.name.as_str(), key.secret.as_slice()));
    assert_none_of(secrets, &content(&file), place);
}

/// Each file of the host has one of the keys in one of its forms, and each form of each key is in one of them.
#[test]
fn no_private_key_is_in_a_capture_in_any_form_wherever_it_was() {
    let keys = fixtures();
    let forms: Vec<Key> = keys.iter().flat_map(wrapped).collect();
    let forms: Vec<&Key> = keys.iter().chain(&forms).collect();
    let plain = read_files(&host());
    assert!(plain.len() > 30, "{}", plain.len());
    for (round, some) in forms.chunks(plain.len()).enumerate() {
        let mut sick = host();
        for ((path, before), key) in plain.iter().zip(some.iter().cycle()) {
            if path.starts_with("proc/sys/kernel/hostname") || path.ends_with("since_epoch") {
                continue;
            }
            sick = sick.with(path, [before.as_slice(), b"\n# ", &key.file, b"\nbehind\n"].concat());
        }
        for (number, key) in some.iter().enumerate() {
            sick = sick.with(&format!("etc/ssh/ssh_host_{number}_key"), &key.file);
            sick = sick.with(&format!("etc/cron.d/job{number}"), [b"ssh-keygen\n", key.file.as_slice()].concat());
        }
        assert_has_none(sick.path(), some, &format!("round {round}"));
    }
}

#[test]
fn a_hash_of_a_password_is_not_in_a_capture_and_the_account_is_judged_all_the_same() {
    let host = host();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    captured(host.path(), &file);
    let all = String::from_utf8_lossy(&content(&file)).into_owned();
    assert!(!all.contains("hash.of.a.password") && all.contains("root:"), "{all}");
    let only = ["check", "--only", "account-expiry", "--root"];
    assert_eq!(of_node(&only, host.path()).stdout, of_node(&only, &file).stdout);
}

#[test]
fn a_log_of_any_size_is_not_in_a_capture_and_its_last_errors_are() {
    let line = "Jan 1 okv CONFIDENTIAL line of a service\n";
    let host = host().with("var/log/messages", line.repeat(14_000_000 / line.len()) + "okv upgrade: error\n");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    captured(host.path(), &file);
    let all = String::from_utf8_lossy(&content(&file)).into_owned();
    assert!(!all.contains("CONFIDENTIAL") && all.contains("okv upgrade: error"));
    let log = all.lines().find(|line| line.contains(r#""path":"/var/log/messages""#)).unwrap();
    assert!(!log.contains("parts") && !log.contains("content"), "{log}");
    let only = ["check", "--format", "json", "--only", "upgrade-log", "--root"];
    let read = |path: &Path| String::from_utf8(of_node(&only, path).stdout).unwrap().replace("capture", "folder");
    assert_eq!(read(host.path()), read(&file));
}

#[test]
fn files_with_passwords_of_which_few_words_are_judged_are_not_in_a_capture() {
    let files = [
        "etc/cron.d/job",
        "etc/rc.d/rc.local",
        "etc/init.d/service",
        "etc/cloud/cloud.cfg",
        "etc/cloud/cloud.cfg.d/9.cfg",
        "var/spool/cron/root",
        "usr/local/okv/hsm/generic/okv_hsm.conf",
    ];
    let text = "ssh_genkeytypes: [dsa]\nPKCS11_LIB_LOC=/lib/hsm.so\nx ssh-keygen -t dsa\ny UNNAMED\n";
    let host = files.iter().fold(host(), |host, file| host.with(file, text));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    captured(host.path(), &file);
    let all = String::from_utf8_lossy(&content(&file)).into_owned();
    assert!(!all.contains("UNNAMED"), "{:?}", all.lines().find(|line| line.contains("UNNAMED")));
    for file in files {
        assert!(all.contains(&format!("/{file}\",\"answer\":")), "{file}");
    }
}
