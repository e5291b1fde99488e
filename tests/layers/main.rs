//! The layers of the design (`src/lib.rs`) are what the imports are.

mod crates;
mod cycles;
mod fields;
mod order;
mod purity;
mod sources;
mod subjects;
