//! A command of the program, run in a world.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use clap::Parser;
use okv_host::cli::Cli;
use okv_host::commands::{Surroundings, run_in};
use okv_host::engine::ExitStatus;
use okv_host::engine::apply::Interrupts;

use crate::calls::{PowerCut, in_world};
use crate::programs::Programs;
use crate::world::{Pretended, World};

thread_local! {
    static CLIS: RefCell<HashMap<String, &'static Cli>> = RefCell::default();
    static SIGNALS: RefCell<Option<Interrupts>> = const { RefCell::new(None) };
}

/// Prepares this process, once.
pub fn prepare() {
    // What makes random bytes opens its source once: outside of any world.
    let identifiers = okv_host::disk::new_table::Identifiers::of("");
    let _ =
        okv_host::disk::new_table::one_lvm_partition(4 << 40, okv_host::base::units::SectorSize::S512, &identifiers);
    std::panic::set_hook(Box::new(|info| {
        if !crate::calls::is_entered() {
            eprintln!("{info}");
        }
    }));
}

/// The same few commands are parsed once.
fn parsed(args: &[&str]) -> &'static Cli {
    CLIS.with_borrow_mut(|clis| {
        let line = args.join(" ");
        if let Some(cli) = clis.get(&line) {
            return *cli;
        }
        let cli = Cli::try_parse_from(std::iter::once("okv-host").chain(args.iter().copied())).unwrap();
        let cli: &'static Cli = Box::leak(Box::new(cli));
        clis.insert(line, cli);
        cli
    })
}

/// A signal comes.
pub fn raise() {
    SIGNALS.with_borrow(|signals| signals.iter().for_each(Interrupts::raise));
}

/// Where the code under test meets the world, beside its system calls.
const AROUND: Surroundings =
    Surroundings { runner: &Programs, runner_holding: |_| Box::new(Programs), hold_signals, audit: |_| () };

fn hold_signals() -> io::Result<Interrupts> {
    let signals = Interrupts::default();
    SIGNALS.set(Some(signals.clone()));
    Ok(signals)
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    Status(i32, serde_json::Value),
    PowerCut,
    Panicked(String),
}

/// Runs `okv-host` with these arguments.
pub fn run(mut world: World, args: &[&str]) -> (World, Ended) {
    world.printed.clear();
    (world.is_killed, world.swapon_broke) = (false, false);
    world.pretended = Pretended::default();
    if world.deliberate.is_some() {
        // What was pretended is not shown any more.
        world.show_devices();
        world.show_swaps();
    }
    world.calls = 0;
    world.broken_program = None;
    world.handles.clear();
    world.note(|| format!("$ okv-host {}", args.join(" ")));
    SIGNALS.set(None);
    let cli = parsed(args);
    let (mut world, result) = in_world(world, || catch_unwind(AssertUnwindSafe(|| run_in(cli, AROUND))));
    let ended = match result {
        _ if world.is_dead => Ended::PowerCut,
        _ if world.is_killed => Ended::Status(130, serde_json::Value::Null),
        Ok(status) => {
            let json = serde_json::from_slice(&world.printed).unwrap_or(serde_json::Value::Null);
            Ended::Status(number(status), json)
        }
        Err(why) if why.is::<PowerCut>() => Ended::PowerCut,
        Err(why) => {
            let text = why.downcast_ref::<String>().cloned();
            Ended::Panicked(text.or(why.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default())
        }
    };
    world.settle();
    world.note(|| format!("  = {}", shown(&ended)));
    (world, ended)
}

fn shown(ended: &Ended) -> String {
    match ended {
        Ended::Status(status, json) => format!("{status} {} {}", json["outcome"], json["message"]),
        other => format!("{other:?}"),
    }
}

fn number(status: ExitStatus) -> i32 {
    status.code().into()
}
