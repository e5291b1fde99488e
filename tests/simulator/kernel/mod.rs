//! The kernel of the node: files, devices, and what is open. Every call of the code under test ends here.

pub mod devices;
pub mod disk;
pub mod errors;
pub mod files;
pub mod handles;
mod known;
mod lost;
pub mod shown;
