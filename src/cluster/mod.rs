//! A cluster, from the saved reports on its nodes and what the cluster says of itself. Offline, and pure.
//!
//! What the cluster says of itself is the JSON that `okv cluster info get` prints. Its field names are not public: see
//! [`info`].

use schemars::JsonSchema;
use serde::Serialize;

use crate::subjects::rule::Outcome;

pub mod console;
mod differences;
mod disabled;
pub mod info;
mod judge;
mod made;
mod next_action;
mod node;
mod one_at_a_time;
mod order;
mod releases;
pub mod saved;

pub use console::Console;
pub use differences::{Difference, Value};
pub use disabled::Disabled;
pub use judge::{Request, judge};
pub use next_action::Next;
pub use node::Node;
pub use order::Step;

/// What is found on a cluster. Its JSON form is the contract of `okv-host cluster`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cluster {
    /// Release that the nodes were judged by; `None` where their reports disagree.
    pub profile: Option<String>,
    /// The sum of that profile, where all reports have the same.
    #[serde(skip)]
    pub profile_sha256: Option<String>,
    /// The verdict: the worst of the nodes, and of what is wrong with the cluster.
    pub verdict: Outcome,
    /// The lowest version of all nodes; `None` where that of a node is not known.
    pub version: Option<String>,
    /// The nodes, by name.
    pub nodes: Vec<Node>,
    /// The order to upgrade them in, one at a time; `None` where it cannot be told. Nodes that have the release already
    /// are left out.
    pub order: Option<Vec<Step>>,
    pub differences: Vec<Difference>,
    /// Nodes that are disabled, and for how long they may be.
    pub disabled: Vec<Disabled>,
    /// What saved answers of the management console show of nodes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub console: Vec<Console>,
    /// What is wrong with the cluster, or with what was given.
    pub problems: Vec<Problem>,
    /// What to do next; `None` where every node has the release.
    pub next: Option<Next>,
    /// What was looked for in the cluster information and not found, and what was assumed.
    pub not_found: Vec<String>,
}

impl Cluster {
    pub const SCHEMA: &'static str = "okv-host.cluster.v1";
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// A fixed word.
    pub id: &'static str,
    /// What it makes of the verdict; `ready` where it only warns.
    pub verdict: Outcome,
    pub message: String,
    /// A command, or an imperative sentence.
    pub remedy: String,
}

impl Problem {
    fn new(id: &'static str, verdict: Outcome, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { id, verdict, message: message.into(), remedy: remedy.into() }
    }
}
