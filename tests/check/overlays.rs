//! Hosts out of a base and an overlay.

use std::fs;
use std::path::Path;

use crate::overlay::{names_of_overlays, overlay};
use crate::{Host, whole};

/// The paths of an overlay that have a content of their own: those in its folder, and those in its file.
fn paths_of(dir: &Path, below: &Path, paths: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        match path.strip_prefix(below).unwrap().to_str().unwrap() {
            _ if path.is_dir() => paths_of(&path, below, paths),
            "overlay" => {
                let text = fs::read_to_string(&path).unwrap();
                paths.extend(text.lines().filter_map(|line| line.strip_prefix("file ")).map(str::to_owned));
            }
            other => paths.push(other.to_owned()),
        }
    }
}

#[test]
fn an_overlay_has_nothing_that_its_base_has_too() {
    for name in names_of_overlays() {
        let text = fs::read_to_string(overlay(&name).join("overlay")).unwrap();
        let base = whole(text.lines().next().unwrap().strip_prefix("base ").unwrap());
        let (host, mut paths) = (Host::named(&name), Vec::new());
        paths_of(&overlay(&name), &overlay(&name), &mut paths);
        assert!(paths.iter().any(|path| path == "dev/sda"), "{name}: {paths:?}");
        for path in paths {
            let own = fs::read(host.path().join(&path)).unwrap();
            assert!(fs::read(base.join(&path)).ok() != Some(own), "{name}: {path}");
        }
    }
}

#[test]
fn an_overlay_replaces_adds_and_removes_what_its_base_has() {
    let host = Host::named("kernel-reboot-first");
    let read = |path: &str| fs::read_to_string(host.path().join(path)).ok();
    assert_eq!(read("proc/sys/kernel/osrelease").unwrap(), "4.14.35-2047.504.2.el7uek.x86_64\n");
    assert_eq!(read("proc/sys/kernel/hostname").unwrap(), "kernel-reboot-first\n");
    assert!(read("lib/modules/5.4.17-2136.304.4.5.el7uek.x86_64/modules.dep").is_some());
    assert!(!host.path().join("lib/modules/5.4.17-2136.330.7.1.el8uek.x86_64").exists());
    assert_eq!(read("etc/fstab"), fs::read_to_string(whole("good-uefi").join("etc/fstab")).ok());
    assert_eq!(read("overlay"), None);
}

#[test]
fn links_are_copied_as_links() {
    let link = "sys/block/sda/sda3/holders/dm-0";
    let host = Host::named("vg-free-enough");
    assert_eq!(fs::read_link(host.path().join(link)).unwrap(), Path::new("../../../dm-0"));
}

#[test]
fn what_a_test_changes_stays_in_its_own_copy() {
    let fstab = fs::read_to_string(whole("good-uefi").join("etc/fstab")).unwrap();
    let host = Host::named("good-uefi")
        .replacing("etc/fstab", "UUID=5a5a", "UUID=dead")
        .without("sys/firmware")
        .with("a/b", "c");
    assert!(fs::read_to_string(host.path().join("etc/fstab")).unwrap().contains("UUID=dead5a5a"));
    assert!(!host.path().join("sys/firmware").exists() && host.path().join("a/b").exists());
    assert_eq!(fs::read_to_string(whole("good-uefi").join("etc/fstab")).unwrap(), fstab);
    let path = host.path().to_owned();
    drop(host);
    assert!(!path.exists());
}
