//! Tests in a whole node: QEMU, a real kernel with device-mapper, LVM, swap, BIOS and UEFI. They take root, and the
//! packages of `scripts/install-test-tools`. They fail without; they never skip.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/guest/mod.rs"]
mod guest;

mod agreement;
mod disks;
mod node;
mod power;
