//! The layers of the design (`src/lib.rs`) are what the imports are.

mod crates;
mod cycles;
mod order;
mod sources;
mod subjects;
