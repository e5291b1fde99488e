//! A capture answers as the folder does that it was made of.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Output;

use super::overlay::{Host, names};
use super::{captured, of_node, okv_host};

const COMMANDS: &[&[&str]] = &[
    &["check", "--all", "--root"],
    &["check", "--format", "json", "--root"],
    &["check", "--format", "nagios", "--root"],
    &["check", "--profile", "21.11", "--root"],
    &["runbook", "--format", "json", "--root"],
    &["scan", "--format", "json", "--root"],
    &["profile", "show", "--root"],
    &["swap-extend", "--root"],
    &["swap-extend", "--size", "128GiB", "--format", "json", "--root"],
    &["kernel-prune", "--root"],
    &["ssh-dsa-retire", "--reload", "--root"],
    &["upgrade", "--root"],
];

/// What must be the same: all but how it was read, which a document shows.
fn answer(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let read = text(&output.stdout).replace("\"read\": \"capture\"", "\"read\": \"folder\"");
    (output.status.code(), read, text(&output.stderr))
}

fn assert_same(host: &Path, file: &Path, name: &str) {
    for command in COMMANDS {
        let [folder, capture] = [host, file].map(|path| answer(&of_node(command, path)));
        assert_eq!(folder, capture, "{name}: {command:?}");
    }
}

#[test]
fn every_fixture_host_gives_the_same_answers_from_its_capture() {
    let dir = tempfile::tempdir().unwrap();
    let names = names();
    assert!(names.len() > 20, "{names:?}");
    let check = |name: &String| {
        let (host, file) = (Host::named(name), dir.path().join(name));
        captured(host.path(), &file);
        let meta = fs::metadata(&file).unwrap();
        assert_eq!(meta.permissions().mode() & 0o777, 0o600);
        assert_same(host.path(), &file, name);
        meta.len()
    };
    let all = |names: &[String]| names.iter().map(check).max().unwrap_or_default();
    let (one, other) = names.split_at(names.len() / 2);
    let largest = std::thread::scope(|scope| {
        let other = scope.spawn(|| all(other));
        all(one).max(other.join().unwrap())
    });
    assert!(largest < 1 << 20, "{largest} bytes");
}

#[test]
fn links_keys_logs_and_isos_give_the_same_answers() {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssh/keys");
    let mut host = Host::named("procedure-staged")
        .with("etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_dsa_key\nHostKey /etc/ssh/ssh_host_rsa_key\n")
        .with("var/log/messages", "Jan 1 okv upgrade failed: error 7\n".repeat(1000))
        .with("etc/okv-host/waivers.json", "{\"schema\": \"okv-host.waivers.v1\", \"waivers\": []}");
    for (name, key) in [("dsa", "dsa"), ("rsa", "rsa-pkcs8"), ("ed25519", "ed25519"), ("ecdsa", "dsa-encrypted")] {
        host = host.with(&format!("etc/ssh/ssh_host_{name}_key"), fs::read(keys.join(key)).unwrap());
    }
    host = host.with("etc/ssh/ssh_host_dsa_key.retire", fs::read(keys.join("dsa")).unwrap());
    symlink("ssh_host_dsa_key", host.path().join("etc/ssh/ssh_host_link_key")).unwrap();
    symlink("circle", host.path().join("etc/ssh/circle")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    captured(host.path(), &file);
    assert_same(host.path(), &file, "keys");
    let html = |root: &Path, to: &Path| {
        let output = format!("html:{}", to.display());
        of_node(&["check", "--output", &output, "--root"], root);
        fs::read_to_string(to).unwrap().replace("a capture", "a saved host")
    };
    let [folder, capture] = [host.path(), &file].map(|root| html(root, &dir.path().join("page.html")));
    assert_eq!(folder, capture);
}

#[test]
fn a_file_that_exists_is_not_overwritten_and_a_capture_is_not_captured() {
    let dir = tempfile::tempdir().unwrap();
    let (host, file, link) = (Host::named("good-uefi"), dir.path().join("capture"), dir.path().join("link"));
    let make = |to: &Path, root: &Path| {
        let root = root.to_str().unwrap();
        let output = okv_host(&["capture", "--root", root], to);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(make(&file, host.path()).0, Some(0));
    let before = fs::read(&file).unwrap();
    symlink(dir.path().join("elsewhere"), &link).unwrap();
    for to in [&file, &link] {
        let (status, why) = make(to, host.path());
        assert!(status == Some(2) && why.contains("it exists already"), "{why}");
    }
    let (status, why) = make(&dir.path().join("second"), &file);
    assert!(status == Some(2) && why.contains("capture already"), "{why}");
    let (status, why) = make(&dir.path().join("none/capture"), host.path());
    assert!(status == Some(3) && why.contains("cannot write"), "{why}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_list_shows_every_piece() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    captured(Host::named("good-uefi").path(), &file);
    let text = String::from_utf8(okv_host(&["capture", "--list"], &file).stdout).unwrap();
    let json = okv_host(&["capture", "--list", "--format", "json"], &file).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let pieces = json["pieces"].as_array().unwrap();
    assert_eq!(text.lines().count(), pieces.len() + 1);
    assert!(text.lines().any(|line| line.starts_with("disk ") && line.ends_with("/dev/sda")), "{text}");
    assert!(pieces.iter().any(|piece| piece["path"] == "/etc/fstab" && piece["kind"] == "file"));
}

/// Also of this machine, where more is asked than of a folder.
#[test]
fn a_capture_that_was_made_with_a_profile_answers_without_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    let made = okv_host(&["capture", "--profile", "21.9"], &file);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for command in [&["check", "--root"][..], &["runbook", "--root"], &["check", "--profile", "21.9", "--root"]] {
        let output = of_node(command, &file);
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() != Some(2) && !why.contains("not in this capture"), "{command:?}: {why}");
    }
}
