//! Every image in `fixtures/images`, scanned by the program, against its golden texts; and the same images damaged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod damage;
mod fixture;
mod golden;
mod line;
