//! What the host shows of its next start: looked at anew.

use crate::engine::apply::TargetHost;
use crate::host::{Node, Probed};
use crate::subjects::next_start::command_line::Effect;
use crate::subjects::next_start::facts::images::Images;
use crate::subjects::next_start::facts::start::{NextStart, gather};
use crate::subjects::next_start::prediction::{Prediction, predict, without_boot};

/// Why the next start surely ends before its end; `None` where it does not.
///
/// # Errors
/// Where that cannot be determined.
pub(crate) fn stops(host: &TargetHost<'_>) -> Result<Option<String>, String> {
    let root = host.root()?;
    let node = Node::gather(&root);
    let prediction = match gather(&root, &node, &Images::default(), None) {
        Probed::Known(NextStart::Seen(start)) => predict(&start, &node),
        Probed::Known(NextStart::NotSaved { .. }) | Probed::Absent => without_boot(&node),
        Probed::Unreadable(why) => return Err(format!("cannot look at /boot: {why}")),
    };
    let stops = |prediction: &Prediction| prediction.effect() == Effect::Stops;
    Ok(Some(prediction).filter(stops).map(|prediction| format!("the node would not start again: {prediction}")))
}
