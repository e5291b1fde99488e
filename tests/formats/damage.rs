//! Images that are damaged at every entry of a table, or cut off at every block: an answer each time, soon, in little
//! memory, and no part of a disk is lost in silence.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::disks::{alike, fixtures, qemu_img, unpack};
use crate::scan::scan;

const FORMATS: &[&str] = &[
    "-O qcow2 -o cluster_size=4k",
    "-O qcow2 -o extended_l2=on,cluster_size=16k",
    "-c -O qcow2 -o cluster_size=4k",
    "-c -O qcow2 -o compression_type=zstd",
    "-O vmdk",
    "-O vmdk -o subformat=streamOptimized",
    "-O vmdk -o subformat=monolithicFlat",
    "-O vhdx -o block_size=1M",
];

/// The longest that an answer may take in a build for tests.
const LONGEST: Duration = Duration::from_secs(5);
/// The most places of a file that are damaged; those of larger files are spread.
const MOST_PLACES: usize = 1500;

fn each_format(work: impl Fn(&Path, &Path, &str)) {
    for options in FORMATS {
        let dir = tempfile::tempdir().unwrap();
        let (raw, image) = (dir.path().join("raw"), dir.path().join("image"));
        unpack(&fixtures().join("mbr-lvm-node/disk"), &raw);
        qemu_img(dir.path(), &format!("convert -f raw {options} {} {}", raw.display(), image.display()));
        work(&raw, &image, options);
    }
}

fn timed(image: &Path, what: &str) -> Value {
    let started = Instant::now();
    let disk = scan(&[image]).remove(0);
    assert!(started.elapsed() < LONGEST, "{what}: {:?}", started.elapsed());
    disk
}

#[test]
fn an_image_that_is_cut_off_gives_the_whole_answer_or_a_problem() {
    each_format(|raw, image, options| {
        let expected = alike(raw);
        let file = OpenOptions::new().write(true).open(image).unwrap();
        let bytes = file.metadata().unwrap().len();
        let step = usize::try_from(bytes / 1500 / 512 * 512).unwrap().max(512);
        for len in (512..bytes).rev().step_by(step) {
            file.set_len(len).unwrap();
            let disk = timed(image, options);
            let lost = |disk: &Value| {
                let ids = ["cannot-open", "read-error", "image-damaged"];
                disk["problems"].as_array().unwrap().iter().any(|p| ids.iter().any(|id| p["id"] == *id))
            };
            assert!(lost(&disk) || alike(image) == expected, "{options}: cut at {len}: {disk:#}");
        }
    });
}

#[test]
fn damage_at_every_entry_of_a_table_ends_in_an_answer() {
    each_format(|_, image, options| {
        let bytes = fs::read(image).unwrap();
        let file = OpenOptions::new().write(true).open(image).unwrap();
        let places: Vec<usize> =
            (0..bytes.len() / 4 * 4).step_by(4).filter(|at| bytes[*at..*at + 4] != [0; 4] || *at < 512).collect();
        // The head in full: what follows is data in part.
        let rest = places.len().div_ceil(MOST_PLACES);
        for at in places.iter().enumerate().filter(|(i, at)| **at < 512 || i % rest == 0).map(|(_, at)| *at) {
            let old = <[u8; 4]>::try_from(&bytes[at..at + 4]).unwrap();
            for new in [[0; 4], [0xff; 4], old.map(|b| b ^ 1), old.map(|b| b.rotate_left(3) ^ 0x40)] {
                file.write_all_at(&new, at as u64).unwrap();
                timed(image, &format!("{options}: {new:x?} at {at}"));
            }
            file.write_all_at(&old, at as u64).unwrap();
        }
    });
}

#[test]
fn whatever_an_image_claims_a_scan_takes_less_than_64_mib() {
    let dir = tempfile::tempdir().unwrap();
    let create = |name: &str, line: &str| qemu_img(dir.path(), &format!("create -q -f {line} {{dir}}/{name} 60T"));
    create("large", "qcow2 -o cluster_size=2M");
    create("large.vhdx", "vhdx");
    // Every entry leads to itself, or to the same packed cluster.
    let head = fs::read(dir.path().join("large")).unwrap();
    for (name, entry) in [("self", 3_u64 << 21), ("packed", 1 << 62 | 0x3fff << 49 | 3 << 21), ("zero", 1)] {
        let file = File::create(dir.path().join(name)).unwrap();
        file.write_all_at(&head[..4096], 0).unwrap();
        file.write_all_at(&(3_u64 << 21).to_be_bytes(), 40).unwrap();
        let table: Vec<u8> = (3_u64 << 21).to_be_bytes().repeat(1 << 18);
        file.write_all_at(&table, 3 << 21).unwrap();
        let second: Vec<u8> = entry.to_be_bytes().repeat(1 << 18);
        file.write_all_at(&second, 4 << 21).unwrap();
        if name != "self" {
            file.write_all_at(&(4_u64 << 21).to_be_bytes().repeat(1 << 18), 3 << 21).unwrap();
        }
    }
    let text = "RW 4192256 SPARSE \"gone\"\n".repeat(5000);
    fs::write(dir.path().join("extents"), format!("# Disk DescriptorFile\n{text}")).unwrap();
    fs::write(dir.path().join("text"), "# Disk DescriptorFile\n".repeat(200_000)).unwrap();
    // A chain of many files with the largest clusters, each of which is packed.
    qemu_img(dir.path(), "create -q -f raw {dir}/zeros 4M");
    qemu_img(dir.path(), "convert -c -O qcow2 -o cluster_size=2M {dir}/zeros {dir}/n0");
    for number in 1..60 {
        let line = format!("create -q -f qcow2 -F qcow2 -b n{} -o cluster_size=2M {{dir}}/n{number}", number - 1);
        qemu_img(dir.path(), &line);
    }
    let binary = assert_cmd::cargo::cargo_bin("okv-host");
    for name in ["large", "large.vhdx", "self", "packed", "zero", "extents", "text", "n59"] {
        let started = Instant::now();
        let output = Command::new("/bin/bash")
            .args(["-c", "ulimit -d 65536 && exec timeout 60 \"$0\" scan --format json \"$1\""])
            .arg(&binary)
            .arg(dir.path().join(name))
            .output()
            .unwrap();
        let json: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|e| panic!("{name}: {e}: {}", String::from_utf8_lossy(&output.stderr)));
        assert!(json[0]["problems"].as_array().unwrap().len() < 256, "{name}");
        assert!(started.elapsed() < Duration::from_secs(20), "{name}: {:?}", started.elapsed());
    }
}
