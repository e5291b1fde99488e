//! The disks of the node: their sizes and tables, and which was there before a power-off.

pub mod facts;
pub mod rules;
pub mod steps;

pub use facts::{INVENTORY, Inventory, Known};
pub use steps::record_inventory;
