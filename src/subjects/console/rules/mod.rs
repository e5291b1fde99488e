//! Rules on what the management console says of a node.

pub(crate) mod console_status;
