//! What okv-host recorded of this node: confirmations and runs, and what an earlier report has.

pub mod facts;
pub mod rules;
pub mod steps;

pub use facts::Records;
pub use facts::confirmations::{Confirmation, Confirmations};
pub use steps::record_confirmation;
