//! Where okv-host keeps what it records on a node.

/// Where this program keeps its state on a host.
pub const STATE: &str = "/var/lib/okv-host";
