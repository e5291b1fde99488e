//! The upgrade ISO: where it lies, its copy, its mount.

pub mod facts;
pub mod plan;
pub mod rules;
pub mod steps;
