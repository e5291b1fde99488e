//! The upgrade ISO: where it lies, its copy, its mount.

pub mod facts;
pub mod iso;
pub mod missing_folder;
pub mod mounted;
pub mod plan;
pub mod rules;
pub mod steps;

pub use facts::Media;
pub use facts::iso::{IsoFile, Isos};
pub use facts::jars::Jars;
pub use facts::staging::Staging;
pub use iso::release_of;
pub use missing_folder::how_to_bring;
pub use mounted::{Mounted, staged};
