//! `swap-extend` on a node with real LVM, a real kernel that swaps, and real disks.

mod cuts;
mod grows;
mod kernel;
mod memory;
mod reads;
mod refusals;
mod state;
mod terminal;
