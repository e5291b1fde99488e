//! Every fixture host is gathered, and says what its index says of it.

use std::collections::BTreeMap;
use std::fs;

use okv_host::host;
use okv_host::host::{BlockDevice, Firmware, FstabEntry, Probed, Root, Running, Setup, block};
use okv_host::io::image;
use overlay::{Host, names};

#[path = "support/overlay.rs"]
mod overlay;

/// KiB that the kernel shows for an area of 64 GiB.
const SWAP_64GIB: u64 = 67_108_860;
const SWAP_UUID: &str = "UUID=5a5a5a5a-0000-4000-8000-000000000002";
const RESUME: &str = "/dev/mapper/vg_root-lv_swap";

fn gathered(root: &Root) -> (Setup, Running) {
    let setup = host::setup::setup(root);
    let running = host::running::running(root, &setup.mounts);
    (setup, running)
}

fn facts_of(name: &str) -> (Setup, Running) {
    gathered(&Root::fixture(Host::named(name).path()).unwrap())
}

fn known<T>(probed: &Probed<T>) -> &T
where
    T: std::fmt::Debug,
{
    match probed {
        Probed::Known(value) => value,
        other => panic!("{other:?}"),
    }
}

fn device<'r>(running: &'r Running, name: &str) -> &'r BlockDevice {
    known(&running.block).iter().find(|device| device.name == name).unwrap()
}

fn entry<'r>(setup: &'r Setup, point: &str) -> &'r FstabEntry {
    known(&setup.fstab).iter().find(|entry| entry.point == point).unwrap()
}

/// What a host differs in from a good UEFI node.
struct Expected {
    firmware: Firmware,
    disk_bytes: u64,
    boot_kind: &'static str,
    swap_kib: Option<u64>,
    swap_source: &'static str,
    resume: &'static str,
}

const GOOD: Expected = Expected {
    firmware: Firmware::Uefi { bits: Some(64) },
    disk_bytes: 1_200_243_695_616,
    boot_kind: "ext4",
    swap_kib: Some(SWAP_64GIB),
    swap_source: SWAP_UUID,
    resume: RESUME,
};

fn expected() -> BTreeMap<&'static str, Expected> {
    let bios = |disk_bytes| Expected { firmware: Firmware::Bios, disk_bytes, ..GOOD };
    let gone = "UUID=deadbeef-0000-4000-8000-00000000dead";
    let broken = || Expected { swap_source: gone, resume: gone, ..GOOD };
    let small_swap = || Expected { swap_kib: Some(4_194_300), ..GOOD };
    BTreeMap::from([
        ("good-uefi", GOOD),
        ("good-bios", bios(GOOD.disk_bytes)),
        ("bios-2tib-exact", bios(1 << 41)),
        ("bios-2tib-plus-one-sector", bios((1 << 41) + 512)),
        ("bios-3tib-boot-disk", bios(3 << 40)),
        ("bios-retail-2tb", bios(2_000_398_934_016)),
        ("disk-1tb-exact", Expected { disk_bytes: 1_000_000_000_000, ..GOOD }),
        ("disk-1tb-less-one-sector", Expected { disk_bytes: 999_999_999_488, ..GOOD }),
        ("boot-500m-ext4", GOOD),
        ("boot-512m-ext4", GOOD),
        ("boot-512m-xfs", Expected { boot_kind: "xfs", ..GOOD }),
        ("swap-4gib", small_swap()),
        ("swap-64gib-less-one-page", GOOD),
        ("swap-64gib-less-two-pages", Expected { swap_kib: Some(SWAP_64GIB - 4), ..GOOD }),
        ("swap-reference-broken", broken()),
        ("vg-missing-pv", GOOD),
        ("vg-free-enough", small_swap()),
        ("vg-free-one-short", small_swap()),
        ("gpt-backup-damaged", GOOD),
        ("uefi-without-esp", GOOD),
        ("kernel-old", GOOD),
        ("kernel-reboot-first", GOOD),
        ("kernel-running-unowned", GOOD),
        ("rpm-not-asked", GOOD),
        ("boot-shadowed", GOOD),
        ("procedure-staged", GOOD),
        ("procedure-wrong", GOOD),
        ("unreadable-swaps", Expected { swap_kib: None, ..GOOD }),
        (
            "everything-wrong",
            Expected { firmware: Firmware::Bios, disk_bytes: 3 << 40, swap_kib: Some(4_194_300), ..broken() },
        ),
    ])
}

#[test]
fn every_host_has_the_facts_of_the_index() {
    let expected = expected();
    assert_eq!(names(), expected.keys().copied().collect::<Vec<_>>());
    for (name, expected) in expected {
        let (setup, running) = facts_of(name);
        assert_eq!(known(&setup.firmware), &expected.firmware, "{name}");
        let disk = device(&running, "sda");
        assert!(disk.is_physical_disk && disk.bytes == expected.disk_bytes, "{name}: {disk:?}");
        assert_eq!(entry(&setup, "/boot").kind, expected.boot_kind, "{name}");
        assert_eq!(entry(&setup, "none").source, expected.swap_source, "{name}");
        let words = known(&running.cmdline);
        assert_eq!(host::cmdline::values(words, "resume").collect::<Vec<_>>(), [expected.resume], "{name}");
        match expected.swap_kib {
            Some(kib) => {
                let [area] = known(&running.swaps).as_slice() else { panic!("{name}") };
                assert_eq!((area.path.as_str(), area.kib, area.is_file), ("/dev/dm-0", kib, false), "{name}");
                assert_eq!(running.swap_total_kib, Probed::Known(kib), "{name}");
            }
            None => assert!(matches!(&running.swaps, Probed::Unreadable(why) if why.starts_with("/proc/swaps: "))),
        }
    }
}

#[test]
fn no_host_has_boot_mounted_so_none_is_asked_how_large_it_is() {
    for name in names() {
        let (setup, running) = facts_of(&name);
        assert_eq!(running.boot_df_bytes, Probed::Absent, "{name}");
        assert!(known(&setup.mounts).iter().all(|mount| mount.point != "/boot"), "{name}");
        let host = Host::named(&name);
        assert_eq!(host::running::host_name(&Root::fixture(host.path()).unwrap()), Probed::Known(name));
    }
}

#[test]
fn a_fixture_with_boot_mounted_is_not_answered_by_the_machine_of_the_tests() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("proc/self")).unwrap();
    fs::write(dir.path().join("proc/self/mountinfo"), "1 1 8:2 / /boot rw - ext4 /dev/sda2 rw\n").unwrap();
    let (_, running) = gathered(&Root::fixture(dir.path()).unwrap());
    assert!(matches!(running.boot_df_bytes, Probed::Unreadable(why) if why.contains("saved")));
}

#[test]
fn a_host_without_anything_is_unreadable_and_never_absent_but_for_fstab() {
    let dir = tempfile::tempdir().unwrap();
    let (setup, running) = gathered(&Root::fixture(dir.path()).unwrap());
    assert!(matches!(setup.firmware, Probed::Unreadable(_)));
    assert!(matches!(running.swaps, Probed::Unreadable(_)));
    assert!(matches!(running.swap_total_kib, Probed::Unreadable(_)));
    assert!(matches!(setup.mounts, Probed::Unreadable(_)));
    assert!(matches!(running.cmdline, Probed::Unreadable(_)));
    assert!(matches!(running.block, Probed::Unreadable(_)));
    assert!(matches!(running.boot_df_bytes, Probed::Unreadable(_)));
    assert_eq!(setup.fstab, Probed::Absent);
}

#[test]
fn the_disk_of_a_host_is_the_container_in_its_dev_and_as_large_as_in_sysfs() {
    for name in names() {
        let host = Host::named(&name);
        let root = Root::fixture(host.path()).unwrap();
        let block = block::gather(&root);
        let paths = block::disk_paths(&root, &block);
        let [(shown, real)] = paths.as_slice() else { panic!("{name}: {paths:?}") };
        assert_eq!((shown.as_str(), real), ("/dev/sda", &host.path().join("dev/sda")));
        let disk = image::open(real).unwrap();
        let sda = known(&block).iter().find(|device| device.name == "sda").unwrap();
        assert_eq!(disk.bytes(), sda.bytes, "{name}");
        assert_eq!(disk.sector_size().map(|sector| sector.bytes()), Some(512));
        let identity = block::identity(&root, "sda");
        let says = known(&identity);
        assert_eq!((says.model.as_deref(), says.serial.as_deref()), (Some("PERC H730 Mini"), Some("00A1B2C3")));
        let mut table = [0; 2];
        disk.read_at(&mut table, 510).unwrap();
        assert_eq!(table, [0x55, 0xaa], "{name}");
    }
}

#[test]
fn partitions_and_mapped_volumes_of_a_host_know_what_is_below_and_above_them() {
    for name in names() {
        let (_, running) = facts_of(&name);
        let swap = device(&running, "dm-0");
        let (mapped, uuid) = swap.mapped.as_ref().unwrap();
        assert!(mapped == "vg_root-lv_swap" && uuid.len() == 68 && uuid.starts_with("LVM-"), "{name}: {uuid}");
        let [below] = swap.slaves.as_slice() else { panic!("{name}") };
        let pv = device(&running, below);
        let number = if name == "good-bios" { 2 } else { 3 };
        assert_eq!(pv.partition_of, Some(("sda".into(), number)), "{name}");
        assert_eq!(pv.holders, ["dm-0", "dm-1", "dm-2", "dm-3"], "{name}");
    }
}

#[test]
fn the_live_host_is_gathered_without_a_panic_and_knows_its_mounts() {
    let (setup, running) = gathered(&Root::live());
    assert!(known(&setup.mounts).iter().any(|mount| mount.point == "/"));
    assert!(matches!(running.swap_total_kib, Probed::Known(_)));
    assert!(!matches!(setup.firmware, Probed::Absent));
}
