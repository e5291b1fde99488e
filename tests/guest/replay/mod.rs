//! Every state that a power cut may leave of a recorded run, and whether the node recovers from it.
//!
//! The node's disks are served by the test, which records all that reaches them. The states are attached to a system
//! that runs, where the node "starts": its volumes are activated, mounted and swapped to as at a start, and okv-host
//! runs on it again, in a chroot. With `OKV_REPLAY_BOOT` a whole machine boots from each state instead.

mod changes;
mod place;
mod rescue;
mod runs;
mod states;
mod swap;
mod verdict;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Instant, SystemTime};
use std::{env, thread};

use crate::nbd::Server;
use place::Place;
use runs::Run;
use states::{Kind, Random, State, derive};
use verdict::Recovered;

/// How many states are tried where nobody asks for more.
const SAMPLE: usize = 60;
/// Rescue systems that run at once.
const SYSTEMS: usize = 2;

/// What came of the states.
#[derive(Debug, Default)]
struct Counts {
    recovered: usize,
    without_swap_before: usize,
    /// Why not, and from which states.
    not: BTreeMap<String, Vec<String>>,
}

#[test]
fn a_node_recovers_from_every_state_that_a_power_cut_leaves_of_a_recorded_run() {
    let seed = seed();
    let server = Server::start();
    let runs = record(&server);
    let mut random = Random::new(seed);
    let states: Vec<(&Run, State)> =
        runs.iter().flat_map(|run| derive(&run.recording, &mut random).into_iter().map(move |s| (run, s))).collect();
    let of = |kind| states.iter().filter(|(_, state)| state.kind == kind).count();
    let writes: usize = runs.iter().map(Run::writes).sum();
    let events: usize = runs.iter().map(|run| run.recording.events.len()).sum();
    let all = format!(
        "{} runs with {writes} writes and {} flushes; {} different states: {} prefixes, {} without what was not \
         flushed, {} without some of it, {} torn",
        runs.len(),
        events - writes,
        states.len(),
        of(Kind::Prefix),
        of(Kind::Lost),
        of(Kind::Subset),
        of(Kind::Torn)
    );
    println!("{all}");
    let chosen = choose(states, &mut random);
    let count = chosen.len();
    let counts = try_all(&server, chosen);
    let not: usize = counts.not.values().map(Vec::len).sum();
    for (why, of) in &counts.not {
        println!("not recovered ({}): {why}\n    {}", of.len(), of.join("\n    "));
    }
    println!(
        "replay: {all}; {count} tried with seed {seed}: {} recovered, {} of them started without swap; {not} did not",
        counts.recovered, counts.without_swap_before
    );
    assert_eq!(not, 0, "see above");
}

/// Of the states that are derived and chosen; `OKV_REPLAY_SEED` repeats it.
fn seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let seed = env::var("OKV_REPLAY_SEED").map_or(now, |seed| seed.parse().expect("OKV_REPLAY_SEED is a number"));
    println!("seed: OKV_REPLAY_SEED={seed}");
    seed
}

/// The runs; with `OKV_REPLAY_NODE`, those on the nodes that it names.
fn record(server: &Server) -> Vec<Run> {
    type On = fn(&Server) -> Vec<Run>;
    let nodes: [(&str, On); 3] = [("bios", swap::on_bios), ("uefi", swap::on_uefi), ("changes", changes::on_bios)];
    let named = env::var("OKV_REPLAY_NODE").unwrap_or_else(|_| "bios uefi changes".to_owned());
    nodes.iter().filter(|(name, _)| named.contains(name)).flat_map(|(_, on)| on(server)).collect()
}

/// By chance as many as `OKV_REPLAY` says, or all; with `OKV_REPLAY_ONLY`, of those whose name has each of its
/// parts between semicolons.
fn choose<'r>(mut states: Vec<(&'r Run, State)>, random: &mut Random) -> Vec<(&'r Run, State)> {
    let only = env::var("OKV_REPLAY_ONLY").unwrap_or_default();
    states.retain(|(run, state)| only.split(';').all(|part| state.name(run).contains(part)));
    let wanted = env::var("OKV_REPLAY").unwrap_or_else(|_| SAMPLE.to_string());
    if wanted == "all" {
        return states;
    }
    let wanted: usize = wanted.parse().expect("OKV_REPLAY is a number, or all");
    (0..wanted.min(states.len())).map(|_| states.swap_remove(random.below(states.len()))).collect()
}

fn try_all(server: &Server, states: Vec<(&Run, State)>) -> Counts {
    let counts = Mutex::new(Counts::default());
    let queue = Mutex::new(states.into_iter());
    let next = || queue.lock().expect("no panic in here").next();
    thread::scope(|scope| {
        for system in 0..SYSTEMS {
            let (counts, next) = (&counts, &next);
            scope.spawn(move || {
                let mut place = Place::new(server, &format!("place{system}"));
                while let Some((run, state)) = next() {
                    let started = Instant::now();
                    let verdict = verdict::of(&mut place, run, &state);
                    let name = state.name(run);
                    let took = started.elapsed().as_secs_f32();
                    let mut counts = counts.lock().expect("no panic in here");
                    match verdict {
                        Ok(recovered) => {
                            counts.recovered += 1;
                            counts.without_swap_before += usize::from(recovered == Recovered::SwapCameBack);
                            println!("{took:.1} s: {name}: {recovered:?}");
                        }
                        Err(why) => {
                            println!("{took:.1} s: {name}: NOT RECOVERED: {why}");
                            counts.not.entry(why).or_default().push(name);
                        }
                    }
                }
            });
        }
    });
    counts.into_inner().expect("no panic in here")
}
