//! Rules on what the management console says of a node.

pub(crate) mod ca_certificate;
pub(crate) mod console_status;
pub(crate) mod platform_certificate;
