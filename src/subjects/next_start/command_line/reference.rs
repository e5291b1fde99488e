//! What a word of the line leads to, and what that does to the start.

/// A word of the line that the start needs, or that changes where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The word's name: `root`, `rd.lvm.lv`.
    pub name: &'static str,
    /// Its value; empty where the word is missing or has none.
    pub value: String,
    pub outcome: Outcome,
    pub needed_for: Need,
}

/// What the start needs it for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The root file system, or a volume below it.
    Root,
    /// A volume that dracut waits for, whatever is on it.
    Wait,
    /// The kernel's check of itself in FIPS mode.
    Fips,
    /// The image of a hibernated machine. The start goes on without it.
    Resume,
    /// An array that dracut may assemble.
    Array,
    /// Where the start ends: the services of the node, or a shell.
    Mode,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The device that it names, and what that lies on: volume group, physical volumes.
    Found { device: String, through: Vec<String> },
    /// Everything was read, and nothing has the name; or what has it cannot be used.
    Missing(String),
    /// More than one device has the name: which one is taken is chance.
    Ambiguous(Vec<String>),
    /// Not found, but this was not read, and may have it.
    Unknown(String),
    /// It may well work, but something speaks against it.
    Doubtful(String),
    /// It changes nothing that matters here.
    Harmless(String),
}

/// What a reference does to the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    GoesOn,
    /// The start goes on later, or may not go on.
    Doubtful,
    /// It ends in a shell on the console.
    Stops,
    Unknown,
}

impl Reference {
    pub(super) fn new(name: &'static str, value: &str, outcome: Outcome, needed_for: Need) -> Self {
        Self { name, value: value.to_owned(), outcome, needed_for }
    }

    pub fn effect(&self) -> Effect {
        match (&self.outcome, self.needed_for) {
            (Outcome::Found { .. } | Outcome::Harmless(_), _) => Effect::GoesOn,
            (Outcome::Unknown(_), _) => Effect::Unknown,
            (Outcome::Ambiguous(_) | Outcome::Doubtful(_), _) => Effect::Doubtful,
            (Outcome::Missing(_), Need::Resume | Need::Array) => Effect::Doubtful,
            (Outcome::Missing(_), Need::Root | Need::Wait | Need::Fips | Need::Mode) => Effect::Stops,
        }
    }

    /// What is wrong with it; `None` where nothing is.
    pub fn why(&self) -> Option<String> {
        match &self.outcome {
            Outcome::Found { .. } | Outcome::Harmless(_) => None,
            Outcome::Ambiguous(devices) => Some(format!("it names more than one device: {}", devices.join(", "))),
            Outcome::Missing(why) | Outcome::Unknown(why) | Outcome::Doubtful(why) => Some(why.clone()),
        }
    }

    /// The word as it is on the line.
    pub fn word(&self) -> String {
        if self.value.is_empty() { self.name.to_owned() } else { format!("{}={}", self.name, self.value) }
    }
}
