//! Packs the few blocks of a disk or image that matter into a sparse container, as the fixtures are stored.
//!
//! ```text
//! cargo run --example pack-image -- IMAGE OUT [--sector BYTES] [--keep OFFSET:LENGTH]...
//! ```
//!
//! Both ends of the disk are always kept, which is where partition tables and signatures of whole disks lie; `--keep`
//! adds the starts of partitions and volumes. `--sector` makes the container one of a device of that logical block
//! size.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use okv_host::base::units::{ByteRange, SectorSize};
use okv_host::io::image::{self, Image, ReadError, sparse};

/// Bytes kept of the start: the signature farthest in that belongs to a whole disk (btrfs, at 64 KiB) ends before.
const HEAD: u64 = 72 << 10;
/// Bytes kept of the end: two zfs labels and, closer to the end, everything else.
const TAIL: u64 = (512 << 10) + (72 << 10);

struct Arguments {
    image: PathBuf,
    out: PathBuf,
    sector: Option<SectorSize>,
    keep: Vec<ByteRange>,
}

impl Arguments {
    fn parse(words: impl Iterator<Item = String>) -> Option<Self> {
        let (mut paths, mut sector, mut keep) = (Vec::new(), None, Vec::new());
        let mut words = words;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--sector" => sector = Some(SectorSize::new(words.next()?.parse().ok()?)?),
                "--keep" => {
                    let range = words.next()?;
                    let (at, len) = range.split_once(':')?;
                    keep.push(ByteRange::new(at.parse().ok()?, len.parse().ok()?)?);
                }
                _ => paths.push(PathBuf::from(word)),
            }
        }
        let out = paths.pop()?;
        let image = paths.pop()?;
        paths.is_empty().then_some(Self { image, out, sector, keep })
    }
}

/// An image as if it were a device of another logical block size.
struct Sectored {
    image: Box<dyn Image>,
    sector: Option<SectorSize>,
}

impl Image for Sectored {
    fn bytes(&self) -> u64 {
        self.image.bytes()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.sector.or_else(|| self.image.sector_size())
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        self.image.read_at(buf, at)
    }
}

/// What to keep. To keep exactly what a scan reads, scan `image` through an [`image::Recording`] here and return its
/// reads.
fn wanted(image: &dyn Image, keep: &[ByteRange]) -> Vec<ByteRange> {
    let tail = image.bytes().saturating_sub(TAIL);
    let ends = [ByteRange::new(0, HEAD), ByteRange::new(tail, image.bytes() - tail)];
    ends.into_iter().flatten().chain(keep.iter().copied()).collect()
}

fn pack(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let about = |path: &Path, e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let image = image::open(&arguments.image).map_err(|e| about(&arguments.image, &e))?;
    let image = Sectored { image, sector: arguments.sector };
    let packed = sparse::pack(&image, &wanted(&image, &arguments.keep)).map_err(|e| about(&arguments.image, &e))?;
    fs::write(&arguments.out, packed).map_err(|e| about(&arguments.out, &e))?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "usage: pack-image IMAGE OUT [--sector BYTES] [--keep OFFSET:LENGTH]...";
    pack(&Arguments::parse(env::args().skip(1)).ok_or(usage)?)
}
