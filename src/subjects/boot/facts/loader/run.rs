//! A script of GRUB, followed without running anything (`grub-core/script/execute.c`).
//!
//! What a script cannot know here, such as whether a font loads, leads both ways: what both ways have in common is
//! known. A variable that they leave different has a hole; where they leave different menus, nothing is known.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::files::Files;
use super::menu::Device;
use super::script::{self, Block, Command, Kind};
use super::value::{is_hole_alone, unknown};

mod blscfg;
mod commands;
mod condition;
mod entries;
mod environment;
mod menuentry;
mod merge;
mod sources;
#[cfg(test)]
mod tests;
mod words;

pub(super) use entries::{Menu, Start, follow};

/// Most work that a configuration may ask for: commands, and the variables that are copied.
const BUDGET: usize = 2_000_000;
/// Most calls and files within each other.
const DEEPEST: usize = 8;
/// Most variables.
const MOST_VARIABLES: usize = 4096;
/// Most bytes of a value.
const LONGEST: usize = 1 << 16;

/// Whether a command succeeded.
#[derive(Debug, Clone, PartialEq, Default)]
enum Status {
    #[default]
    True,
    False,
    Unknown(String),
}

impl From<bool> for Status {
    fn from(is: bool) -> Self {
        if is { Self::True } else { Self::False }
    }
}

/// Where to go on.
#[derive(Debug, Clone, PartialEq)]
enum Flow {
    Next,
    Break(u64),
    Continue(u64),
    Return,
    /// The menu as it is now is shown: another configuration took over, or the entry ends.
    End,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Variable {
    value: Rc<str>,
    exported: bool,
}

#[derive(Debug, Clone)]
struct Function {
    body: Block,
    file: Rc<str>,
}

/// An entry or a submenu that the script defined, whose body runs when it is chosen.
#[derive(Debug)]
struct Pending {
    title: String,
    id: String,
    is_submenu: bool,
    params: Vec<String>,
    body: Block,
    /// The file that the body stands in.
    file: Rc<str>,
    /// File and line.
    from: String,
}

/// What an entry loads.
#[derive(Debug, Clone, Default, PartialEq)]
struct Loaded {
    linux: Option<(Device, String, Vec<String>)>,
    initrd: Vec<(Device, String)>,
    unknown: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct State {
    variables: BTreeMap<String, Variable>,
    functions: BTreeMap<String, Function>,
    menu: Vec<Rc<Pending>>,
    params: Vec<String>,
    status: Status,
    loaded: Loaded,
    /// What gave the variable `default` its value.
    default_from: String,
    skipped: Vec<(String, String)>,
}

impl State {
    fn get(&self, name: &str) -> &str {
        self.variables.get(name).map(|variable| &*variable.value).unwrap_or_default()
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.entry(name.to_owned()).or_default().value = Rc::from(value);
    }

    fn export(&mut self, name: &str) {
        self.variables.entry(name.to_owned()).or_default().exported = true;
    }
}

/// Why the script cannot be followed, with file and line.
#[derive(Debug)]
struct Stop(String);

type Followed<T = Flow> = Result<T, Stop>;

struct Run<'f> {
    files: &'f dyn Files,
    /// Where on the host the file system of GRUB's files begins.
    boot: &'f str,
    /// What is left of it.
    budget: usize,
    depth: usize,
    file: Rc<str>,
    line: u32,
    /// The configuration whose menu is shown.
    config: String,
    /// The variables of the environment block that are not read.
    without: &'f [&'f str],
    /// Whether an entry runs, and no longer the configuration.
    in_entry: bool,
}

impl Run<'_> {
    fn stop<T>(&self, why: &str) -> Followed<T> {
        Err(Stop(format!("{}: {why}", self.here())))
    }

    fn here(&self) -> String {
        match self.line {
            0 => self.file.to_string(),
            line => format!("{} line {line}", self.file),
        }
    }

    fn spend(&mut self, work: usize) -> Followed<()> {
        self.budget = match self.budget.checked_sub(work) {
            Some(left) => left,
            None => return self.stop("the configuration asks for more work than any that GRUB's tools write"),
        };
        Ok(())
    }

    fn block(&mut self, state: &mut State, block: &[Command]) -> Followed {
        for command in block {
            self.line = command.line;
            self.spend(1)?;
            if state.variables.len() > MOST_VARIABLES {
                return self.stop("more variables than a configuration has");
            }
            let flow = self.command(state, command)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn command(&mut self, state: &mut State, command: &Command) -> Followed {
        match &command.kind {
            Kind::Simple { words, block } => self.simple(state, words, block.as_ref()),
            Kind::If { arms, otherwise } => self.arms(state, arms, otherwise.as_deref()),
            Kind::For { name, words, body } => {
                let words = self.expand(state, words)?;
                for word in words {
                    state.set(name, &word);
                    let flow = self.block(state, body)?;
                    if let Some(flow) = after_round(flow) {
                        return Ok(flow);
                    }
                }
                Ok(Flow::Next)
            }
            Kind::While { until, condition, body } => loop {
                self.spend(1)?;
                let flow = self.block(state, condition)?;
                if flow != Flow::Next {
                    return Ok(flow);
                }
                match &state.status {
                    Status::Unknown(why) => return self.stop(&format!("how long this repeats is not known: {why}")),
                    status if (*status == Status::True) == *until => return Ok(Flow::Next),
                    _ => {}
                }
                let flow = self.block(state, body)?;
                if let Some(flow) = after_round(flow) {
                    return Ok(flow);
                }
            },
            Kind::Function { name, body } => {
                let function = Function { body: Rc::clone(body), file: Rc::clone(&self.file) };
                state.functions.insert(name.clone(), function);
                Ok(Flow::Next)
            }
        }
    }

    fn arms(&mut self, state: &mut State, arms: &[(Block, Block)], otherwise: Option<&[Command]>) -> Followed {
        let line = self.line;
        let Some(((condition, then), rest)) = arms.split_first() else {
            return otherwise.map_or(Ok(Flow::Next), |block| self.block(state, block));
        };
        let flow = self.block(state, condition)?;
        if flow != Flow::Next {
            return Ok(flow);
        }
        match state.status.clone() {
            Status::True => self.block(state, then),
            Status::False => self.arms(state, rest, otherwise),
            Status::Unknown(why) => {
                self.spend(state.variables.len().saturating_add(state.menu.len()))?;
                let mut other = state.clone();
                let flow = self.block(state, then)?;
                let other_flow = self.arms(&mut other, rest, otherwise)?;
                self.line = line;
                let why = format!("{}: {why}", self.here());
                if flow != other_flow {
                    return Err(Stop(why));
                }
                merge::merge(state, other, &why)?;
                Ok(flow)
            }
        }
    }

    /// Calls what `body` is, in a file of its own.
    fn within(&mut self, state: &mut State, body: &[Command], file: &Rc<str>) -> Followed {
        if self.depth >= DEEPEST {
            return self.stop("calls too deep in each other");
        }
        let (own, line) = (std::mem::replace(&mut self.file, Rc::clone(file)), self.line);
        self.depth = self.depth.saturating_add(1);
        let flow = self.block(state, body)?;
        self.depth = self.depth.saturating_sub(1);
        (self.file, self.line) = (own, line);
        Ok(flow)
    }

    /// The commands of a text that is a file's.
    fn parsed(&self, path: &str, text: &[u8]) -> Followed<Block> {
        script::parse(text).map_err(|why| Stop(format!("{path}: {why}")))
    }
}

/// What a round of a loop leaves to do: `None` for the next round.
fn after_round(flow: Flow) -> Option<Flow> {
    match flow {
        Flow::Next | Flow::Continue(0 | 1) => None,
        Flow::Continue(loops) => Some(Flow::Continue(loops.saturating_sub(1))),
        Flow::Break(0 | 1) => Some(Flow::Next),
        Flow::Break(loops) => Some(Flow::Break(loops.saturating_sub(1))),
        Flow::Return | Flow::End => Some(flow),
    }
}

/// Whether a value has a text in it. One beside a hole is enough.
fn is_set(value: &str) -> Result<bool, String> {
    match unknown(value) {
        Some(why) if is_hole_alone(value) => Err(why),
        _ => Ok(!value.is_empty()),
    }
}
