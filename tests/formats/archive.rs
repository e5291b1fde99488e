//! OVA: the disks of a machine in a tar archive.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

use crate::disks::{fixtures, problems, qemu_img, unpack};
use crate::scan::scan;
use crate::tools::run;

const TWO_DISKS: &str = "lvm-striped";

/// An appliance with two disks, and the disks as raw files beside it.
fn appliance(dir: &Path, format: &str, convert: &str) {
    fs::write(dir.join("node.ovf"), "<Envelope/>").unwrap();
    fs::write(dir.join("node.mf"), "SHA256(node.ovf)= 0").unwrap();
    for number in [1, 2] {
        unpack(&fixtures().join(TWO_DISKS).join(format!("disk{number}")), &dir.join(format!("raw{number}")));
        qemu_img(dir, &format!("convert -f raw {convert} {{dir}}/raw{number} {{dir}}/node-disk{number}.vmdk"));
    }
    let files = ["node.ovf", "node.mf", "node-disk1.vmdk", "node-disk2.vmdk"];
    let folder = dir.to_string_lossy();
    let archive = dir.join("node.ova").to_string_lossy().into_owned();
    let options = format!("--format={format}");
    run("tar", &[&[&*options, "-C", &folder, "-cf", &archive], &files[..]].concat());
    for number in [1, 2] {
        fs::remove_file(dir.join(format!("node-disk{number}.vmdk"))).unwrap();
    }
}

/// Without what differs from the raw disks.
fn alike(disks: &[Value], names: [&str; 2]) -> Vec<Value> {
    let text = Value::from(disks.to_vec()).to_string();
    let text = text.replace(names[0], "DISK1").replace(names[1], "DISK2");
    let mut disks: Vec<Value> = serde_json::from_str(&text).unwrap();
    disks.iter_mut().for_each(|disk| disk["image_type"] = Value::Null);
    disks
}

#[test]
fn the_disks_of_an_archive_are_read_in_place_and_belong_together() {
    for (format, convert) in [
        ("ustar", "-O vmdk -o subformat=streamOptimized"),
        ("gnu", "-O vmdk"),
        ("pax", "-O qcow2 -c"),
        ("posix", "-O raw"),
        ("ustar", "-O vhdx"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        appliance(dir.path(), format, convert);
        let (one, two, ova) = (dir.path().join("raw1"), dir.path().join("raw2"), dir.path().join("node.ova"));
        let (one_shown, two_shown) = (one.to_string_lossy(), two.to_string_lossy());
        let expected = alike(&scan(&[&one, &two]), [&one_shown, &two_shown]);
        let names = [1, 2].map(|number| format!("{}/node-disk{number}.vmdk", ova.display()));
        let names = [names[0].as_str(), names[1].as_str()];
        assert_eq!(alike(&scan(&[&ova]), names), expected, "{format} {convert}");
        // The same where each file stands alone.
        let output = Command::cargo_bin("okv-host").unwrap().args(["scan", "--format", "jsonl"]).arg(&ova).output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(alike(&lines, names), expected, "{format} {convert}");
    }
}

#[test]
fn an_archive_that_is_cut_off_or_has_no_disk_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    appliance(dir.path(), "ustar", "-O vmdk -o subformat=streamOptimized");
    let ova = dir.path().join("node.ova");
    let whole = fs::read(&ova).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&ova).unwrap();
    for len in (1536..whole.len() - 10_240).step_by(512).rev() {
        file.set_len(len as u64).unwrap();
        let disks = scan(&[&ova]);
        let cut = disks.iter().flat_map(|disk| disk["problems"].as_array().unwrap()).any(|p| p["id"] == "cannot-open");
        assert!(cut, "cut at {len}: {disks:#?}");
    }
    fs::write(&ova, [&whole[..1024], &[0; 1024]].concat()).unwrap();
    assert!(problems(&ova)[0].contains("there is no disk in the archive"), "{:?}", problems(&ova));
}

#[test]
fn a_disk_in_an_archive_names_no_other_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("node.ovf"), "<Envelope/>").unwrap();
    qemu_img(dir.path(), "create -q -u -f qcow2 -F raw -b node.ovf {dir}/a.qcow2 1G");
    let folder = dir.path().to_string_lossy();
    let ova = dir.path().join("x.ova");
    run("tar", &["--format=ustar", "-C", &folder, "-cf", &ova.to_string_lossy(), "node.ovf", "a.qcow2"]);
    assert!(problems(&ova)[0].contains("not looked for in an archive"), "{:?}", problems(&ova));
}

#[test]
fn a_disk_that_is_compressed_or_without_its_holes_is_reported_and_not_shown_as_another_one() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("node.ovf"), "<Envelope/>").unwrap();
    fs::write(dir.path().join("a.vmdk"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]).unwrap();
    let sparse = fs::File::create(dir.path().join("b.img")).unwrap();
    sparse.set_len(8 << 20).unwrap();
    let folder = dir.path().to_string_lossy();
    let ova = dir.path().join("x.ova");
    for format in ["gnu", "posix"] {
        let options = ["--format", format, "--sparse", "-C", &*folder, "-cf", &*ova.to_string_lossy()];
        run("tar", &[&options[..], &["node.ovf", "a.vmdk", "b.img"]].concat());
        let disks = scan(&[&ova]);
        let why = |at: usize| disks[at]["problems"][0]["message"].as_str().unwrap().to_owned();
        assert!(disks.len() == 2 && why(0).contains("gzip") && why(1).contains("holes left out"), "{disks:#?}");
        assert!(disks.iter().all(|disk| disk["problems"][0]["id"] == "cannot-open"), "{disks:#?}");
    }
}
