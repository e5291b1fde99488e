//! What okv-host recorded on this node: confirmations and runs.

pub mod facts;
pub mod steps;

pub use facts::Records;
pub use facts::confirmations::{Confirmation, Confirmations};
pub use steps::record_confirmation;
