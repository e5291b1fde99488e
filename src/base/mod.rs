//! Pure values: bytes, units, identifiers, versions, days, sums, causes; nothing here knows what a disk is.

pub mod bytes;
pub mod cause;
pub mod chars;
pub mod dates;
pub mod digest;
pub mod evr;
pub mod ids;
pub mod parallel;
pub mod units;
pub mod versions;
