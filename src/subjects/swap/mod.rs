//! Swap: how much there is, what names it, and how it grows in place.

mod area;
pub mod facts;
mod owner;
pub mod plan;
mod reference;
pub mod rules;

pub use facts::{DiskState, Growth};
pub use plan::{Remembered, Wanted};
pub use reference::broken_references;
