//! The program's answers, byte for byte.

use std::fs;

use assert_cmd::Command;
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};

use crate::fixture::{self, Fixture};

/// A container holds what a scan reads: a few KiB, of LUKS the whole head.
const LARGEST: u64 = 80 << 10;

/// Fixtures so damaged that partitions or volume groups cannot be shown.
const INCOMPLETE: &[&str] = &["gpt-damaged-both", "gpt-shrunk-disk", "lvm-damaged-text", "protective-mbr-alone"];

fn scan(fixture: &Fixture, options: &[&str]) -> String {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    // From within the folder, so that the paths in the answer are the same on every machine.
    let output = command.current_dir(&fixture.folder).arg("scan").args(options).args(&fixture.disks).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    // Of these a part of the answer is missing, and the exit status says so.
    let incomplete = INCOMPLETE.contains(&fixture.name.as_str());
    let status = if incomplete { 3 } else { 0 };
    assert_eq!((output.status.code(), &*stderr), (Some(status), ""), "{}", fixture.name);
    String::from_utf8(output.stdout).unwrap()
}

/// An array of disks without how it was made, which is the same for every image of a version.
fn without_made(answer: &str) -> String {
    let mut disks = answer.split(",\n    \"made\": {");
    let first = disks.next().unwrap().to_owned();
    disks.fold(first, |text, disk| text + disk.split_once("\n    }").unwrap().1)
}

/// Compares with the golden text in `file`, or renews it where `SNAPSHOTS=overwrite` is set.
fn differs(fixture: &Fixture, file: &str, answer: String) -> Option<String> {
    let golden = Data::read_from(&fixture.folder.join(file), Some(DataFormat::Text)).raw();
    let assert = Assert::new().action_env("SNAPSHOTS");
    assert.try_eq(Some(&format!("{}/{file}", fixture.name)), Data::text(answer), golden).err().map(|e| e.to_string())
}

#[test]
fn every_image_scans_as_its_golden_texts() {
    let fixtures = fixture::all();
    assert!(fixtures.len() >= 40, "only {} images", fixtures.len());
    let mut wrong = Vec::new();
    for fixture in &fixtures {
        wrong.extend(differs(fixture, "scan.txt", scan(fixture, &[])));
        wrong.extend(differs(fixture, "scan.json", without_made(&scan(fixture, &["--format", "json"]))));
    }
    assert!(wrong.is_empty(), "{} golden texts differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_line_of_a_golden_text_is_wider_than_80_columns() {
    for fixture in fixture::all() {
        let text = fs::read_to_string(fixture.folder.join("scan.txt")).unwrap();
        let wide: Vec<_> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{}: {wide:#?}", fixture.name);
    }
}

#[test]
fn every_image_has_a_recipe_a_row_in_the_index_and_a_few_kib() {
    let index = fs::read_to_string(fixture::root().join("README.md")).unwrap();
    let fixtures = fixture::all();
    for Fixture { name, folder, disks } in &fixtures {
        assert!(folder.join("recipe.sh").is_file() && !disks.is_empty(), "{name}");
        assert!(index.contains(&format!("| [{name}](images/{name}/recipe.sh) |")), "{name} is not in the index");
        for disk in disks {
            let bytes = folder.join(disk).metadata().unwrap().len();
            assert!(bytes <= LARGEST, "{name}/{disk} has {bytes} bytes");
        }
    }
    let rows = index.lines().filter(|line| line.contains("](images/")).count();
    assert_eq!(rows, fixtures.len(), "rows of the index and folders");
}
