//! `check --image` judges a node in every format as it judges the raw disk.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

use crate::disks::{node, qemu_img};
use crate::tools::run;

fn check(image: &Path, shown: &str) -> (i32, Value) {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    let output = command.args(["check", "--format", "json", "--image"]).arg(image).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap().replace(shown, "DISK");
    let mut answer: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    answer["made"] = Value::Null;
    (output.status.code().unwrap(), answer)
}

#[test]
fn a_powered_off_node_is_judged_the_same_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    let raw = node(dir.path());
    let expected = check(&raw, &raw.to_string_lossy());
    assert_ne!(expected.0, 2, "usage");
    let image = dir.path().join("image");
    for options in ["-c -O qcow2", "-O vmdk", "-O vhdx"] {
        qemu_img(dir.path(), &format!("convert {options} {} {{dir}}/image", raw.display()));
        assert_eq!(check(&image, &image.to_string_lossy()), expected, "{options}");
    }
    std::fs::write(dir.path().join("node.ovf"), "<Envelope/>").unwrap();
    qemu_img(dir.path(), &format!("convert -O vmdk -o subformat=streamOptimized {} {{dir}}/image", raw.display()));
    let (folder, ova) = (dir.path().to_string_lossy(), dir.path().join("node.ova"));
    run("tar", &["-C", &folder, "-cf", &ova.to_string_lossy(), "node.ovf", "image"]);
    assert_eq!(check(&ova, &format!("{}/image", ova.display())), expected);
}

#[test]
fn a_node_whose_image_cannot_be_read_is_unknown_for_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    qemu_img(dir.path(), "create -q -u -f qcow2 -F qcow2 -b /elsewhere/base {dir}/image 8G");
    let (status, answer) = check(&dir.path().join("image"), "-");
    assert_eq!((status, &answer["verdict"]), (3, &"unknown".into()));
    assert!(answer.to_string().contains("/elsewhere/base: No such file or directory"), "{answer:#}");
}
