//! Formats that are only recognised: images of the real tools, images written here and proved by `blkid` and `mdadm`,
//! and damage.

mod battery;
mod craft;
mod crafted;
mod foreign;
mod never_blank;
#[path = "../support/mod.rs"]
mod support;
mod tools;
mod udf;

use std::ops::Range;

use okv_host::disk::format::content::Found;
use okv_host::disk::format::windows::Windows;
use okv_host::disk::format::{far, signature};

/// What is found when all is read that is ever read of a volume.
fn probe(image: &[u8]) -> Vec<Found> {
    signature::find_all(&windows(image, far::START as usize))
}

/// All that is read of a volume: `first` bytes at the start, the end, and the places between.
fn windows(image: &[u8], first: usize) -> Windows<'_> {
    let size = image.len();
    let part = |range: Range<usize>| (range.start as u64, &image[range]);
    let mut parts = vec![part(0..size.min(first)), part(size.saturating_sub(far::END as usize)..size)];
    parts.extend(far::ranges(size as u64).into_iter().flatten().map(|r| part(r.start as usize..r.end as usize)));
    parts.into_iter().fold(Windows::new(size as u64), |windows, (at, bytes)| windows.with(at, bytes))
}
