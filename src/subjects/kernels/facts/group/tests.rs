//! The families of kernels that a node may have, as their packages say it.

use super::*;
use crate::base::evr::Evr;

/// A package of version and release `vr`; `says` is what rpm tells of it: `p CAPABILITY`, `r CAPABILITY`, `d FOLDER`.
fn record(name: &str, vr: &str, source: &str, says: &[&str]) -> Record {
    let (version, release) = vr.split_once('-').unwrap();
    let evr = Evr::new(version, release);
    let package = Package { name: name.into(), evr, arch: "x86_64".into(), bytes: Some(1) };
    let mut record = Record { package, source: source.into(), ..Record::default() };
    for word in says {
        let (what, rest) = word.split_once(' ').unwrap();
        match what {
            "p" => record.provides.push((rest.into(), format!("{vr}.x86_64"))),
            "r" => record.requires.push(format!("{vr}.x86_64")),
            "d" => record.folders.push(rest.replace('@', &format!("{vr}.x86_64"))),
            _ => panic!("{word}"),
        }
    }
    record.is_uek = name == "kernel-uek";
    record
}

fn shown(records: &[Record]) -> Vec<String> {
    let names = |packages: &[Package]| packages.iter().map(|p| p.name.clone()).collect::<Vec<_>>().join(" ");
    let kernels = group(records).unwrap().kernels;
    let line = |k: &Kernel| {
        let kind = if k.has_image { "kernel" } else { "rest" };
        format!("{:?} {kind} {}: {} | {}", k.family, k.release, names(&k.packages), names(&k.guests))
    };
    kernels.iter().map(line).collect()
}

const MODULES: &[&str] = &["p kernel-uek-uname-r", "d /boot/", "d /lib/modules/@/", "d /lib/modules/@/kernel/fs/"];

#[test]
fn the_two_kernels_of_the_procedure_come_in_the_order_of_their_versions_with_their_devel() {
    let old = "4.14.35-2047.504.2.el7uek";
    let new = "5.4.17-2136.329.3.1.el8uek";
    let tools = ["d /usr/bin/", "d /etc/sysconfig/"];
    let records = [
        record("kernel-uek", new, "new.src.rpm", MODULES),
        record("kernel-uek", old, "old.src.rpm", MODULES),
        record("kernel-uek-devel", old, "old.src.rpm", &["p kernel-uek-devel-uname-r", "d /usr/src/kernels/@/"]),
        record("kernel-uek-tools", old, "old.src.rpm", &tools),
        record("kernel-headers", new, "new.src.rpm", &["d /usr/include/linux/"]),
        record("perf", new, "new.src.rpm", &tools),
        record("linux-firmware", "20230516-999", "fw.src.rpm", &["d /lib/firmware/"]),
    ];
    assert_eq!(
        shown(&records),
        [
            "Uek kernel 4.14.35-2047.504.2.el7uek.x86_64: kernel-uek kernel-uek-devel | ",
            "Uek kernel 5.4.17-2136.329.3.1.el8uek.x86_64: kernel-uek | "
        ]
    );
}

#[test]
fn split_kernels_have_all_their_parts_the_one_without_files_too() {
    let vr = "5.15.0-200.131.27.el8uek";
    let split = |name: &str, says: &[&str]| record(name, vr, "uek7.src.rpm", says);
    let uek7 = [
        split("kernel-uek", &["r kernel-uek-core-uname-r", "r kernel-uek-modules-uname-r"]),
        split("kernel-uek-core", &["p kernel-uek-uname-r", "p kernel-uek-core-uname-r", "d /lib/modules/@/"]),
        split("kernel-uek-modules", &["p kernel-uek-modules-uname-r", "d /lib/modules/@/kernel/drivers/"]),
        split("kernel-uek-devel", &["d /usr/src/kernels/@/include/"]),
        split("kernel-uek-tools", &["d /usr/bin/"]),
        split("kernel-uek-doc", &["d /usr/share/doc/kernel-uek/"]),
        split("bpftool", &["d /usr/sbin/"]),
    ];
    assert_eq!(
        shown(&uek7),
        [format!("Uek kernel {vr}.x86_64: kernel-uek kernel-uek-core kernel-uek-devel kernel-uek-modules | ")]
    );
    let vr = "6.12.0-1.23.3.2.el9uek";
    let parts =
        ["core", "modules", "modules-core", "modules-extra", "modules-desktop", "modules-usb", "modules-wireless"];
    let mut uek8: Vec<Record> = parts
        .iter()
        .map(|part| {
            let name = format!("kernel-uek-{part}");
            record(&name, vr, "uek8.src.rpm", &[&format!("p {name}-uname-r"), "d /lib/modules/@/kernel/"])
        })
        .collect();
    uek8[0].folders.push(format!("/lib/modules/{vr}.x86_64/"));
    uek8.push(record("kernel-uek", vr, "uek8.src.rpm", &["r kernel-uek-core-uname-r"]));
    let kernels = group(&uek8).unwrap().kernels;
    assert_eq!((kernels.len(), kernels[0].packages.len(), kernels[0].has_image), (1, 8, true));
}

#[test]
fn a_kmod_is_a_guest_of_its_kernel_and_not_a_part_of_it() {
    let vr = "5.4.17-2136.el8uek";
    let folder = "d /lib/modules/5.4.17-2136.el8uek.x86_64/";
    let records = [
        record("kernel-uek", vr, "k.src.rpm", MODULES),
        record("kmod-oracle", "1.0-1", "o.src.rpm", &[&format!("{folder}extra/")]),
        // It even puts its lists there and has modules among the kernel's own.
        record("kmod-rude", "2.0-1", "r.src.rpm", &[folder, &format!("{folder}kernel/drivers/net/")]),
    ];
    assert_eq!(shown(&records), [format!("Uek kernel {vr}.x86_64: kernel-uek | kmod-oracle kmod-rude")]);
}

#[test]
fn a_kernel_that_provides_no_uname_r_is_identified_by_its_folder_and_a_devel_alone_is_no_kernel() {
    let records = [
        record("kernel", "4.18.0-513.el8", "r.src.rpm", &["d /lib/modules/@/"]),
        record("kernel-uek-devel", "4.14.35-1.el7uek", "u.src.rpm", &["p kernel-uek-devel-uname-r"]),
        record("filesystem", "3.8-6.el8", "f.src.rpm", &["d /lib/modules/"]),
    ];
    assert_eq!(
        shown(&records),
        ["Uek rest 4.14.35-1.el7uek.x86_64: kernel-uek-devel | ", "Other kernel 4.18.0-513.el8.x86_64: kernel | "]
    );
}

#[test]
fn five_fifteen_is_behind_five_four_and_many_kernels_take_no_longer_than_they_are_worth() {
    let records = ["5.15.0-3.60.el8uek", "5.4.17-2136.el8uek"].map(|vr| record("kernel-uek", vr, "k.src.rpm", MODULES));
    let kernels = group(&records).unwrap().kernels;
    assert!(kernels[0].release.starts_with("5.4.") && kernels[1].release.starts_with("5.15."));
    let many: Vec<Record> =
        (0..1000).map(|n| record("kernel-uek", &format!("5.4.{n}-1"), "k.src.rpm", MODULES)).collect();
    assert!(group(&many).is_err());
}
