//! okv-host
pub mod bytes;
pub mod disk;
pub mod facts;
pub mod format;
pub mod ids;
pub mod image;
pub mod sys;
pub mod units;

#[cfg(test)]
#[path = "../tests/support/tables.rs"]
mod built_tables;
