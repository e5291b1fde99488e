//! How a host is read: the live one, or a folder that stands for one. Gathers, never judges; one source a file.

pub mod block;
pub mod capture;
pub mod clock;
pub mod cmdline;
pub mod crypttab;
#[cfg(test)]
pub(crate) mod damage;
pub mod device_number;
pub mod firmware;
pub mod fstab;
pub mod glob;
pub mod kernel_release;
pub mod line;
pub mod links;
pub mod locate;
pub mod loops;
pub mod lvm;
pub mod lvm_owner;
pub mod machine_id;
pub mod memory;
pub mod mounts;
pub mod node;
pub mod operator;
pub mod os_release;
pub mod powered_off;
pub mod probed;
pub mod processes;
pub mod root;
pub(crate) mod rpm_database;
pub mod running;
#[cfg(test)]
pub(crate) mod sample;
pub mod setup;
pub mod space;
pub mod state;
pub mod swaps;
pub mod tail;

pub use block::BlockDevice;
pub use crypttab::CryptEntry;
pub use device_number::DeviceNumber;
pub use firmware::Firmware;
pub use fstab::{AtPoint, FstabEntry};
pub use line::BadLine;
pub use mounts::Mount;
pub use node::Node;
pub use os_release::OsRelease;
pub use probed::Probed;
pub use root::{Place, Root};
pub use running::Running;
pub use setup::Setup;
pub use swaps::SwapArea;
