//! What is true now. Gathers, never judges; one source a file.
//!
//! Every source answers with [`Probed`], so that "could not look" is never mistaken for an answer.

pub mod block;
pub mod boot;
pub mod cmdline;
#[cfg(test)]
mod damage;
mod device_number;
pub mod disagreement;
pub mod firmware;
pub mod fstab;
mod gather;
mod gathered;
mod glob;
pub mod growth;
pub mod inventory;
pub mod kernel;
mod kernel_release;
mod line;
pub mod locate;
pub mod lvm;
pub mod memory;
pub mod mounts;
mod node;
mod probed;
pub mod procedure;
pub mod root;
mod running;
#[cfg(test)]
pub(crate) mod sample;
pub mod ssh;
pub mod state;
pub mod swaps;

pub use block::BlockDevice;
pub use device_number::DeviceNumber;
pub use firmware::Firmware;
pub use fstab::FstabEntry;
pub use gather::{of_disks, of_host, of_host_at};
pub use gathered::{Facts, Subjects};
pub use line::BadLine;
pub use mounts::Mount;
pub use node::Node;
pub use probed::Probed;
pub use root::Root;
pub use running::{Running, host_name, running};
pub use swaps::SwapArea;
