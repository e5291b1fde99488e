//! What boot gathers beyond what every node is asked: where the boot loader's files are, and its configuration.

pub mod loader;
pub mod place;
