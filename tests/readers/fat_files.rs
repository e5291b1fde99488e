//! Small FAT file systems, and sums of short names that are made right on them.

use std::sync::Arc;

use super::Reader;
use super::parts::Parts;
use crate::base::bytes::{le16, le32};
use crate::disk::filesystem::fat::Fat;
use crate::disk::filesystem::fat::sample::Sample;
use crate::disk::filesystem::{Content, FileImage, FileSystem, MOST_EXTENTS};
use crate::disk::format::vfat::bpb::Width;
use crate::io::image::Image;

pub(super) const READERS: &[Reader] = &[Reader {
    name: "fat-files",
    sources: &[
        "disk/filesystem/fat/chain",
        "disk/filesystem/fat/entry",
        "disk/filesystem/fat/folder",
        "disk/filesystem/fat/geometry",
        "disk/filesystem/fat/mod",
        "disk/filesystem/fat/name",
        "disk/filesystem/fat/table",
        "disk/filesystem/fat/volume",
    ],
    seeds: || [Width::Fat12, Width::Fat16, Width::Fat32].map(seed).to_vec(),
    read,
}];

/// Largest volume that is made of an input.
const LARGEST: u64 = 1 << 36;

/// A byte of control, and the image to the last cluster that has something.
fn seed(width: Width) -> Vec<u8> {
    let mut sample = Sample::filled(width);
    sample.bytes.truncate(sample.cluster(11));
    sample.bytes.insert(0, 0);
    sample.bytes
}

/// Gives the slots of each long name the sum of the short name behind them.
fn seal(image: &mut [u8]) {
    let mut sum = None;
    for entry in image.chunks_exact_mut(32).rev() {
        if entry[11] != 0x0f {
            sum = Some(entry[..11].iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte)));
        } else if let Some(sum) = sum {
            entry[13] = sum;
        }
    }
}

/// Control: whether sums are made right. Then an image, with zeros behind it as far as its boot sector says.
fn read(data: &[u8]) {
    let Some((control, image)) = data.split_first() else { return };
    let mut image = image.to_vec();
    image.resize(image.len().max(512), 0);
    if control & 1 == 0 {
        seal(&mut image[512..]);
    }
    let field = |at: usize| le16(&image, at).map(u64::from).unwrap_or_default();
    let sectors = if field(19) == 0 { le32(&image, 32).map(u64::from).unwrap_or_default() } else { field(19) };
    let bytes = (sectors * field(11)).clamp(image.len() as u64, LARGEST);
    let volume: Arc<dyn Image> = Arc::new(Parts::new(bytes, None).with(0, &image));
    let Ok(files) = Fat::open(Arc::clone(&volume)) else { return };
    let (mut ahead, mut seen) = (vec![files.top()], 0);
    while let Some(number) = ahead.pop().filter(|_| seen < 64) {
        seen += 1;
        let Ok(known) = files.inode(number) else { continue };
        if let Ok(names) = files.names(number, 1000) {
            assert!(known.is_folder() && names.len() <= 1000);
            let named = |name: &Vec<u8>| !name.is_empty() && !name.contains(&b'/') && !name.contains(&0);
            assert!(names.iter().all(|entry| named(&entry.name)));
            if let Some(last) = names.last().filter(|last| last.name.iter().any(|byte| *byte != b'.')) {
                assert!(matches!(files.find(number, &last.name), Ok(Some(_))));
            }
            ahead.extend(names.iter().map(|entry| entry.inode));
        }
        if let Ok(content) = files.content(number) {
            assert!(known.is_file());
            assert!(matches!(&content, Content::Extents { extents, .. } if extents.len() <= MOST_EXTENTS));
            let file = FileImage::new(Arc::clone(&volume), content).expect("extents in order, within the volume");
            let _ = file.read_at(&mut [0; 4096], 0);
        }
    }
}
