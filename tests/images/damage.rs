//! Whole images damaged: cut short, unreadable somewhere, a byte inverted. A scan always ends, and says what it could
//! not read.

use crate::fixture::{self, Fixture};
use okv_host::base::units::{ByteRange, SectorSize};
use okv_host::disk::{self, Disk, ProblemId, Source};
use okv_host::io::image::{self, Faulty, Image, ReadError, Recording, Slice};

/// An image that lives as long as the test, so that any number of damaged views of it can be made.
type Shared = &'static dyn Image;

fn open(fixture: &Fixture) -> Vec<Shared> {
    let open = |disk: &String| -> Shared { Box::leak(image::open(&fixture.folder.join(disk)).unwrap()) };
    fixture.disks.iter().map(open).collect()
}

/// Scans the disks of a fixture with `view` in place of the first one.
fn scan(disks: &[Shared], view: Box<dyn Image>) -> Vec<Disk> {
    let others = disks[1..].iter().map(|disk| whole(*disk));
    let images = std::iter::once(view).chain(others);
    let sources: Vec<_> = images.enumerate().map(|(i, image)| Source::new(format!("disk{i}"), Ok(image))).collect();
    let answer = disk::scan(&sources);
    assert_eq!(answer.len(), disks.len());
    answer
}

fn whole(disk: Shared) -> Box<dyn Image> {
    Box::new(Slice::new(disk, ByteRange::new(0, disk.bytes()).unwrap()))
}

/// What a scan reads of the first disk.
fn reads(disks: &[Shared]) -> Vec<ByteRange> {
    let recording: &'static Recording<'static> = Box::leak(Box::new(Recording::new(disks[0])));
    scan(disks, Box::new(Slice::new(recording, ByteRange::new(0, disks[0].bytes()).unwrap())));
    recording.reads()
}

/// Offsets to damage an image at: all, or some of those of an image of a hundred partitions, whose every scan takes
/// long.
fn some(offsets: Vec<u64>) -> impl Iterator<Item = u64> {
    const MANY: usize = 2000;
    const FEW: usize = 40;
    let step = if offsets.len() > MANY { offsets.len() / FEW } else { 1 };
    offsets.into_iter().step_by(step)
}

/// The first byte of every 512-byte block that a scan reads.
fn blocks(disks: &[Shared]) -> Vec<u64> {
    let mut blocks: Vec<u64> =
        reads(disks).iter().flat_map(|read| read.start() / 512..read.end().div_ceil(512)).map(|n| n * 512).collect();
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}

#[test]
fn a_disk_that_fails_anywhere_is_reported_as_such() {
    for fixture in fixture::all() {
        let disks = open(&fixture);
        for block in some(blocks(&disks)) {
            let bad = ByteRange::new(block, 1).unwrap();
            let answer = scan(&disks, Box::new(Faulty::new(disks[0], bad)));
            let told = answer[0].problems.iter().any(|p| p.id == ProblemId::ReadError);
            assert!(told, "{}: nothing is said of an error at byte {block}", fixture.name);
        }
    }
}

#[test]
fn a_disk_cut_short_anywhere_is_scanned_to_its_end() {
    for fixture in fixture::all() {
        let disks = open(&fixture);
        for block in some(blocks(&disks)) {
            for bytes in [block, block + 511] {
                let cut = Slice::new(disks[0], ByteRange::new(0, bytes).unwrap());
                assert_eq!(scan(&disks, Box::new(cut))[0].bytes, bytes.min(disks[0].bytes()), "{}", fixture.name);
            }
        }
    }
}

/// The image with every bit of one byte inverted.
struct Inverted(Shared, u64);

impl Image for Inverted {
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.0.sector_size()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        self.0.read_at(buf, at)?;
        if let Some(byte) = self.1.checked_sub(at).and_then(|i| buf.get_mut(usize::try_from(i).ok()?)) {
            *byte = !*byte;
        }
        Ok(())
    }
}

#[test]
fn an_inverted_byte_never_hides_that_something_is_there() {
    // Each parser's own tests invert every byte; here every 61st of whole disks is enough.
    for fixture in fixture::all() {
        let disks = open(&fixture);
        let is_blank = |answer: &[Disk]| answer[0].content.kind == okv_host::disk::format::content::Kind::Blank;
        if is_blank(&scan(&disks, whole(disks[0]))) {
            continue;
        }
        let holds_data = |block: &u64| {
            let mut bytes = [0; 512];
            disks[0].read_at(&mut bytes, *block).is_ok() && bytes != [0; 512]
        };
        let blocks = blocks(&disks).into_iter().filter(holds_data);
        for at in some(blocks.flat_map(|block| (block..block + 512).step_by(61)).collect()) {
            let answer = scan(&disks, Box::new(Inverted(disks[0], at)));
            assert!(!is_blank(&answer), "{}: blank with byte {at} inverted", fixture.name);
        }
    }
}
