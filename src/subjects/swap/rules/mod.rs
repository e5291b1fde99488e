//! Rules on swap and on the volume group that it lies in.

pub(crate) mod swap_references;
pub(crate) mod swap_size;
pub(crate) mod vg_free;
pub(crate) mod vg_health;
