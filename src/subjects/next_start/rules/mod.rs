//! Rules on the next start.

pub mod kernel_options;
