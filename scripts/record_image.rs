//! Packs exactly what a scan reads of disks into sparse containers: how the fixtures in `fixtures/images` are cut.
//!
//! ```text
//! cargo run --example record-image -- FOLDER DISK...
//! ```
//!
//! The disks are scanned together, as one machine's. Each container goes into FOLDER under the name of its disk, or of
//! `NAME` where a disk is given as `NAME=PATH`. Then the containers are scanned, and must read like the disks.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use okv_host::base::units::SectorSize;
use okv_host::disk::{self, Source};
use okv_host::io::image::{self, Image, ReadError, Recording, sparse};

/// A recording that is scanned and then asked: it lives as long as the program.
struct Recorded(&'static Recording<'static>);

impl Image for Recorded {
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.0.sector_size()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        self.0.read_at(buf, at)
    }
}

struct Disk {
    name: String,
    image: &'static dyn Image,
    recording: &'static Recording<'static>,
}

fn open(word: &str) -> Result<Disk, Box<dyn Error>> {
    let (name, path) = match word.split_once('=') {
        Some((name, path)) => (name.to_owned(), Path::new(path)),
        None => (Path::new(word).file_name().unwrap_or_default().to_string_lossy().into_owned(), Path::new(word)),
    };
    let image = image::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let image: &'static dyn Image = Box::leak(image);
    let recording = Box::leak(Box::new(Recording::new(image)));
    Ok(Disk { name, image, recording })
}

fn record(folder: &Path, disks: &[Disk]) -> Result<(), Box<dyn Error>> {
    let sources: Vec<_> =
        disks.iter().map(|d| Source::new(d.name.clone(), Ok(Box::new(Recorded(d.recording))))).collect();
    let of_disks = disk::scan(&sources);
    let mut containers = Vec::new();
    for disk in disks {
        let path = folder.join(&disk.name);
        fs::write(&path, sparse::pack(disk.image, &disk.recording.reads())?)?;
        containers.push(Source::open_as(disk.name.clone(), &path));
    }
    if disk::scan(&containers) != of_disks {
        return Err(format!("{}: the containers do not read like the disks", folder.display()).into());
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let folder = words.next().map(PathBuf::from).ok_or("usage: record-image FOLDER DISK...")?;
    let disks = words.map(|word| open(&word)).collect::<Result<Vec<_>, _>>()?;
    record(&folder, &disks)
}
