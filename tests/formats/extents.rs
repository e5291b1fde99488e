//! VMDK in several files, and snapshots of it; VHDX with a log.

use std::fs;
use std::os::unix::fs::FileExt;

use crate::disks::{alike, node, problems, qemu_img};
use crate::tools::Tool;

fn write(image: &std::path::Path, command: &str) {
    Tool::new("qemu-io").args(["-f", "vmdk", "-c", command]).arg(image).run().unwrap();
}

#[test]
fn a_snapshot_of_a_vmdk_reads_what_it_lacks_from_its_parent() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    let expected = alike(&raw);
    for subformat in ["monolithicSparse", "twoGbMaxExtentSparse", "monolithicFlat"] {
        qemu_img(dir.path(), &format!("convert -O vmdk -o subformat={subformat} {} {{dir}}/base", raw.display()));
        let child = if subformat == "twoGbMaxExtentSparse" { subformat } else { "monolithicSparse" };
        qemu_img(dir.path(), &format!("create -q -f vmdk -F vmdk -b base -o subformat={child} {{dir}}/next"));
        qemu_img(dir.path(), &format!("create -q -f vmdk -F vmdk -b next -o subformat={child} {{dir}}/top"));
        let top = dir.path().join("top");
        assert_eq!(alike(&top), expected, "{subformat}");
        write(&top, "write -P 9 0 64k");
        qemu_img(dir.path(), "convert -O raw {dir}/top {dir}/copy");
        assert_eq!(alike(&top), alike(&dir.path().join("copy")), "{subformat}");
        if subformat == "monolithicSparse" {
            write(&dir.path().join("base"), "write -P 9 1M 64k");
            let problems = problems(&top);
            assert!(problems[0].contains("base was written after the file above it was made"), "{problems:?}");
        }
        for entry in fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).filter(|path| *path != raw) {
            fs::remove_file(entry).unwrap();
        }
    }
}

#[test]
fn an_extent_that_is_missing_or_too_short_or_alone_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    for (subformat, first) in [("twoGbMaxExtentSparse", "d-s001.vmdk"), ("twoGbMaxExtentFlat", "d-f001.vmdk")] {
        qemu_img(dir.path(), &format!("convert -O vmdk -o subformat={subformat} {} {{dir}}/d.vmdk", raw.display()));
        let (image, first) = (dir.path().join("d.vmdk"), dir.path().join(first));
        if subformat == "twoGbMaxExtentSparse" {
            assert!(problems(&first)[0].contains("an extent of a split disk"), "{:?}", problems(&first));
        }
        let bytes = fs::read(&first).unwrap();
        fs::write(&first, &bytes[..500]).unwrap();
        let short = &problems(&image)[0];
        let is_named = short.starts_with("cannot-open: ") && short.contains("001.vmdk");
        assert!(is_named || short.starts_with("read-error: "), "{subformat}: {short}");
        fs::remove_file(&first).unwrap();
        let problems = problems(&image);
        assert!(problems[0].contains("001.vmdk: No such file"), "{subformat}: {problems:?}");
    }
}

#[test]
fn an_extent_outside_the_folder_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let text = "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\nRW 8 FLAT \"/etc/passwd\" 0\n";
    fs::write(dir.path().join("d"), text).unwrap();
    let problems = problems(&dir.path().join("d"));
    assert!(problems[0].contains("outside the folder of the image"), "{problems:?}");
}

#[test]
fn a_vmdk_that_was_not_closed_is_read_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    let (raw, image) = (node(dir.path()), dir.path().join("image"));
    qemu_img(dir.path(), &format!("convert -O vmdk {} {{dir}}/image", raw.display()));
    fs::OpenOptions::new().write(true).open(&image).unwrap().write_all_at(&[1], 72).unwrap();
    assert!(problems(&image)[0].starts_with("image-not-closed: "), "{:?}", problems(&image));
    // The same of a disk that is split.
    let split = format!("convert -O vmdk -o subformat=twoGbMaxExtentSparse {} {{dir}}/split.vmdk", raw.display());
    qemu_img(dir.path(), &split);
    let first = fs::OpenOptions::new().write(true).open(dir.path().join("split-s001.vmdk")).unwrap();
    first.write_all_at(&[1], 72).unwrap();
    let problems = problems(&dir.path().join("split.vmdk"));
    assert!(problems[0].starts_with("image-not-closed: "), "{problems:?}");
}

#[test]
fn a_vhdx_reads_either_copy_of_its_headers_and_a_log_that_is_not_empty_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let (raw, image) = (node(dir.path()), dir.path().join("image"));
    let expected = alike(&raw);
    qemu_img(dir.path(), &format!("convert -O vhdx {} {{dir}}/image", raw.display()));
    let file = fs::OpenOptions::new().read(true).write(true).open(&image).unwrap();
    let sum = |header: &mut [u8]| {
        header[4..8].fill(0);
        let crc = header.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 })
        });
        header[4..8].copy_from_slice(&(!crc).to_le_bytes());
    };
    for (copies, at) in [([64_u64 << 10, 128 << 10], 100), ([192 << 10, 256 << 10], 40)] {
        for copy in copies {
            let mut before = [0];
            file.read_exact_at(&mut before, copy + at).unwrap();
            file.write_all_at(&[before[0] ^ 0xff], copy + at).unwrap();
            assert_eq!(alike(&image), expected, "damage at {copy}");
            file.write_all_at(&before, copy + at).unwrap();
        }
        for copy in copies {
            file.write_all_at(&[0x41], copy).unwrap();
        }
        let problems = problems(&image);
        assert!(problems[0].contains("are damaged"), "{problems:?}");
        for copy in copies {
            file.write_all_at(if at == 100 { b"h" } else { b"r" }, copy).unwrap();
        }
    }
    for copy in [64_u64 << 10, 128 << 10] {
        let mut header = [0; 4096];
        file.read_exact_at(&mut header, copy).unwrap();
        header[48..64].fill(7);
        sum(&mut header);
        file.write_all_at(&header, copy).unwrap();
    }
    let problems = problems(&image);
    assert!(problems[0].contains("the log of the image is not empty"), "{problems:?}");
}
