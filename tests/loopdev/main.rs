//! Tests that need root and loop devices. They fail without; they never skip.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod attach;
mod differential;
mod smallest_disk;
