//! Kernels: installed, running, and which may go.

pub mod facts;
pub mod plan;
pub mod roles;
pub mod rules;
mod start;
pub mod steps;
pub mod survivor;

pub use facts::Kernels;
