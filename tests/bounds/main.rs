//! Whole scans of bad disks: cut off, with a byte changed, unreadable somewhere, or claiming what no disk has. And what
//! a scan costs: reads, and memory.
//!
//! The disks are those of the fixture hosts and tables built here.

#[path = "../support/overlay.rs"]
mod overlay;
#[path = "../support/tables.rs"]
mod tables;

mod claims;
mod damage;
mod disks;
mod memory;
mod reads;
mod start;
mod view;

use okv_host::base::units::ByteRange;
use okv_host::disk::{Disk, Source, scan};
use okv_host::io::image::{Image, Recording};
use serde_json::Value;

use view::{Shared, View};

/// The scan of one disk, which must make JSON.
fn look(image: impl Image + 'static) -> Disk {
    let disk = scan(&[Source::new("disk", Ok(Box::new(image)))]).remove(0);
    let json = serde_json::to_string(&disk).unwrap();
    assert!(serde_json::from_str::<Value>(&json).unwrap()["partitions"].is_array());
    disk
}

/// The ranges that a scan reads, in order.
fn reads(disk: Shared) -> Vec<ByteRange> {
    let recording: &Recording<'_> = Box::leak(Box::new(Recording::new(disk)));
    look(View::whole(recording));
    recording.reads()
}
