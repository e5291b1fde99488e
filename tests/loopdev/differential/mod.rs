//! The differential test: disks made with the real tools, read by them and by us, and compared field by field.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fmt, thread};

use known::{KNOWN, Known};
use make::{Made, MadeDisk};
use peers::{ABSENT, Fields};
use spec::Case;

use crate::support::scan::scan;
use crate::support::tools::ToolFailed;

pub(crate) mod cases;
mod known;
mod lvm;
mod make;
mod ours;
mod peers;
mod spec;

/// Fewer images than this and the test has lost its worth.
const LEAST_IMAGES: usize = 60;

#[test]
fn a_scan_agrees_with_sfdisk_blkid_and_lvm() {
    let cases = cases::all();
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = compare(case).map_err(|e| format!("{}: {e}", case.name));
                    results.lock().unwrap().push(result);
                }
            });
        }
    });
    let (results, failures): (Vec<_>, Vec<_>) = results.into_inner().unwrap().into_iter().partition(Result::is_ok);
    let failures: Vec<_> = failures.into_iter().filter_map(Result::err).collect();
    assert!(
        failures.is_empty(),
        "{} images could not be made or read by a peer:\n{}",
        failures.len(),
        failures.join("\n")
    );
    let results: Vec<_> = results.into_iter().flatten().collect();
    let images: usize = results.iter().map(|r| r.images).sum();
    let fields: usize = results.iter().map(|r| r.fields).sum();
    let differences: Vec<_> = results.into_iter().flat_map(|r| r.differences).collect();
    let (known, new): (Vec<_>, Vec<_>) = differences.iter().partition(|d| d.known().is_some());
    // Past the test runner's capture: how much was compared belongs into the log of every run.
    let summary = format!("differential: {images} images, {fields} fields compared, {} known differences", known.len());
    writeln!(std::io::stderr(), "{summary}").unwrap();
    let idle: Vec<_> =
        KNOWN.iter().filter(|k| !differences.iter().any(|d| k.covers(d.peer, &d.case, &d.field))).collect();
    assert!(new.is_empty(), "{summary}\n{}", new.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    assert!(idle.is_empty(), "known differences that are none any more: {idle:#?}");
    assert!(images >= LEAST_IMAGES, "{summary}");
}

struct Compared {
    images: usize,
    fields: usize,
    differences: Vec<Difference>,
}

struct Difference {
    peer: &'static str,
    case: String,
    field: String,
    theirs: String,
    ours: String,
}

impl Difference {
    fn known(&self) -> Option<&'static Known> {
        KNOWN.iter().find(|k| k.covers(self.peer, &self.case, &self.field))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { peer, case, field, theirs, ours } = self;
        write!(f, "{case}: {field}: {peer} says {theirs}, the scan says {ours}")?;
        self.known().map_or(Ok(()), |known| write!(f, " ({})", known.why))
    }
}

fn compare(case: &Case) -> Result<Compared, ToolFailed> {
    let dir = tempfile::tempdir().expect("a folder for the images");
    let made = make::make(case, dir.path())?;
    let mut result = Compared { images: made.disks.len(), fields: 0, differences: Vec::new() };
    let mut check = |peer: &'static str, theirs: Fields, ours: &Fields| {
        for (field, theirs) in theirs {
            result.fields += 1;
            let ours = ours.get(&field).map_or(ABSENT, String::as_str).to_owned();
            if theirs != ours {
                result.differences.push(Difference { peer, case: case.name.clone(), field, theirs, ours });
            }
        }
    };
    let devices: Vec<&Path> = made.disks.iter().map(|d| d.attached.device()).collect();
    let ours = scan(&devices);
    assert_eq!(ours.len(), devices.len(), "one answer a disk");
    for (disk, ours) in made.disks.iter().zip(&ours) {
        let ours = ours::disk_fields(ours);
        check("sfdisk", peers::sfdisk::fields(disk.attached.device())?, &ours);
        check("blkid", peers::blkid::disk(disk.attached.device())?, &ours);
        for number in &disk.partitions {
            check("blkid", peers::blkid::partition(&disk.attached.partition(*number), *number)?, &ours);
        }
    }
    let node = |path: &Path, partition| device_node(&made, path, partition);
    check("lvm", peers::lvm::fields(&made.lvm)?, &ours::volume_group_fields(&ours, node));
    // The image files, whose sector size nobody tells, must read like the devices.
    let files: Vec<&Path> = made.disks.iter().map(|d| d.image.as_path()).collect();
    for (disk, (device, file)) in made.disks.iter().zip(ours.iter().zip(scan(&files))) {
        let MadeDisk { sector_bytes, .. } = disk;
        let mut device = ours::disk_fields(device);
        // Only a table tells the sector size of a file.
        if device["table.kind"] != "none" {
            device.insert("sector_bytes".into(), sector_bytes.to_string());
        }
        let mut file_fields = ours::disk_fields(&file);
        file_fields.insert("sector_bytes".into(), file["sector_bytes"].to_string());
        check(known::DEVICE, device, &file_fields);
        let assumed = file["problems"].as_array().is_some_and(|p| p.iter().any(|p| p["id"] == "sector-size-assumed"));
        assert!(assumed || file["sector_bytes"] == *sector_bytes || file["table"]["kind"] == "none", "{}", case.name);
    }
    Ok(result)
}

/// The device of a partition, or of the whole disk.
fn device_node(made: &Made, disk: &Path, partition: Option<u64>) -> PathBuf {
    let Some(found) = made.disks.iter().find(|d| d.attached.device() == disk) else { return disk.to_path_buf() };
    match partition {
        Some(number) => found.attached.partition(u32::try_from(number).expect("a partition number")),
        None => disk.to_path_buf(),
    }
}
