//! What the tests share. Every test binary includes this module and uses a part of it.
#![allow(dead_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub(crate) mod blkid;
pub(crate) mod loopdev;
pub(crate) mod lvm;
pub(crate) mod mkfs;
pub(crate) mod mount;
pub(crate) mod partitioning;
pub(crate) mod scan;
pub(crate) mod tables;
pub(crate) mod tools;
