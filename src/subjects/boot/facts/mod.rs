//! What boot gathers beyond what every node is asked: the configuration of its boot loader.

pub mod loader;
