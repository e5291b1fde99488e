//! The upgrade ISO: where it lies, its copy, its mount.

pub mod facts;
pub mod iso;
pub mod mounted;
pub mod plan;
pub mod rules;
pub mod steps;

pub use facts::Media;
pub use facts::iso::{IsoFile, Isos};
pub use facts::jars::Jars;
pub use facts::staging::Staging;
pub use iso::release_of;
pub use mounted::{Mounted, staged};
