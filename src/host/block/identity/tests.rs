use std::fs;

use super::super::tests::{Sysfs, disk};
use super::*;

fn known(sysfs: &Sysfs, name: &str) -> Identity {
    match identity(&sysfs.root(), name) {
        Probed::Known(identity) => identity,
        other => panic!("{name}: {other:?}"),
    }
}

fn why(sysfs: &Sysfs, name: &str) -> String {
    match identity(&sysfs.root(), name) {
        Probed::Unreadable(why) => why,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn model_serial_and_world_wide_name_are_read_from_the_disk() {
    let sysfs = disk();
    let expected = Identity {
        model: Some("PERC H730 Mini".into()),
        serial: Some("SER1234".into()),
        wwn: Some("naa.64cd98f0a1b2c3d4".into()),
        read_only: false,
        removable: false,
    };
    assert_eq!(known(&sysfs, "sda"), expected);
    sysfs.link("../../block/sda", "sys/class/block/sda");
    assert_eq!(known(&sysfs, "sda"), expected);
    for flag in ["ro", "removable"] {
        fs::write(sysfs.0.path().join("sys/block/sda").join(flag), "1\n").unwrap();
    }
    assert_eq!(known(&sysfs, "sda"), Identity { read_only: true, removable: true, ..expected });
}

#[test]
fn serial_numbers_are_found_where_each_kind_of_disk_keeps_them() {
    let sysfs = Sysfs::new(&[
        ("sys/block/nvme0n1/dev", b"259:0\n"),
        ("sys/block/nvme0n1/wwid", b"eui.0025385b71b0f4d2\n"),
        ("sys/block/nvme0n1/device/serial", b"S4EVNX0M\n"),
        ("sys/block/sda/dev", b"8:0\n"),
        ("sys/block/sda/device/wwid", b"t10.ATA     QEMU HARDDISK                           QM00001             \n"),
        ("sys/block/vda/dev", b"254:0\n"),
        ("sys/block/vda/serial", b"disk-1"),
        ("sys/block/vda/device/vendor", b"0x1af4\n"),
        ("sys/block/cciss!c0d0/dev", b"104:0\n"),
    ]);
    for (name, serial, wwn) in [
        ("nvme0n1", Some("S4EVNX0M"), Some("eui.0025385b71b0f4d2")),
        ("sda", Some("QM00001"), None),
        ("vda", Some("disk-1"), None),
        ("cciss/c0d0", None, None),
    ] {
        let says = known(&sysfs, name);
        assert_eq!((says.serial.as_deref(), says.wwn.as_deref(), says.model), (serial, wwn, None), "{name}");
    }
}

#[test]
fn a_damaged_vital_product_data_page_gives_no_serial_number() {
    assert_eq!(unit_serial_number(b"\0\x80\0\x04 A1 "), Some("A1".into()));
    for bad in [&b""[..], b"\0\x80\0", b"\0\x80\0\x05ABCD", b"\0\x83\0\x04ABCD", b"\0\x80\xff\xff", b"\0\x80\0\0"] {
        assert_eq!(unit_serial_number(bad), None, "{bad:?}");
    }
}

#[test]
fn a_value_that_the_kernel_would_not_write_is_reported_with_its_path() {
    for (path, text) in [("sda/ro", "2\n"), ("sda/removable", "\u{e9}")] {
        let sysfs = disk();
        fs::write(sysfs.0.path().join("sys/block").join(path), text).unwrap();
        let why = why(&sysfs, "sda");
        assert!(why.starts_with(&format!("/sys/block/{path}: ")), "{why}");
    }
}

#[test]
fn an_absent_device_differs_from_one_that_cannot_be_asked() {
    let sysfs = disk();
    for name in ["sdb", "sda3", "", ".", "sda/device"] {
        assert_eq!(identity(&sysfs.root(), name), Probed::Absent, "{name}");
    }
    sysfs.link("../../block/sda/sda3", "sys/class/block/sda3");
    assert!(why(&sysfs, "sda3").contains("it is a partition"));
    assert!(why(&Sysfs::new(&[]), "sda").contains("sysfs"));
}
