//! SSH host keys: what sshd loads, and how DSA keys retire.

pub mod facts;
pub mod loads;
pub mod obstacles;
pub mod plan;
pub mod remedy;
pub mod retired;
pub mod rules;

pub use facts::{Algorithm, Content, Effective, Half, Key, KeyFile, Ssh, Unknown, host_key_paths, parse_key};
pub use loads::Load;
pub use retired::DsaState;
