//! Every state that a power cut may leave of a recorded run, and whether the node recovers from it.

mod rescue;
mod states;
mod swap;
