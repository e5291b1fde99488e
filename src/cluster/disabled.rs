//! How long a disabled node may stay so: beyond the Maximum Disable Node Duration it cannot be enabled any more.

use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Disabled {
    pub node: String,
    /// Since when, in seconds since 1970-01-01 UTC.
    pub since_seconds: Option<u64>,
    /// Until when it can be enabled again.
    pub until_seconds: Option<u64>,
    /// How many seconds are left; 0 where it is too late.
    pub left_seconds: Option<u64>,
}

impl Disabled {
    /// Whether it cannot be enabled again.
    pub(super) fn is_too_long(&self) -> bool {
        self.left_seconds == Some(0)
    }
}

/// What is left of `longest` seconds for a node that is disabled since then.
pub(super) fn disabled(node: &str, since: Option<u64>, longest: Option<u64>, now: u64) -> Disabled {
    let until = since.zip(longest).map(|(since, longest)| since.saturating_add(longest));
    Disabled {
        node: node.to_owned(),
        since_seconds: since,
        until_seconds: until,
        left_seconds: until.map(|until| until.saturating_sub(now)),
    }
}
