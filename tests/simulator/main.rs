//! Many histories of a node, each from a seed: commands, what fails in them, power cuts and starts between them. The
//! code under test is the program itself, down to its system calls.
//!
//! ```text
//! simulator                   the seeds that ever failed, and a sample of new ones
//! simulator --seconds N       new seeds for so long; the last line has histories, rate, and violations
//! simulator --count N         so many new seeds
//! simulator --seed N          one history, made as small as it shows the violation
//! simulator --guest N         the models against a real node in a virtual machine: N sequences of programs
//! simulator --deliberate      each deliberate fault is detected within a minute
//! ```

mod actors;
mod allocator;
mod calls;
mod deliberate;
mod disagreed;
#[path = "../support/guest/mod.rs"]
#[allow(unused_imports)] // the guest tests use all
mod guest;
mod history;
mod host;
mod kernel;
mod lvm;
mod memory;
mod node;
mod power;
mod pretence;
mod programs;
mod random;
mod replay;
mod script;
mod ssh;
mod state;
mod swap;
mod table;
mod validate;
mod workers;
mod world;

use std::process::ExitCode;
use std::time::Duration;

use workers::Wanted;

#[global_allocator]
static ALLOCATOR: allocator::Kept = allocator::Kept;

/// New seeds of a run without arguments.
const SAMPLE: u64 = if cfg!(debug_assertions) { 300 } else { 20_000 };
/// The longest that a deliberate fault may stay undetected.
const DETECTED: Duration = Duration::from_secs(60);
/// Every seed that ever failed.
const FAILED: &str = include_str!("failed_seeds.txt");

fn main() -> ExitCode {
    host::prepare();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |name: &str| args.iter().skip_while(|arg| *arg != name).nth(1).and_then(|text| text.parse::<u64>().ok());
    let from = || number("--from").unwrap_or_else(workers::new_seed);
    let is_asked = |name: &str| args.iter().any(|arg| arg == name);
    let is_good = if let Some(wanted) = Wanted::of_worker(&args) {
        workers::work(&wanted);
        true
    } else if let Some(seed) = number("--seed") {
        replay::replay(seed, args.iter().any(|arg| arg == "--whole"))
    } else if let Some(sequences) = number("--guest") {
        validate::validate(from(), sequences)
    } else if is_asked("--deliberate") {
        workers::detects_deliberate_faults(from(), DETECTED)
    } else if let Some(seconds) = number("--seconds") {
        workers::run(&Wanted { seconds, ..Wanted::from(from()) })
    } else if let Some(count) = number("--count") {
        workers::run(&Wanted { count, ..Wanted::from(from()) })
    } else if args.iter().any(|arg| !arg.starts_with('-')) {
        // A filter of `cargo test` for tests of other names.
        true
    } else {
        disagreed::agree() & replay::all(FAILED) & workers::run(&Wanted { count: SAMPLE, ..Wanted::from(from()) })
    };
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
