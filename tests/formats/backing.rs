//! What an image names: backing files, in chains, and external data files.

use std::fs;
use std::os::unix::fs::{FileExt, symlink};
use std::path::Path;

use assert_cmd::Command;

use crate::disks::{alike, node, problems, qemu_img};
use crate::tools;

/// Makes the overlay `name` in `dir`; its backing file is named as it stands.
fn overlay(dir: &Path, name: &str, backing: &str, format: &str) {
    qemu_img(dir, &format!("create -u -q -f qcow2 -F {format} -b {backing} {{dir}}/{name} 8G"));
}

fn write(image: &Path, command: &str) {
    tools::Tool::new("qemu-io").args(["-f", "qcow2", "-c", command]).arg(image).run().unwrap();
}

#[test]
fn a_chain_reads_through_each_of_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    let sub = dir.path().join("sub");
    fs::create_dir(&sub).unwrap();
    let bytes = raw.metadata().unwrap().len();
    let expected = alike(&raw);
    for format in ["qcow2", "raw"] {
        qemu_img(dir.path(), &format!("convert -O {format} {} {{dir}}/sub/base", raw.display()));
        qemu_img(dir.path(), &format!("create -q -f qcow2 -F {format} -b base {{dir}}/sub/middle {bytes}"));
        // The names are those of the folder that each file lies in; one may be absolute.
        qemu_img(dir.path(), "create -q -f qcow2 -F qcow2 -b sub/middle {dir}/next");
        qemu_img(dir.path(), "create -q -f qcow2 -F qcow2 -b {dir}/next {dir}/top");
        assert_eq!(alike(&dir.path().join("top")), expected, "{format}");
        // The head is in one file, the rest in others; a subcluster less than a cluster.
        let copy = dir.path().join("copy");
        for (file, at) in [("sub/middle", "1M"), ("next", "0"), ("top", "2M")] {
            write(&dir.path().join(file), &format!("write -P 9 {at} 4k"));
        }
        qemu_img(dir.path(), &format!("convert -O raw {{dir}}/top {}", copy.display()));
        assert_eq!(alike(&dir.path().join("top")), alike(&copy), "{format}");
        for file in ["top", "next", "copy"] {
            fs::remove_file(dir.path().join(file)).unwrap();
        }
    }
}

#[test]
fn a_name_in_a_linked_file_is_looked_for_beside_the_link_as_qemu_does() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    fs::create_dir(dir.path().join("sub")).unwrap();
    fs::copy(&raw, dir.path().join("base")).unwrap();
    fs::File::create(dir.path().join("sub/base")).unwrap().set_len(raw.metadata().unwrap().len()).unwrap();
    overlay(dir.path(), "sub/middle", "base", "raw");
    symlink("sub/middle", dir.path().join("link")).unwrap();
    overlay(dir.path(), "top", "link", "qcow2");
    qemu_img(dir.path(), "convert -O raw {dir}/top {dir}/copy");
    assert_eq!(alike(&dir.path().join("top")), alike(&dir.path().join("copy")));
}

#[test]
fn a_raw_disk_is_raw_whatever_its_guest_has_written_before_its_table() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    let expected = alike(&raw);
    overlay(dir.path(), "other", "secret", "raw");
    let header = fs::read(dir.path().join("other")).unwrap();
    fs::OpenOptions::new().write(true).open(&raw).unwrap().write_all_at(&header[..440], 0).unwrap();
    let table = |disks: &[serde_json::Value]| disks[0]["table"].clone();
    assert!(!table(&expected).is_null());
    assert_eq!(table(&alike(&raw)), table(&expected), "boot code is no header");
}

#[test]
fn a_longer_overlay_reads_zeros_behind_its_backing_file() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    qemu_img(dir.path(), &format!("create -q -f qcow2 -F raw -b {} {{dir}}/short", raw.display()));
    qemu_img(dir.path(), "create -q -f qcow2 -F qcow2 -b short {dir}/long 200G");
    qemu_img(dir.path(), "convert -O raw {dir}/long {dir}/copy");
    assert_eq!(alike(&dir.path().join("long")), alike(&dir.path().join("copy")));
}

#[test]
fn what_an_image_names_is_read_from_its_folder_only_unless_allowed() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("images");
    fs::create_dir(&dir).unwrap();
    fs::rename(node(root.path()), root.path().join("outside")).unwrap();
    symlink("../outside", dir.join("link")).unwrap();
    let scan = |image: &str, options: &[&str]| {
        let mut command = Command::cargo_bin("okv-host").unwrap();
        let output = command.current_dir(&dir).args(["scan", image]).args(options).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    for (name, backing) in [("up", "../outside"), ("by-link", "link"), ("absolute", "/etc/passwd")] {
        overlay(&dir, name, backing, "raw");
        let (status, text) = scan(name, &[]);
        assert_eq!(status, 3, "{text}");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("outside the folder of the image; --backing-anywhere allows such files"), "{text}");
        for format in ["text", "json", "jsonl"] {
            let (status, text) = scan(name, &["--backing-anywhere", "--format", format]);
            assert_eq!((status, text.contains("cannot open")), (0, false), "{text}");
        }
    }
    qemu_img(&dir, "create -q -f qcow2 -o data_file={dir}/../data {dir}/data-outside 1G");
    assert!(problems(&dir.join("data-outside"))[0].contains("outside the folder"));
}

#[test]
fn a_backing_file_that_is_missing_or_leads_in_a_circle_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    overlay(dir.path(), "lonely", "gone", "qcow2");
    let message = problems(&dir.path().join("lonely")).remove(0);
    assert!(message.starts_with("cannot-open: ") && message.contains("gone: No such file"), "{message}");
    overlay(dir.path(), "a", "b", "qcow2");
    overlay(dir.path(), "b", "a", "qcow2");
    overlay(dir.path(), "self", "self", "qcow2");
    for name in ["a", "self"] {
        let message = problems(&dir.path().join(name)).remove(0);
        assert!(message.contains("in a circle"), "{message}");
    }
    for number in 0..70 {
        overlay(dir.path(), &format!("n{number}"), &format!("n{}", number + 1), "qcow2");
    }
    let message = problems(&dir.path().join("n0")).remove(0);
    assert!(message.contains("more than 64 files"), "{message}");
}

#[test]
fn a_raw_backing_file_is_raw_whatever_its_guest_has_written() {
    let dir = tempfile::tempdir().unwrap();
    // The guest made its disk look like an image of a file beside it.
    fs::write(dir.path().join("secret"), vec![7; 1 << 20]).unwrap();
    overlay(dir.path(), "disk", "secret", "raw");
    let file = fs::OpenOptions::new().write(true).open(dir.path().join("disk")).unwrap();
    file.set_len(8 << 30).unwrap();
    overlay(dir.path(), "top", "disk", "raw");
    let disk = crate::scan::scan(&[&dir.path().join("top")]).remove(0);
    assert_eq!((&disk["bytes"], &disk["content"]["kind"]), (&(8_u64 << 30).into(), &"unknown".into()), "{disk}");
}

#[test]
fn an_encrypted_image_is_reported_as_such() {
    let dir = tempfile::tempdir().unwrap();
    let secret = "--object secret,id=s,data=words";
    let options = "-f qcow2 -o encrypt.format=aes,encrypt.key-secret=s";
    qemu_img(dir.path(), &format!("create -q {secret} {options} {{dir}}/image 1G"));
    let image = dir.path().join("image");
    assert!(problems(&image)[0].contains("image: the image is encrypted (AES)"), "{:?}", problems(&image));
    // qemu-img measures how fast the processor is to make one with LUKS, and fails on a busy machine.
    fs::OpenOptions::new().write(true).open(&image).unwrap().write_all_at(&[2], 35).unwrap();
    assert!(problems(&image)[0].contains("image: the image is encrypted (LUKS)"), "{:?}", problems(&image));
}

#[test]
fn snapshots_lie_beside_what_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    let image = dir.path().join("image");
    qemu_img(dir.path(), &format!("convert -O qcow2 {} {{dir}}/image", raw.display()));
    qemu_img(dir.path(), "snapshot -c before {dir}/image");
    let expected = alike(&raw);
    assert_eq!(alike(&image), expected);
    write(&image, "write -P 0 0 1M");
    assert_ne!(alike(&image), expected);
    qemu_img(dir.path(), "snapshot -a before {dir}/image");
    assert_eq!(alike(&image), expected);
}

#[test]
fn an_image_marked_as_dirty_or_corrupt_is_read_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    let image = dir.path().join("image");
    qemu_img(dir.path(), &format!("convert -O qcow2 {} {{dir}}/image", raw.display()));
    for (bit, word) in [(1, "image-not-closed: the image was not closed"), (2, "image-damaged: the image is marked")] {
        fs::OpenOptions::new().write(true).open(&image).unwrap().write_all_at(&[bit], 79).unwrap();
        let problems = problems(&image);
        assert!(problems[0].starts_with(word), "{problems:?}");
        let disk = crate::scan::scan(&[&image]).remove(0);
        assert_eq!(disk["partitions"], crate::scan::scan(&[&raw]).remove(0)["partitions"]);
    }
}

#[test]
fn a_name_in_an_image_is_shown_without_control_characters() {
    let dir = tempfile::tempdir().unwrap();
    overlay(dir.path(), "image", "gone\u{1b}[31m\u{7}red", "raw");
    for format in ["text", "json", "jsonl"] {
        let mut command = Command::cargo_bin("okv-host").unwrap();
        let output = command.current_dir(dir.path()).args(["scan", "image", "--format", format]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("gone") && !text.contains(['\u{1b}', '\u{7}']), "{text:?}");
    }
}

#[test]
fn the_text_of_a_scan_names_the_format() {
    let dir = tempfile::tempdir().unwrap();
    qemu_img(dir.path(), "create -q -f qcow2 {dir}/image 1G");
    let mut command = Command::cargo_bin("okv-host").unwrap();
    let output = command.current_dir(dir.path()).args(["scan", "image"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("image\n  qcow2, 1073741824 B (1.00 GiB), sectors of 512 B, no partition table\n"),
        "{text}"
    );
}
