//! The commands: wiring of the layers below, and nothing else.

mod answer;
mod capture;
mod change;
mod check;
mod checked;
mod cluster;
pub mod columns;
mod compare;
mod confirm;
mod confirm_step;
mod defaults;
mod explain;
mod fleet;
mod gate;
mod images;
mod judged;
mod kernel_prune;
mod lock_holder;
mod made;
mod node_page;
mod outputs;
mod paths;
mod planned_changes;
mod planned_steps;
mod printed;
mod profile;
mod progress;
mod recorded;
mod root;
mod runbook;
mod saved_host;
mod saved_report;
mod scan;
mod ssh_dsa_retire;
mod stage;
mod status;
mod surroundings;
mod swap_extend;
mod talk;
mod target;
mod undo;
mod upgrade;
mod usage_error;
mod verdict;
mod vocabulary;

use std::io::{self, Write};

pub use surroundings::Surroundings;

use crate::base::cause::cause;
use crate::cli::{Check, CheckFormat, Cli, Command};
use crate::engine::{ExitStatus, PluginState};
use crate::report::PluginLine;
use usage_error::UsageError;

/// Runs a command on this host.
pub fn run(cli: &Cli) -> ExitStatus {
    let _shown = talk::begin(cli);
    run_in(cli, Surroundings::HOST)
}

/// Runs a command. A reader that goes away (a closed pipe) is no failure.
pub fn run_in(cli: &Cli, around: Surroundings) -> ExitStatus {
    let outcome = match &cli.command {
        Command::Scan(args) => scan::run(args),
        Command::Check(args) => check::run(args, around),
        Command::Stage(args) => stage::run(args, around),
        Command::Upgrade(args) => upgrade::run(args, around),
        Command::Runbook(args) => runbook::run(args, around),
        Command::Confirm(args) => confirm_step::run(args, around),
        Command::SwapExtend(args) => swap_extend::run(args, around),
        Command::KernelPrune(args) => kernel_prune::run(args, around),
        Command::Cluster(args) => cluster::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Capture(args) => capture::run(args, around),
        Command::SshDsaRetire(args) => ssh_dsa_retire::run(args, around),
        Command::Completions(args) => printed::completions(args),
        Command::Man(args) => printed::man(args),
        Command::Profile(args) => profile::run(args),
        Command::Schema(args) => printed::schema(args),
        Command::Status(args) => status::run(args),
        Command::Undo(args) => undo::run(args, around),
    };
    outcome.unwrap_or_else(|error| {
        if let Command::Check(Check { format: CheckFormat::Nagios, .. }) = &cli.command {
            // Its exit status is that of a plugin, whatever happens.
            let line = PluginLine::unknown(&cause(&format_args!("{error:#}"))).line();
            let _ = io::stdout().write_all(line.as_bytes());
            return ExitStatus::Plugin(PluginState::Unknown);
        }
        if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
            return ExitStatus::Success;
        }
        // Where stderr is gone there is nobody left to tell.
        let _ = writeln!(io::stderr(), "okv-host: {}", cause(&format_args!("{error:#}")));
        if error.is::<UsageError>() { ExitStatus::Usage } else { ExitStatus::Undetermined }
    })
}
