//! Tests that need root and loop devices. They fail without; they never skip.

#[path = "../support/mod.rs"]
mod support;

mod attach;
mod differential;
mod smallest_disk;
