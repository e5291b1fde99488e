//! The certificates of a node: the server's, the platform's, and that of the authority.

pub mod facts;
pub mod rules;

pub use facts::Certificates;
