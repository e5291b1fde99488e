//! Rules on what was recorded of a node before.

pub(crate) mod memory_not_less;
