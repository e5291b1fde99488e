//! Disks of virtual machines, made by qemu-img, and the same disks as raw files.

#[path = "../support/scan.rs"]
mod scan;
#[path = "../support/unpack.rs"]
mod unpack;

#[path = "../support/tools.rs"]
#[allow(dead_code)] // a part is used here
mod tools;

mod archive;
mod backing;
mod check;
mod damage;
mod disks;
mod equal;
mod extents;
