//! Many seeds on all processors: one process each, so that nothing of one history reaches another one.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::deliberate::Deliberate;
use crate::history::history;
use crate::replay::class;
use crate::script::Script;

/// Seeds to run.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub from: u64,
    pub count: u64,
    pub seconds: u64,
    /// Every so many seeds from the first one.
    pub step: u64,
    /// A deliberate fault: then the first violation ends the work.
    pub deliberate: Option<Deliberate>,
}

/// A seed that no run before this one began with.
pub fn new_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    // Room for the seeds of each second.
    now << 16
}

impl Wanted {
    pub fn from(from: u64) -> Self {
        Self { from, count: u64::MAX, seconds: u64::MAX, step: 1, deliberate: None }
    }

    pub fn of_worker(args: &[String]) -> Option<Self> {
        let at = args.iter().position(|arg| arg == "--worker")?;
        let number = |n: usize| args.get(at + n)?.parse().ok();
        let word = args.get(at + 5)?;
        let deliberate = Deliberate::ALL.iter().find(|fault| fault.word() == word).copied();
        Some(Self { from: number(1)?, count: number(2)?, seconds: number(3)?, step: number(4)?, deliberate })
    }

    fn start(&self, worker: u64, workers: u64) -> Child {
        let count = if self.count == u64::MAX { u64::MAX } else { (self.count + workers - 1 - worker) / workers };
        let numbers = [self.from + worker, count, self.seconds, workers].map(|number| number.to_string());
        let word = self.deliberate.map_or("none", Deliberate::word);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--worker").args(numbers).arg(word).stdout(Stdio::piped()).spawn().unwrap()
    }
}

/// The work of one process: a line for each violation, and one at the end.
pub fn work(wanted: &Wanted) {
    let (started, seconds) = (Instant::now(), Duration::from_secs(wanted.seconds));
    let (mut done, mut commands, mut cuts) = (0, 0, 0);
    while done < wanted.count && started.elapsed() < seconds {
        let seed = wanted.from + done * wanted.step;
        let told = history(&Script::random(seed), wanted.deliberate, false);
        (done, commands, cuts) = (done + 1, commands + told.commands, cuts + told.cuts);
        if let Some(violation) = told.violations.first() {
            println!("violation\t{seed}\t{}", violation.replace(['\n', '\t'], " "));
            if wanted.deliberate.is_some() {
                break;
            }
        }
    }
    println!("done\t{done}\t{commands}\t{cuts}");
}

#[derive(Default)]
struct Sum {
    done: u64,
    commands: u64,
    cuts: u64,
    /// By kind: how many, the first seed, and what it was.
    violations: BTreeMap<String, (u64, u64, String)>,
}

fn sum(wanted: &Wanted) -> Sum {
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let children: Vec<Child> = (0..workers).map(|worker| wanted.start(worker, workers)).collect();
    let mut sum = Sum::default();
    for mut child in children {
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let parts: Vec<&str> = line.split('\t').collect();
            match parts.as_slice() {
                ["violation", seed, what] => {
                    if wanted.deliberate.is_none() {
                        println!("seed {seed}: {what}");
                    }
                    let its = sum.violations.entry(class(what).to_owned());
                    its.or_insert((0, seed.parse().unwrap(), (*what).to_owned())).0 += 1;
                }
                ["done", done, commands, cuts] => {
                    sum.done += done.parse::<u64>().unwrap();
                    sum.commands += commands.parse::<u64>().unwrap();
                    sum.cuts += cuts.parse::<u64>().unwrap();
                }
                _ => {}
            }
        }
        assert!(child.wait().unwrap().success(), "a worker ended in another way");
    }
    sum
}

/// Whether none of the seeds shows a violation.
pub fn run(wanted: &Wanted) -> bool {
    println!("seeds from {}", wanted.from);
    let started = Instant::now();
    let sum = sum(wanted);
    for (count, seed, first) in sum.violations.values() {
        println!("{count:6} times, first with seed {seed}: {first}");
    }
    let (all, rate) =
        (sum.violations.values().map(|its| its.0).sum::<u64>(), sum.done as f64 / started.elapsed().as_secs_f64());
    let Sum { done, commands, cuts, .. } = sum;
    println!(
        "{done} histories ({commands} commands, {cuts} power cuts) in {} s, {rate:.0} a second, {all} violations",
        started.elapsed().as_secs()
    );
    all == 0 && done > 0
}

/// Whether each deliberate fault is detected in time.
pub fn detects_deliberate_faults(from: u64, within: Duration) -> bool {
    println!("seeds from {from}");
    let mut missed = 0;
    for fault in Deliberate::ALL {
        let started = Instant::now();
        let sum = sum(&Wanted { deliberate: Some(*fault), seconds: within.as_secs(), ..Wanted::from(from) });
        let seconds = started.elapsed().as_secs_f64();
        match sum.violations.values().next() {
            Some((_, seed, what)) => {
                println!(
                    "{:22} detected after {seconds:4.1} s, {} histories: seed {seed}: {what}",
                    fault.word(),
                    sum.done
                );
            }
            None => {
                println!(
                    "{:22} NOT DETECTED in {seconds:.0} s, {} histories: {}",
                    fault.word(),
                    sum.done,
                    fault.what()
                );
                missed += 1;
            }
        }
    }
    println!("{} deliberate faults, {missed} not detected", Deliberate::ALL.len());
    missed == 0
}
