//! Rules on the next start.

pub mod kernel_options;
pub mod next_start;
