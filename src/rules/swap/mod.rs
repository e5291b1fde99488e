//! Rules on swap and on the volume group that it lies in.

pub(super) mod swap_references;
pub(super) mod swap_size;
pub(super) mod vg_free;
pub(super) mod vg_health;
