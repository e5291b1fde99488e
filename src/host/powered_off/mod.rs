//! A node that is powered off, by the files on its disks: what its next start mounts is opened here, read-only and
//! without the kernel, and answers as the files of a [`Root`](super::Root).
//!
//! What only a running node has is not there: `/proc`, `/sys` and `/dev` answer that the node is powered off, and
//! `/run` is empty. A file system that could not be opened answers so for every place below its mount point, and so
//! nothing in it is ever taken for absent.

mod file_system;
mod opened;
mod root;
mod table;
mod tree;
mod volume;

pub use opened::{Opened, State, open};
pub use tree::{POWERED_OFF, Tree};
