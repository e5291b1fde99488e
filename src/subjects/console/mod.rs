//! What saved answers of the management console say of a node: `okv server info get` and `okv server status get`.

pub mod facts;
pub mod rules;
mod shown;

pub use facts::Console;
pub use facts::info::ServerInfo;
pub use facts::status::ServerStatus;
