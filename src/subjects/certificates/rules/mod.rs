//! Rules on the certificates of a node.

pub(crate) mod ca_certificate;
mod expiry;
pub(crate) mod platform_certificate;
pub(crate) mod server_certificate;
