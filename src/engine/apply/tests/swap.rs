//! `swap-extend` carried out on a node that is played: every program of a plan failing in every way, signals, a full
//! disk, crashes.

mod activated;
mod crash;
mod failing;
mod interrupted;
mod kernel;
mod left_running;
mod machine;
mod mended;
