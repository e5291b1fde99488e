//! What happens in a history, as data: made from a seed, and made smaller where it shows a violation.

use crate::node::Shape;
use crate::random::Random;
use crate::world::{Fault, Way};

#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    pub seed: u64,
    pub shape: Shape,
    pub rounds: Vec<Round>,
    /// After the last run, the command runs once more.
    pub is_asked_again: bool,
}

/// One command while something goes wrong, and what comes after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    pub command: Command,
    /// The power is cut before this event of the command.
    pub cut: Option<u64>,
    pub fault: Option<Fault>,
    /// A signal comes at this call of a program.
    pub signal: Option<u64>,
    /// The disk of the journal is full.
    pub is_full: bool,
    /// Somebody else does something at this call of a program.
    pub actor: Option<(u64, Actor)>,
    pub then: Then,
    /// The command is given without `--temporary-swap`, although memory is short.
    is_plain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Extend,
    Retire,
    Undo,
    PlanExtend,
    PlanUndo,
    Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Nothing,
    PowerCut,
    Restart,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Attaches a second blank disk.
    AttachesDisk,
    /// Makes a file system on the new disk, where it is blank, and mounts it.
    TakesDisk,
    /// Uses the new disk as it is, where it is blank: neither end of it shows that.
    UsesDisk,
    /// Begins the vendor's upgrade.
    Upgrades,
    /// Uses most of the memory.
    UsesMemory,
}

impl Round {
    fn is_calm(&self) -> bool {
        *self == Self { command: self.command, then: self.then, is_plain: self.is_plain, ..Self::calm() }
    }

    fn calm() -> Self {
        Self {
            command: Command::Extend,
            cut: None,
            fault: None,
            signal: None,
            is_full: false,
            actor: None,
            then: Then::Nothing,
            is_plain: false,
        }
    }

    /// Whether `--temporary-swap` is given on a node that needs it.
    pub fn has_temporary(&self) -> bool {
        !self.is_plain
    }

    fn random(random: &mut Random, is_retiring: bool) -> Self {
        let commands = [
            Command::Extend,
            Command::Extend,
            Command::Extend,
            Command::Extend,
            Command::Extend,
            Command::Extend,
            Command::Extend,
            Command::Undo,
            Command::Undo,
            Command::PlanExtend,
            Command::PlanUndo,
            Command::Status,
        ];
        let ways = [
            Way::Status,
            Way::StatusAfterwards,
            Way::Hangs,
            Way::HangsAfterwards,
            Way::Missing,
            Way::Garbage,
            Way::Lies,
            Way::HangsAmid(0),
            Way::HangsAmid(1),
            Way::HangsAmid(2),
            Way::HangsAmid(3),
            Way::HangsAmid(4),
        ];
        let actors = [Actor::AttachesDisk, Actor::TakesDisk, Actor::UsesDisk, Actor::Upgrades, Actor::UsesMemory];
        let mut round = Self { command: *random.pick(&commands), ..Self::calm() };
        if is_retiring && round.command == Command::Extend && random.percent(90) || random.percent(3) {
            round.command = Command::Retire;
        }
        let kind = random.below(100);
        if kind < 45 {
            let end = *random.pick(&[60, 120, 200]);
            round.cut = Some(1 + random.below(end));
        }
        if (40..75).contains(&kind) {
            let (way, call) = (*random.pick(&ways), random.below(50));
            round.fault = Some(Fault { call, way, lasting: random.percent(25) });
        }
        if (72..85).contains(&kind) {
            round.signal = Some(random.below(40));
        }
        round.is_full = kind == 85;
        if (86..94).contains(&kind) || random.percent(5) {
            round.actor = Some((random.below(40), *random.pick(&actors)));
        }
        round.is_plain = random.percent(15);
        round.then = match random.below(10) {
            0 => Then::PowerCut,
            1 => Then::Restart,
            _ => Then::Nothing,
        };
        round
    }
}

impl Script {
    pub fn random(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let shape = Shape::random(&mut random);
        let (rounds, is_retiring) = (1 + random.below(3), random.percent(15));
        let is_asked_again = random.percent(25);
        Self {
            seed,
            shape,
            is_asked_again,
            rounds: (0..rounds).map(|_| Round::random(&mut random, is_retiring)).collect(),
        }
    }

    /// Scripts in which one thing less happens.
    pub fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        for n in 0..self.rounds.len() {
            let mut without = self.clone();
            without.rounds.remove(n);
            smaller.push(without);
        }
        for (n, round) in self.rounds.iter().enumerate() {
            let mut changed = |simpler: Round| {
                if simpler != *round {
                    let mut script = self.clone();
                    script.rounds[n] = simpler;
                    smaller.push(script);
                }
            };
            changed(Round { fault: None, ..round.clone() });
            changed(Round { signal: None, ..round.clone() });
            changed(Round { actor: None, ..round.clone() });
            changed(Round { is_full: false, ..round.clone() });
            changed(Round { cut: None, ..round.clone() });
            changed(Round { then: Then::Nothing, ..round.clone() });
        }
        for shape in self.shape.simpler() {
            smaller.push(Self { shape, ..self.clone() });
        }
        smaller
    }

    pub fn describe(&self) -> String {
        let rounds = self.rounds.iter().enumerate().map(|(n, round)| {
            let calm = if round.is_calm() { " (nothing fails)" } else { "" };
            format!("\n  {}: {round:?}{calm}", n + 1)
        });
        format!("seed {}: {:?}{}", self.seed, self.shape, rounds.collect::<String>())
    }
}
