//! A capture of a node gives the same answers elsewhere, and has no private key.

use std::process::Command;

use base64ct::{Base64, Encoding};

use crate::guest::{Firmware, Spec};
use crate::traces::{assert_none_of, content};
use crate::{OKV_HOST, install, release};

const CAPTURE: &str = "/root/node.okvcap";

/// Commands that a capture answers.
const QUESTIONS: [&str; 6] =
    ["check --format json", "check --all", "runbook --format json", "swap-extend", "ssh-dsa-retire", "kernel-prune"];

#[test]
fn a_capture_of_a_node_gives_the_same_answers_elsewhere_and_has_no_private_key() {
    let guest = Spec::new(Firmware::Bios).boot();
    install(&guest);
    let keys = guest
        .ok("cd /etc/ssh && ssh-keygen -q -N '' -t ed25519 -f /root/id && cp /root/id /etc/ssh/ssh_host_other_key && \
         ssh-keygen -q -N '' -t rsa -b 2048 -m PEM -f ssh_host_old_key && ls /etc/ssh/ssh_host_*_key");
    let live = guest.run(&format!("{OKV_HOST} check --format json")).stdout();
    guest.ok(&format!("{OKV_HOST} capture {CAPTURE}"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("node.okvcap");
    std::fs::write(&file, guest.get(CAPTURE)).unwrap();
    for question in QUESTIONS {
        let there = guest.run(&format!("cd /root && {OKV_HOST} {question} --root node.okvcap"));
        let mut here = Command::new(release::binary());
        here.args(question.split(' ')).args(["--root", "node.okvcap"]).current_dir(folder.path());
        let here = here.output().unwrap();
        assert_eq!(here.status.code().map(i64::from), Some(there.status), "{question}");
        assert_eq!(String::from_utf8_lossy(&here.stdout), there.stdout(), "{question}");
    }
    let again = guest.run(&format!("{OKV_HOST} check --format json --root {CAPTURE}")).stdout();
    assert_eq!(findings(&live), findings(&again));

    let secrets: Vec<(String, Vec<u8>)> =
        keys.lines().map(|path| (path.to_owned(), secret(&guest.get(path)))).collect();
    assert!(secrets.len() >= 4, "{keys}");
    let all = content(&file);
    assert_none_of(secrets.iter().map(|(name, secret)| (name.as_str(), secret.as_slice())), &all, "the capture");
    assert!(file.metadata().unwrap().len() < 1 << 20);
}

/// The bytes behind the armour of a key.
fn secret(file: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(file).unwrap();
    Base64::decode_vec(&text.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

fn findings(report: &str) -> serde_json::Value {
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    report["findings"].clone()
}
