//! What a step is to the way back of its run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(test)]
use super::{Action, Back, Step};

/// What happens to the work of a step when a later one fails, or the run stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It is taken back when a later step fails.
    #[default]
    Plain,
    /// It takes away what the node needs. The run does not stop before a later step [restores](Self::Restores) that,
    /// and if the run fails, it is taken back even where other steps stay done.
    MustBeRestored,
    /// It gives the node what a step that must be restored took away, and stays done.
    Restores,
    /// It stays done once it is done.
    Permanent,
    /// It is made for the run alone, such as a mount: it comes back at the end, however the run ends.
    Temporary,
}

impl Role {
    /// Whether the work of the step comes back even where that of the steps after it stays.
    pub fn always_comes_back(self) -> bool {
        matches!(self, Self::MustBeRestored | Self::Temporary)
    }

    /// Whether the work of the step has no way back once it is done.
    pub fn stays_done(self) -> bool {
        matches!(self, Self::Permanent | Self::Restores)
    }

    /// The role of a step in a journal of 0.1.0, where steps had none: their way back and their proof implied it.
    pub(super) fn of_old(action: &Value) -> Self {
        let run = action.get("run");
        let back = run.and_then(|run| run.get("back"));
        let proof = |name| run.and_then(|run| run.get("proof")).is_some_and(|proof| proof.get(name).is_some());
        let is_vital = back.and_then(|back| back.get("by")?.get("vital")?.as_bool()).unwrap_or(false);
        let stays = back.is_some_and(|back| back.get("stays").is_some());
        match (is_vital, stays) {
            (true, _) if proof("swap-unused") => Self::MustBeRestored,
            (true, _) => Self::Temporary,
            (false, true) if proof("swap-used") => Self::Restores,
            (false, true) => Self::Permanent,
            (false, false) => Self::Plain,
        }
    }
}

/// Verifies that the role of each step is one that its way back allows: just what stays done has none, and what always
/// comes back is a program with one.
#[cfg(test)]
pub(crate) fn assert_roles_fit(steps: &[Step]) {
    for step in steps {
        let back = match &step.action {
            Action::Run(run) => &run.back,
            _ => {
                assert_eq!(step.role, Role::Plain, "its way back is that of its action: {step:?}");
                continue;
            }
        };
        assert_eq!(step.role.stays_done(), matches!(back, Back::Stays { .. }), "{step:?}");
        assert!(!step.role.always_comes_back() || matches!(back, Back::By { .. }), "{step:?}");
    }
}
