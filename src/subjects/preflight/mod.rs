//! What else the procedure asks of a node before its upgrade.

pub mod facts;
pub mod rules;

pub use facts::Preflight;
pub use facts::interfaces::Interface;
pub use facts::session::Session;
pub use facts::signs::Seen;
