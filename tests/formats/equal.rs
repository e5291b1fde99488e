//! A disk reads the same in every format.

use std::fs;

use crate::disks::{alike, fixtures, kind, node, qemu_img, unpack};

/// Options of `qemu-img convert`, and the type that is shown.
const FORMATS: &[(&str, &str)] = &[
    ("-O qcow2 -o compat=0.10", "qcow2"),
    ("-O qcow2", "qcow2"),
    ("-O qcow2 -o cluster_size=512", "qcow2"),
    ("-O qcow2 -o cluster_size=2M", "qcow2"),
    ("-O qcow2 -o extended_l2=on,cluster_size=128k", "qcow2"),
    ("-O qcow2 -o extended_l2=on,cluster_size=16k", "qcow2"),
    ("-c -O qcow2", "qcow2"),
    ("-c -O qcow2 -o cluster_size=512", "qcow2"),
    ("-c -O qcow2 -o cluster_size=2M", "qcow2"),
    ("-c -O qcow2 -o compression_type=zstd", "qcow2"),
    ("-c -O qcow2 -o compression_type=zstd,cluster_size=2M", "qcow2"),
    ("-c -O qcow2 -o extended_l2=on", "qcow2"),
    ("-O qcow2 -o data_file={dir}/data", "qcow2"),
    ("-O qcow2 -o data_file={dir}/data,data_file_raw=on", "qcow2"),
    ("-O qcow2 -o lazy_refcounts=on,refcount_bits=64", "qcow2"),
    ("-O vmdk", "vmdk"),
    ("-O vmdk -o subformat=monolithicSparse,compat6=on", "vmdk"),
    ("-O vmdk -o subformat=monolithicSparse,zeroed_grain=on", "vmdk"),
    ("-O vmdk -o subformat=monolithicFlat", "vmdk"),
    ("-O vmdk -o subformat=twoGbMaxExtentSparse", "vmdk"),
    ("-O vmdk -o subformat=twoGbMaxExtentFlat", "vmdk"),
    ("-O vmdk -o subformat=streamOptimized", "vmdk"),
    ("-O vhdx", "vhdx"),
    ("-O vhdx -o block_size=1M", "vhdx"),
    ("-O vhdx -o block_size=256M", "vhdx"),
    ("-O vhdx -o subformat=fixed", "vhdx"),
];

/// Larger disks take qemu-img too long.
const LARGEST: u64 = 70 << 30;

#[test]
fn a_disk_scans_the_same_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    let (raw, image) = (node(dir.path()), dir.path().join("image"));
    let expected = alike(&raw);
    for (options, word) in FORMATS {
        qemu_img(dir.path(), &format!("convert -f raw {options} {} {}", raw.display(), image.display()));
        assert_eq!(kind(&image), *word, "{options}");
        assert_eq!(alike(&image), expected, "{options}");
        fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).filter(|p| *p != raw).for_each(|path| {
            fs::remove_file(path).unwrap();
        });
    }
}

#[test]
fn every_fixture_scans_the_same_in_each_format() {
    let mut converted = 0;
    for folder in fs::read_dir(fixtures()).unwrap().map(|e| e.unwrap().path()) {
        let dir = tempfile::tempdir().unwrap();
        let (raw, image) = (dir.path().join("raw"), dir.path().join("image"));
        let disk = folder.join("disk");
        if !disk.exists() {
            continue;
        }
        unpack(&disk, &raw);
        let bytes = raw.metadata().unwrap().len();
        // The formats have whole sectors, and no disk without a byte.
        if bytes > LARGEST || bytes == 0 || !bytes.is_multiple_of(512) {
            continue;
        }
        let expected = alike(&raw);
        let options = [
            "-O qcow2",
            "-c -O qcow2 -o compression_type=zstd",
            "-O vmdk",
            "-O vmdk -o subformat=streamOptimized",
            "-O vhdx",
        ];
        for options in options {
            qemu_img(dir.path(), &format!("convert -f raw {options} {} {}", raw.display(), image.display()));
            assert_eq!(alike(&image), expected, "{}: {options}", folder.display());
            fs::remove_file(&image).unwrap();
        }
        converted += 1;
    }
    assert!(converted >= 40, "only {converted} fixtures were converted");
}
