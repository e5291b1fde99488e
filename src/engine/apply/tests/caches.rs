//! Write caches of disks, as files of sysfs.

use super::*;
use crate::engine::{CacheSwitch, DiskIdentity};

const FILE: &str = "/sys/class/block/sdb/cache_type";

fn switch(serial: &str) -> Vec<CacheSwitch> {
    let disk = DiskIdentity {
        path: "/dev/sdb".into(),
        bytes: 1 << 30,
        sector_bytes: 512,
        model: None,
        serial: Some(serial.into()),
        wwn: None,
    };
    vec![CacheSwitch { disk, file: FILE.into(), from: "write back".into(), to: "write through".into() }]
}

fn with_disk() -> Bench {
    let bench = bench();
    let disk = bench.base.path().join("sys/class/block/sdb");
    fs::create_dir_all(disk.join("device")).unwrap();
    for (file, text) in [("dev", "8:16"), ("ro", "0"), ("removable", "0"), ("device/serial", "S1")] {
        fs::write(disk.join(file), format!("{text}\n")).unwrap();
    }
    fs::write(disk.join("cache_type"), "write back\n").unwrap();
    bench
}

fn mode(bench: &Bench) -> String {
    fs::read_to_string(bench.base.path().join(&FILE[1..])).unwrap().trim().to_owned()
}

#[test]
fn a_cache_is_switched_and_switched_back() {
    let bench = with_disk();
    let host = bench.host(&Yes);
    assert!(host.are_switched(&switch("S1")).is_err());
    host.switch_caches(&switch("S1")).unwrap();
    assert_eq!((mode(&bench).as_str(), host.are_switched(&switch("S1"))), ("write through", Ok(())));
    host.switch_caches_back(&switch("S1")).unwrap();
    assert_eq!(mode(&bench), "write back");
}

#[test]
fn another_disk_under_that_name_is_neither_switched_nor_switched_back() {
    let bench = with_disk();
    let host = bench.host(&Yes);
    assert!(host.switch_caches(&switch("S2")).unwrap_err().contains("not the disk"));
    fs::write(bench.base.path().join(&FILE[1..]), "write through\n").unwrap();
    host.switch_caches_back(&switch("S2")).unwrap();
    assert_eq!(mode(&bench), "write through");
}
