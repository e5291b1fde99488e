//! How a command that changes a host ends: one type for the engine, the journal, the report and the exit status.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::exit_status::ExitStatus;

/// How a command that changes a host ended, with the reasons.
///
/// The journal and JSON have the [word](Self::word) of it. What is read from the journal has no reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The steps would be done with `--apply`; nothing was changed.
    Planned,
    /// The target is reached already; nothing was changed.
    NothingToDo,
    /// Something is in the way; nothing was changed.
    Refused {
        /// Why, where no reasons of a refusal are listed beside it.
        why: Option<String>,
    },
    Done,
    /// A step failed, and everything before it was taken back.
    RolledBack {
        why: String,
    },
    /// Something could not be taken back.
    Stuck {
        /// Why the step failed, where it was a step that began the way back.
        why: Option<String>,
        undo_why: String,
    },
    /// A step failed after one that stays done; what the node needs is back, and another run goes on.
    Kept {
        why: String,
        stays: String,
    },
    /// A signal came after some steps that changed something; the step that was running was finished first.
    Interrupted {
        /// Steps done and proved.
        steps: usize,
    },
    /// The run was taken back as a whole, by `undo`.
    Undone,
    /// It could be neither finished nor taken back, and an operator closed it with a note.
    Closed,
    /// Every step was done and proved, and the host does not show the target.
    NotReached {
        /// What shows that.
        why: String,
    },
}

impl Ending {
    /// The word for it in the journal and in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::NothingToDo => "nothing-to-do",
            Self::Refused { .. } => "refused",
            Self::Done => "done",
            Self::RolledBack { .. } => "rolled-back",
            Self::Stuck { .. } => "stuck",
            Self::Kept { .. } => "kept",
            Self::Interrupted { .. } => "interrupted",
            Self::Undone => "undone",
            Self::Closed => "closed",
            Self::NotReached { .. } => "not-reached",
        }
    }

    /// Every word, in the order of the endings.
    const WORDS: [&str; 11] = [
        "planned",
        "nothing-to-do",
        "refused",
        "done",
        "rolled-back",
        "stuck",
        "kept",
        "interrupted",
        "undone",
        "closed",
        "not-reached",
    ];

    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Planned | Self::NothingToDo | Self::Done | Self::Undone | Self::Closed => ExitStatus::Success,
            Self::Refused { .. } => ExitStatus::Blocked,
            Self::RolledBack { .. } => ExitStatus::Undetermined,
            Self::Stuck { .. } | Self::Kept { .. } | Self::Interrupted { .. } | Self::NotReached { .. } => {
                ExitStatus::HalfWay
            }
        }
    }

    /// Whether the run leaves something half-way.
    pub fn is_unfinished(&self) -> bool {
        matches!(self, Self::Stuck { .. } | Self::Kept { .. } | Self::Interrupted { .. } | Self::NotReached { .. })
    }

    /// The ending of a run with this word; `None` where no run ends like that.
    fn of_run(word: &str) -> Option<Self> {
        let unknown = String::new;
        Some(match word {
            "done" => Self::Done,
            "rolled-back" => Self::RolledBack { why: unknown() },
            "stuck" => Self::Stuck { why: None, undo_why: unknown() },
            "kept" => Self::Kept { why: unknown(), stays: unknown() },
            "interrupted" => Self::Interrupted { steps: 0 },
            "undone" => Self::Undone,
            "not-reached" => Self::NotReached { why: unknown() },
            _ => return None,
        })
    }
}

impl JsonSchema for Ending {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Ending".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Self::WORDS })
    }
}

impl Serialize for Ending {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// The endings of a run, as the journal has them.
pub(super) mod of_run {
    use serde::de::{Error as _, Unexpected};
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Ending;

    pub(in crate::engine) fn serialize<S: Serializer>(ending: &Ending, serializer: S) -> Result<S::Ok, S::Error> {
        if Ending::of_run(ending.word()).is_none() {
            return Err(S::Error::custom(format!("no run ends as {}", ending.word())));
        }
        ending.serialize(serializer)
    }

    pub(in crate::engine) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ending, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ending::of_run(&word).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&word), &"how a run ended"))
    }
}
