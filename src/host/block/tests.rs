use std::fs;
use std::os::unix::fs::symlink;

use super::*;

pub(super) struct Sysfs(pub(super) tempfile::TempDir);

impl Sysfs {
    pub(super) fn new(files: &[(&str, &[u8])]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Self(dir)
    }

    pub(super) fn link(&self, target: &str, path: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    pub(super) fn root(&self) -> Root {
        Root::fixture(self.0.path()).unwrap()
    }

    fn known(&self) -> Vec<BlockDevice> {
        match gather(&self.root()) {
            Probed::Known(devices) => devices,
            other => panic!("{other:?}"),
        }
    }

    fn why(&self) -> String {
        match gather(&self.root()) {
            Probed::Unreadable(why) => why,
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn disk() -> Sysfs {
    Sysfs::new(&[
        ("sys/block/sda/dev", b"8:0\n"),
        ("sys/block/sda/size", b"2344225968\n"),
        ("sys/block/sda/ro", b"0\n"),
        ("sys/block/sda/removable", b"0\n"),
        ("sys/block/sda/queue/logical_block_size", b"512\n"),
        ("sys/block/sda/device/model", b"PERC H730 Mini  \n"),
        ("sys/block/sda/device/wwid", b"naa.64cd98f0a1b2c3d4\n"),
        ("sys/block/sda/device/vpd_pg80", b"\0\x80\0\x08 SER1234"),
        ("sys/block/sda/sda3/dev", b"8:3\n"),
        ("sys/block/sda/sda3/size", b"2342125568\n"),
        ("sys/block/sda/sda3/partition", b"3\n"),
        ("sys/block/sda/sda3/holders/dm-0/dev", b"253:0\n"),
        ("sys/block/dm-0/dev", b"253:0\n"),
        ("sys/block/dm-0/size", b"134217728\n"),
        ("sys/block/dm-0/dm/name", b"vg_root-lv_swap\n"),
        ("sys/block/dm-0/dm/uuid", b"LVM-abc\n"),
        ("sys/block/dm-0/slaves/sda3/dev", b"8:3\n"),
    ])
}

#[test]
fn a_disk_its_partition_and_what_is_mapped_on_it_know_each_other() {
    let devices = disk().known();
    let [dm, sda, sda3] = devices.as_slice() else { panic!("{devices:?}") };
    assert_eq!((sda.bytes, sda.is_physical_disk), (1_200_243_695_616, true));
    assert_eq!(sda3.partition_of, Some(("sda".into(), 3)));
    assert_eq!((sda3.is_physical_disk, &sda3.holders), (false, &vec!["dm-0".into()]));
    assert_eq!(dm.mapped, Some(("vg_root-lv_swap".into(), "LVM-abc".into())));
    assert_eq!((dm.is_physical_disk, &dm.slaves), (false, &vec!["sda3".into()]));
}

#[test]
fn the_class_directory_of_links_gives_the_same_devices() {
    let sysfs = disk();
    for (name, target) in [("sda", "sda"), ("sda3", "sda/sda3"), ("dm-0", "dm-0")] {
        sysfs.link(&format!("../../block/{target}"), &format!("sys/class/block/{name}"));
    }
    assert_eq!(sysfs.known(), disk().known());
}

#[test]
fn only_a_device_with_a_driver_and_a_size_is_a_physical_disk() {
    let sysfs = Sysfs::new(&[]);
    for (minor, (name, size, has_driver)) in [
        ("loop0", "8", false),
        ("zram0", "8", false),
        ("ram0", "8", false),
        ("md127", "8", false),
        ("sr0", "8", true),
        ("fd0", "8", true),
        ("sdb", "0", true),
        ("nvme0n1", "8", true),
        ("vda", "8", true),
        ("cciss!c0d0", "8", true),
    ]
    .into_iter()
    .enumerate()
    {
        let dir = sysfs.0.path().join("sys/block").join(name);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("dev"), format!("9:{minor}\n")).unwrap();
        fs::write(dir.join("size"), size).unwrap();
        if has_driver {
            fs::create_dir(dir.join("device")).unwrap();
        }
    }
    let shown: Vec<String> = disk_paths(&sysfs.root(), &gather(&sysfs.root())).into_iter().map(|(s, _)| s).collect();
    assert_eq!(shown, ["/dev/cciss/c0d0", "/dev/nvme0n1", "/dev/vda"]);
}

#[test]
fn a_value_that_the_kernel_would_not_write_is_reported_with_its_path() {
    for (path, text) in [
        ("sda/dev", "8\n"),
        ("sda/dev", ""),
        ("sda/size", "-1\n"),
        ("sda/size", "99999999999999999999\n"),
        ("sda/size", "36028797018963968\n"),
        ("sda/sda3/partition", "x\n"),
        ("sda/sda3/partition", "4294967296\n"),
    ] {
        let sysfs = disk();
        fs::write(sysfs.0.path().join("sys/block").join(path), text).unwrap();
        let why = sysfs.why();
        assert!(why.starts_with(&format!("/sys/block/{path}: ")), "{why}");
    }
}

#[test]
fn a_device_that_the_kernel_hides_or_that_went_away_is_passed_over() {
    let sysfs = disk();
    fs::create_dir(sysfs.0.path().join("sys/block/nvme0c0n1")).unwrap();
    assert!(sysfs.why().contains("/sys/block/nvme0c0n1/dev"));
    fs::write(sysfs.0.path().join("sys/block/nvme0c0n1/hidden"), "1\n").unwrap();
    sysfs.link("nowhere", "sys/block/gone");
    assert_eq!(sysfs.known().len(), 3);
}

#[test]
fn without_sysfs_nothing_is_known() {
    assert!(Sysfs::new(&[]).why().contains("sysfs"));
    assert!(Sysfs::new(&[("sys/block", b"")]).why().contains("/sys/block"));
}

#[test]
fn a_disk_path_stays_within_a_fixture_host() {
    let sysfs = disk();
    let path = || disk_paths(&sysfs.root(), &gather(&sysfs.root())).remove(0).1;
    sysfs.link("/dev/vda", "dev/sda");
    assert_eq!(path(), sysfs.0.path().join("dev/vda"));
    fs::remove_file(sysfs.0.path().join("dev/sda")).unwrap();
    sysfs.link("sda", "dev/sda");
    assert!(fs::File::open(path()).is_err() && !path().starts_with(sysfs.0.path()));
    fs::create_dir_all(sysfs.0.path().join("sys/block/..!..!etc")).unwrap();
    fs::write(sysfs.0.path().join("sys/block/..!..!etc/dev"), "9:9\n").unwrap();
    fs::write(sysfs.0.path().join("sys/block/..!..!etc/size"), "9\n").unwrap();
    assert!(sysfs.why().contains("no name of a device"));
}

#[test]
fn the_live_host_can_be_asked() {
    let Probed::Known(devices) = gather(&Root::live()) else { panic!("this host has no readable sysfs") };
    for device in devices.iter().filter(|device| device.partition_of.is_some()) {
        let (parent, _) = device.partition_of.as_ref().unwrap();
        assert!(devices.iter().any(|whole| whole.name == *parent), "{parent}");
    }
    assert!(devices.iter().all(|device| !device.is_physical_disk || !device.name.starts_with("loop")));
}
