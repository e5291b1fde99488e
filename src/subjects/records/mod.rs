//! What okv-host recorded on this node: confirmations and runs.

pub mod facts;
pub mod steps;
