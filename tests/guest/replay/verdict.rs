//! Whether a node recovers from a state.

use serde_json::Value;

use super::place::{Answers, Place};
use super::runs::Run;
use super::states::State;
use crate::OKV_HOST;

/// How a node recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recovered {
    /// It started with swap.
    WithSwap,
    /// It started without, and has it again after the next run.
    SwapCameBack,
}

/// Starts the node from that state, runs what was cut off again, and judges.
pub(super) fn of(place: &mut Place<'_>, run: &Run, state: &State) -> Result<Recovered, String> {
    let task = &run.task;
    let script = format!(
        r#"part ready on_node "$(cat <<'END'
{ready}
END
)"
start=$(cat <<'END'
{start}
END
)
kept=$(cat <<'END'
{kept}
END
)
result=$(cat <<'END'
{result}
END
)
part start on_node "$start"
part status on_node '{OKV_HOST} status'
part run on_node '{OKV_HOST} {command} --apply --yes --format json'
[ "$(sed -n 's/.*"outcome": *"\([^"]*\)".*/\1/p' /run/part | head -1)" = done ] ||
  part twice on_node '{OKV_HOST} {command} --apply --yes --format json'
part again on_node '{OKV_HOST} {command} --format json'
part closed on_node '{OKV_HOST} status'
part kept on_node "$kept"
part result on_node "$result""#,
        ready = task.ready,
        start = task.start,
        kept = task.kept,
        result = task.result,
        command = task.command,
    );
    let answers = place.recover(run, state.contents(&run.recording), &script);
    judge(run, &answers).map_err(|why| match std::env::var("OKV_REPLAY_ANSWERS") {
        Ok(_) => format!("{why}\n{answers:#?}"),
        Err(_) => why,
    })
}

fn judge(run: &Run, answers: &Answers) -> Result<Recovered, String> {
    let part = |name: &str| answers.get(name).ok_or_else(|| format!("{name}: no answer"));
    let mut faults = Vec::new();
    for name in ["attached", "activated", "mounted", "ready", "start"] {
        if let Some((status, text)) = answers.get(name)
            && *status != 0
        {
            faults.push(format!("at the start of the node, {name}: {}", text.trim()));
        }
    }
    let (status, text) = part("status")?;
    if ![0, 4].contains(status) {
        faults.push(format!("status ends with {status}: {text}"));
    }
    faults.extend(ends_well("the run", part("run")?, &["done", "nothing-to-do", "undone"]).err());
    if let (false, Some(answer)) = (faults.is_empty(), answers.get("twice")) {
        faults.extend(ends_well("the run after that", answer, &["done", "nothing-to-do", "undone"]).err());
    }
    faults.extend(ends_well("a plan after it", part("again")?, &["nothing-to-do"]).err());
    if part("closed")?.0 != 0 {
        faults.push(format!("status ends with {} after the run", part("closed")?.0));
    }
    for (name, expected) in [("kept", &run.kept), ("result", &run.result)] {
        let (_, text) = part(name)?;
        if text.trim() != expected.trim() {
            faults.push(format!("{name} is not as expected:\n{text}instead of\n{expected}"));
        }
    }
    let has_swap = !part("swaps")?.1.trim().is_empty();
    match faults.is_empty() {
        true if has_swap => Ok(Recovered::WithSwap),
        true => Ok(Recovered::SwapCameBack),
        false => Err(faults.join("; ")),
    }
}

fn ends_well(what: &str, (status, text): &(i32, String), outcomes: &[&str]) -> Result<(), String> {
    let answer: Value = serde_json::from_str(text).unwrap_or_default();
    match *status == 0 && outcomes.contains(&answer["outcome"].as_str().unwrap_or_default()) {
        true => Ok(()),
        false => {
            let why = match answer["reasons"][0]["id"].as_str() {
                Some(id) => format!("{id}: {}", answer["reasons"][0]["message"]),
                None if answer["message"].is_string() => answer["message"].to_string(),
                None => text.trim().to_owned(),
            };
            Err(format!("{what} ends with {status} ({}): {why}", answer["outcome"]))
        }
    }
}
