//! Volume groups made by the real tools, read here, and compared with what `pvs`, `vgs` and `lvs` say of them.
//!
//! Needs root, loop devices and lvm2. Device-mapper is not needed: nothing is activated.

#[path = "../support/mod.rs"]
mod support;

mod agreement;
mod contents;
mod incomplete;
mod layouts;
mod metadata;
mod segment_types;

use okv_host::disk::Problem;
use okv_host::disk::format::content::{Content, Kind};
use okv_host::disk::format::lvm2::metadata_area::Header;
use okv_host::disk::physical_volume::{self, Reading};
use okv_host::disk::volume_group::{Assembled, PvOnDisk, assemble};
use okv_host::io::image::Image;
use support::lvm::Lvm;

fn read(image: &dyn Image) -> Reading {
    let mut head = vec![0; 16 << 10];
    image.read_at(&mut head, 0).unwrap();
    physical_volume::read(image, &head).unwrap()
}

/// Every visible device, read and assembled. The "content" of a logical volume is its first eight bytes, as a label.
fn scan(lvm: &Lvm) -> (Vec<Reading>, Vec<Assembled>) {
    let paths: Vec<&str> = lvm.visible().collect();
    let images: Vec<_> = paths.iter().map(|path| okv_host::io::image::open(path.as_ref()).unwrap()).collect();
    let readings: Vec<_> = images.iter().map(|image| read(&**image)).collect();
    let on_disk = paths.iter().zip(&images).zip(&readings);
    let pvs: Vec<_> =
        on_disk.map(|((path, image), reading)| PvOnDisk { path, partition: None, image: &**image, reading }).collect();
    let groups = assemble(&pvs, &mut first_bytes);
    (readings, groups)
}

fn first_bytes(image: &dyn Image) -> (Content, Vec<Problem>) {
    let mut bytes = [0; 8];
    image.read_at(&mut bytes, 0).unwrap();
    (Content::new(Kind::Unknown).label(okv_host::base::bytes::label(&bytes)), Vec::new())
}

/// The header of the metadata area at 4 KiB, where `pvcreate` puts it.
fn first_area(image: &dyn Image) -> Header {
    let mut sector = [0; 512];
    image.read_at(&mut sector, 4096).unwrap();
    Header::parse(&sector, 4096).unwrap()
}
