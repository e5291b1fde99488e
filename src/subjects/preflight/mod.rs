//! What else the procedure asks of a node before its upgrade.

pub mod facts;
pub mod rules;
