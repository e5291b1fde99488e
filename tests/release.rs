//! The build of a release is the same bytes in every folder, and names none of them. Takes two release builds, made at
//! the same time: the last crate of each keeps one processor busy. The one of this folder is what other tests install.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a command prints; it must succeed.
fn output(command: &mut Command) -> Vec<u8> {
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{command:?}");
    output.stdout
}

fn line(command: &mut Command) -> String {
    String::from_utf8(output(command)).unwrap().trim().to_owned()
}

fn build(root: &Path, target: &Path) -> PathBuf {
    PathBuf::from(line(Command::new(root.join("scripts/release-build")).arg(target)))
}

/// A clone of this repository, with what is not committed yet.
fn clone_to(folder: &Path) {
    output(Command::new("git").args(["clone", "--quiet", ROOT]).arg(folder));
    let changes = output(Command::new("git").args(["diff", "--binary", "HEAD"]).current_dir(ROOT));
    if changes.is_empty() {
        return;
    }
    let patch = folder.join(".git/changes");
    fs::write(&patch, changes).unwrap();
    output(Command::new("git").arg("apply").arg(patch).current_dir(folder));
}

/// Where a text is in the bytes, with what is around it.
fn found(bytes: &[u8], text: &str) -> Option<String> {
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes())?;
    Some(String::from_utf8_lossy(&bytes[at.saturating_sub(40)..(at + 80).min(bytes.len())]).into_owned())
}

#[test]
fn two_builds_in_different_folders_are_the_same_bytes_and_name_no_folder() {
    let elsewhere = tempfile::Builder::new().prefix("another-folder-").tempdir().unwrap();
    let clone = elsewhere.path().join("clone");
    clone_to(&clone);
    let (first, second) = thread::scope(|scope| {
        let other = scope.spawn(|| build(&clone, &elsewhere.path().join("built")));
        let here = build(Path::new(ROOT), &Path::new(ROOT).join("target/reproducible"));
        (fs::read(here).unwrap(), fs::read(other.join().unwrap()).unwrap())
    });
    let differs = first.iter().zip(&second).position(|(a, b)| a != b);
    assert!(first == second, "{} and {} bytes, different from {differs:?} on", first.len(), second.len());

    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let sysroot = line(Command::new("rustc").args(["--print", "sysroot"]).current_dir(ROOT));
    let names = [ROOT, &home.unwrap(), &sysroot, &elsewhere.path().to_string_lossy(), "/registry/src", "crates.io"];
    for name in names {
        assert_eq!(found(&first, name), None, "{name}");
    }
    assert!(found(&first, "/crates/").is_some(), "the search finds what the paths were replaced by");
}
