//! A history: commands, what goes wrong in them, starts between them, and at the end a quiet time in which everything
//! has to come right.

use serde_json::Value;

use crate::deliberate::Deliberate;
use crate::host::{Ended, run};
use crate::node::{foreign_content, world};
use crate::script::{Command, Round, Script, Then};
use crate::state::State;
use crate::world::World;

/// What became of a history.
pub struct Told {
    pub violations: Vec<String>,
    pub log: Vec<String>,
    pub commands: u64,
    pub cuts: u64,
}

struct History<'s> {
    world: Option<World>,
    script: &'s Script,
    /// The state before the last run, or before the first of those that it went on from.
    origin: Option<State>,
    /// Whether the last run went on from one before it.
    went_on: bool,
    /// How many runs the journal had before the last one began, and the two above as they were then.
    before: (usize, Option<State>, bool),
    commands: u64,
    cuts: u64,
    foreign: Vec<(usize, u64, Vec<u8>)>,
}

pub fn history(script: &Script, deliberate: Option<Deliberate>, is_logged: bool) -> Told {
    let mut world = world(script.seed, script.shape, deliberate);
    if is_logged {
        world.log = Some(vec![script.describe()]);
    }
    let foreign = foreign_content(&world);
    let mut history = History {
        world: Some(world),
        script,
        origin: None,
        went_on: false,
        before: (0, None, false),
        commands: 0,
        cuts: 0,
        foreign,
    };
    for round in &script.rounds {
        history.trouble(round);
        if history.is_violated() {
            break;
        }
    }
    if !history.is_violated() {
        history.quiet();
    }
    let mut world = history.world.take().unwrap();
    if world.violations.is_empty() && foreign_content(&world) != history.foreign {
        world.violates("foreign-bytes: other data is not what it was".to_owned());
    }
    Told {
        violations: world.violations,
        log: world.log.unwrap_or_default(),
        commands: history.commands,
        cuts: history.cuts,
    }
}

impl History<'_> {
    fn world(&mut self) -> &mut World {
        self.world.as_mut().unwrap()
    }

    fn is_violated(&mut self) -> bool {
        !self.world().violations.is_empty()
    }

    fn violates(&mut self, what: String) {
        self.world().violates(what);
    }

    fn trouble(&mut self, round: &Round) {
        let world = self.world();
        world.cut_at = round.cut.map(|cut| world.events + cut);
        (world.fault, world.raise_at, world.is_full) = (round.fault, round.signal, round.is_full);
        world.actor = round.actor;
        let ended = self.command(round.command, round.has_temporary());
        let world = self.world();
        (world.cut_at, world.fault, world.raise_at, world.broken_program) = (None, None, None, None);
        (world.is_full, world.actor) = (false, None);
        match (ended, round.then) {
            (Ended::PowerCut, _) => {
                self.cuts += 1;
                self.world().lose_power();
                self.start();
            }
            (_, Then::PowerCut) => {
                self.cuts += 1;
                self.world().note(|| "the power is cut between two commands".to_owned());
                self.world().lose_power();
                self.start();
            }
            (_, Then::Restart) => {
                self.world().shut_down();
                self.start();
            }
            (_, Then::Nothing) => {}
        }
    }

    fn start(&mut self) {
        // A record that the journal lost with the power was of a run that never was.
        if self.world().recorded_runs() <= self.before.0 {
            (self.origin, self.went_on) = (self.before.1.clone(), self.before.2);
        }
        self.world().start();
        self.world().watch_keys();
        let found = self.world().scan_volumes();
        if found.group.is_none() {
            self.violates("no-group: the group is gone after a start".to_owned());
        } else if !found.missing().is_empty() {
            self.violates("missing-volume: a physical volume of the group is missing after a start".to_owned());
        } else if self.world().logical_device("lv_root").is_none() {
            self.violates("no-root: the group is not whole, and the node does not find its root volume".to_owned());
        } else if !self.world().has_swap() {
            self.violates("no-swap-at-start: the node starts without swap".to_owned());
        }
    }

    fn command(&mut self, command: Command, has_temporary: bool) -> Ended {
        self.commands += 1;
        let mut args = match command {
            Command::Extend => vec!["swap-extend", "--apply", "--yes", "--format", "json"],
            Command::Retire => vec!["ssh-dsa-retire", "--apply", "--yes", "--format", "json", "--reload"],
            Command::PlanExtend => vec!["swap-extend", "--format", "json"],
            Command::Undo => vec!["undo", "--apply", "--yes", "--format", "json"],
            Command::PlanUndo => vec!["undo", "--format", "json"],
            Command::Status => vec!["status", "--format", "json"],
        };
        if matches!(command, Command::Extend | Command::PlanExtend) && self.script.shape.pressed && has_temporary {
            args.push("--temporary-swap");
        }
        let before = self.world().state();
        let had_swap = self.world().has_swap();
        let (runs, goes_on) = (self.world().recorded_runs(), {
            let went_on = self.went_on;
            self.world().is_last_unfinished(args[0], went_on)
        });
        let (mut world, ended) = run(self.world.take().unwrap(), &args);
        world.watch_keys();
        if world.recorded_runs() > runs {
            self.before = (runs, self.origin.clone(), self.went_on);
            self.went_on = goes_on;
            if !goes_on {
                self.origin = Some(before.clone());
            }
        }
        self.world = Some(world);
        match &ended {
            Ended::PowerCut => {}
            _ if self.is_violated() => {}
            Ended::Panicked(why) => self.violates(format!("panic: {why}")),
            Ended::Status(status, json) => self.judge(command, *status, json, &before, had_swap),
        }
        ended
    }

    /// Whether what was printed is true.
    fn judge(&mut self, command: Command, status: i32, json: &Value, before: &State, had_swap: bool) {
        let outcome = json["outcome"].as_str().unwrap_or("none").to_owned();
        let now = self.world().state();
        let wanted = match outcome.as_str() {
            "planned" | "nothing-to-do" | "done" | "undone" => Some(0),
            "refused" => Some(1),
            "rolled-back" => Some(3),
            "kept" | "stuck" | "interrupted" | "not-reached" => Some(4),
            _ => None,
        };
        if wanted.is_some_and(|wanted| wanted != status) {
            self.violates(format!("exit-status: {outcome} ends with {status}"));
        }
        let changes = matches!(command, Command::Extend | Command::Retire | Command::Undo);
        let unchanged = ["planned", "refused", "rolled-back", "nothing-to-do", "none"].contains(&outcome.as_str());
        if (!changes || unchanged)
            && !now.is_as(before)
            && !self.is_as_before_the_run(&outcome, &now)
            && !self.world().has_acted
        {
            let what = differences(before, &now);
            self.violates(format!("not-as-before: {command:?} {outcome} {status}: {what}"));
        }
        if command == Command::Extend
            && matches!(outcome.as_str(), "done" | "nothing-to-do")
            && let Some(why) = self.world().missing_of_target()
        {
            self.violates(format!("not-the-target: {outcome}, and {why}"));
        }
        if command == Command::Retire
            && matches!(outcome.as_str(), "done" | "nothing-to-do")
            && self.world().has_dsa_key()
        {
            self.violates(format!("not-the-target: {outcome}, and a DSA key has its name"));
        }
        if command == Command::Undo
            && outcome == "undone"
            && let Some(origin) = self.origin.clone()
            && !now.is_as(&origin)
            && !self.world().has_acted
        {
            self.violates(format!("not-undone: {}", differences(&origin, &now)));
        }
        if had_swap && !self.world().has_swap() && !(status == 4 && self.world().swapon_broke) {
            self.violates(format!("lost-swap: {command:?} {outcome} {status}"));
        }
        if changes
            && ["done", "rolled-back", "kept", "stuck", "interrupted", "not-reached", "undone"]
                .contains(&outcome.as_str())
            && let Some(recorded) = self.world().recorded_ending()
            && recorded != outcome
            // All is taken back and recorded, and what looked afterwards failed: the message says both.
            && !(recorded == "undone" && json["message"].as_str().is_some_and(|why| why.starts_with("everything is taken")))
            && !self.world().was_full
        {
            self.violates(format!("journal: {recorded} is recorded, and {outcome} is printed"));
        }
        if outcome == "undone" {
            (self.origin, self.before.1) = (None, None);
        }
    }

    /// A run that was cut off, and that its next command only finishes, is rolled back as a whole.
    fn is_as_before_the_run(&self, outcome: &str, now: &State) -> bool {
        outcome == "rolled-back" && self.origin.as_ref().is_some_and(|origin| now.is_as(origin))
    }

    /// Nothing fails any more: the command finishes, and finds nothing left to do.
    fn quiet(&mut self) {
        self.world().calm_down();
        // The command of a run that is unfinished comes first: no other one begins before it has ended.
        let first = if self.world().last_command().as_deref() == Some("ssh-dsa-retire") {
            Command::Retire
        } else {
            Command::Extend
        };
        let other = if first == Command::Retire { Command::Extend } else { Command::Retire };
        self.completes(first);
        let has_retired = self.script.rounds.iter().any(|round| round.command == Command::Retire);
        if !self.is_violated() && has_retired {
            self.completes(other);
        }
    }

    fn completes(&mut self, command: Command) {
        for _ in 0..4 {
            let ended = self.command(command, true);
            if self.is_violated() {
                return;
            }
            match ended {
                Ended::Status(0, json) if json["outcome"] == "nothing-to-do" => return,
                // The command itself plans once more, and the target was verified: nothing is left.
                Ended::Status(0, _) if !self.script.is_asked_again => return,
                Ended::Status(0, _) => {}
                Ended::Status(1, _) if self.world().is_taken => return,
                Ended::Status(status, json) => {
                    let why = json["reasons"][0]["id"].as_str().or(json["message"].as_str()).unwrap_or("").to_owned();
                    self.violates(format!("never-completes: {status} {}: {why}", json["outcome"]));
                    return;
                }
                other => {
                    self.violates(format!("never-completes: {other:?}"));
                    return;
                }
            }
        }
        self.violates("never-completes: four runs, and always something left".to_owned());
    }
}

fn differences(before: &State, now: &State) -> String {
    let lines = |state: &State| format!("{state:#?}").lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, now) = (lines(before), lines(now));
    let gone = before.iter().filter(|line| !now.contains(line)).map(|line| format!("-{}", line.trim()));
    let come = now.iter().filter(|line| !before.contains(line)).map(|line| format!("+{}", line.trim()));
    gone.chain(come).take(8).collect::<Vec<_>>().join(" ")
}
