//! The outcome of a plan or of a run in one line, for `--quiet`.

use super::effect::{duration, effects};
use super::ending::end;
use super::plan::PlanReport;
use super::text::{clean, sentence};
use crate::base::units::count;
use crate::engine::Ending;

/// What the plan does, why there is none, or how its run ended.
pub fn plan_line(report: &PlanReport<'_>) -> String {
    let effects = effects(report.steps);
    let what = if effects.is_empty() { clean(report.target) } else { effects.join("; ") };
    let line = match &report.ending {
        Ending::Planned => format!("Planned, {}: {what}", count(report.steps.len(), "step")),
        Ending::Refused { .. } => format!("Refused: {}. Nothing was changed.", ids(report)),
        Ending::Done => {
            let took = report.applied.as_ref().map(|applied| format!(" in {}", duration(applied.seconds)));
            format!("Done{}: {what}", took.unwrap_or_default())
        }
        ending => end(ending).to_owned(),
    };
    format!("{}\n", sentence(&line))
}

fn ids(report: &PlanReport<'_>) -> String {
    let mut ids: Vec<&str> = report.reasons.iter().map(|reason| reason.id).collect();
    ids.dedup();
    ids.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Reason, Refusal};

    #[test]
    fn a_refusal_is_one_line_with_its_reasons() {
        let reason = |id| Reason { id, message: "a long\nmessage".into(), remedy: String::new() };
        let refusal = Refusal { reasons: vec![reason("memory"), reason("memory"), reason("no-room")] };
        let line = plan_line(&PlanReport::of_refusal("swap-extend", &refusal));
        assert_eq!(line, "Refused: memory, no-room. Nothing was changed.\n");
    }
}
