use std::os::unix::fs::symlink;

use super::*;

fn host(build: impl FnOnce(&Path)) -> (tempfile::TempDir, Root) {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path());
    let root = Root::fixture(dir.path()).unwrap();
    (dir, root)
}

#[test]
fn no_link_and_no_dots_lead_out_of_a_fixture_host() {
    let (dir, root) = host(|d| {
        fs::create_dir_all(d.join("etc")).unwrap();
        fs::write(d.join("etc/inside"), "inside").unwrap();
        symlink("/etc/passwd", d.join("absolute")).unwrap();
        symlink("../../../../../../../../etc/passwd", d.join("relative")).unwrap();
        symlink("/", d.join("top")).unwrap();
        symlink("/etc", d.join("dir")).unwrap();
    });
    for path in ["/absolute", "/relative", "/top/etc/passwd", "/dir/passwd", "/../etc/passwd", "/etc/../../etc/passwd"]
    {
        assert_eq!(root.read(path), Probed::Absent, "{path}");
        let real = root.at(path).unwrap().real_path();
        assert!(real.starts_with(dir.path()) && !real.exists(), "{}", real.display());
    }
    for path in [
        "/dir/inside",
        "/top/etc/inside",
        "/top/dir/../etc/inside",
        "etc/inside",
        "/../../etc/inside",
        "/none/deeper/../../dir/inside",
    ] {
        assert_eq!(root.read(path), Probed::Known(b"inside".to_vec()), "{path}");
    }
}

#[test]
fn links_that_go_round_in_circles_are_an_error() {
    let (_dir, root) = host(|d| {
        symlink("b", d.join("a")).unwrap();
        symlink("/a", d.join("b")).unwrap();
        symlink("self/self", d.join("self")).unwrap();
    });
    for path in ["/a", "/b", "/self"] {
        assert_eq!(root.read(path), Probed::Unreadable(format!("{path}: too many symbolic links")));
    }
}

#[test]
fn a_place_knows_its_own_name_after_links() {
    let (_dir, root) = host(|d| {
        fs::create_dir_all(d.join("sys/devices/pci/block/sda/sda1")).unwrap();
        fs::create_dir_all(d.join("sys/class/block")).unwrap();
        symlink("../../devices/pci/block/sda/sda1", d.join("sys/class/block/sda1")).unwrap();
    });
    let place = root.at("/sys/class/block/sda1").unwrap();
    assert_eq!((place.name(), place.parent_name()), (Some("sda1"), Some("sda")));
    assert_eq!(place.host_path(), "/sys/devices/pci/block/sda/sda1");
    assert_eq!(place.below("../nothing").unwrap().read(), Probed::Absent);
}

#[test]
fn what_is_no_file_or_too_large_is_unreadable_and_named() {
    let (_dir, root) = host(|d| {
        fs::create_dir_all(d.join("proc/swaps")).unwrap();
        fs::write(d.join("most"), vec![b'x'; 1 << 20]).unwrap();
        fs::write(d.join("large"), vec![b'x'; (1 << 20) + 1]).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(d.join("fifo")).status().unwrap().success());
    });
    assert_eq!(root.read("/proc/swaps"), Probed::Unreadable("/proc/swaps: it is a directory, not a file".into()));
    assert_eq!(root.read("/fifo"), Probed::Unreadable("/fifo: it is a special file, not a file".into()));
    assert!(matches!(root.read("/most"), Probed::Known(bytes) if bytes.len() == 1 << 20));
    assert!(matches!(root.read("/large"), Probed::Unreadable(why) if why.contains("1048576")));
    assert!(matches!(root.read("/most/x"), Probed::Unreadable(_)));
    assert!(Root::fixture("/dev/null").is_err() && Root::fixture("/no/such/dir").is_err());
}

#[test]
fn a_host_that_remembers_directories_is_left_no_sooner_and_looked_at_anew_by_the_next() {
    let (dir, plain) = host(|d| {
        fs::create_dir_all(d.join("etc/ssh")).unwrap();
        fs::create_dir_all(d.join("other")).unwrap();
        fs::write(d.join("etc/ssh/key"), "key").unwrap();
        fs::write(d.join("other/key"), "other").unwrap();
        symlink("/etc/passwd", d.join("etc/ssh/out")).unwrap();
        symlink("/etc/ssh", d.join("dir")).unwrap();
    });
    let root = plain.remembering();
    for _ in 0..2 {
        assert_eq!(root.at("/dir/key").unwrap().host_path(), "/etc/ssh/key");
        assert_eq!(root.read("/etc/ssh/out"), Probed::Absent);
        assert_eq!(root.read("/dir/../ssh/out"), Probed::Absent);
    }
    fs::rename(dir.path().join("etc/ssh"), dir.path().join("etc/old")).unwrap();
    symlink("/other", dir.path().join("etc/ssh")).unwrap();
    for root in [&plain, &root.remembering()] {
        assert_eq!(root.at("/etc/ssh/key").unwrap().host_path(), "/other/key");
    }
}
