//! Steps in JSON, with `back.by.vital`: documents had it before steps had roles, and within a schema's version no field
//! goes away.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::engine::{Action, Back, Command, Guard, ProgramRun, Proof, Role, Step};

#[derive(Serialize, JsonSchema)]
pub(super) struct StepJson<'s> {
    purpose: &'s str,
    role: Role,
    action: ActionJson<'s>,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum ActionJson<'s> {
    Run { run: RunJson<'s> },
    Other(&'s Action),
}

#[derive(Serialize, JsonSchema)]
struct RunJson<'s> {
    argv: &'s Command,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guard: Option<&'s Guard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unless: Option<&'s Proof>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<&'s Proof>,
    #[serde(skip_serializing_if = "Option::is_none")]
    back: Option<BackJson<'s>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    writes: &'s [String],
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum BackJson<'s> {
    By { by: ByJson<'s> },
    Other(&'s Back),
}

#[derive(Serialize, JsonSchema)]
struct ByJson<'s> {
    argv: &'s Command,
    vital: bool,
}

impl<'s> StepJson<'s> {
    fn of(step: &'s Step) -> Self {
        let action = match &step.action {
            Action::Run(run) => ActionJson::Run { run: RunJson::of(run, step.role) },
            other => ActionJson::Other(other),
        };
        Self { purpose: &step.purpose, role: step.role, action }
    }
}

impl<'s> RunJson<'s> {
    fn of(run: &'s ProgramRun, role: Role) -> Self {
        // By all names, so that a field which is added is not forgotten here.
        let ProgramRun { command, limit_seconds: _, guard, unless, proof, back, writes } = run;
        Self {
            argv: command,
            limit_seconds: run.limit_of_its_own(),
            guard: guard.as_ref(),
            unless: unless.as_ref(),
            proof: proof.as_ref(),
            writes,
            back: match back {
                Back::Nothing => None,
                Back::By { command } => {
                    Some(BackJson::By { by: ByJson { argv: command, vital: role.always_comes_back() } })
                }
                other => Some(BackJson::Other(other)),
            },
        }
    }
}

/// For the fields of documents that have steps.
pub(super) fn steps<S: Serializer>(steps: &[Step], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(steps.iter().map(StepJson::of))
}

/// The same for steps that are not one after the other.
pub(super) fn steps_of<S: Serializer>(steps: &[&Step], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(steps.iter().map(|step| StepJson::of(step)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json, to_value};

    use super::*;
    use crate::base::digest::Summing;
    use crate::engine::{FileCopy, Follow};
    use crate::io::tool::Program;

    fn written(step: &Step) -> Value {
        to_value(StepJson::of(step)).unwrap()
    }

    /// Steps with every way back, and with every field of a program.
    fn various() -> Vec<Step> {
        let point = || Proof::Mounted { point: "/boot".into() };
        let run = |back| ProgramRun::changes(Program::Mount, ["/boot"], point(), back);
        let by = || Back::by(Program::Umount, ["/boot"]);
        let guard = Guard::RoomForPages { area: "/dev/x".into(), margin_kib: 1 };
        let bytes = Back::Bytes { path: "/dev/x".into(), bytes: vec![], of: 512 };
        let runs = [
            ProgramRun::looks(Program::Rpm, ["--version"]),
            run(Back::Needless),
            run(by()).within(5).only_if(guard).writing(["/dev/sdb1"]),
            ProgramRun { unless: Some(point()), ..run(bytes) },
            run(Back::Stays { why: "x".into() }),
        ];
        let copy = FileCopy { from: "/a".into(), to: "/b".into(), bytes: 1, sha256: Summing::default().finish() };
        let follow = Follow { log: "/log".into(), messages: "/messages".into(), limit_seconds: 1 };
        let actions = runs.into_iter().map(Action::Run).chain([Action::Copy(copy), Action::Follow(follow)]);
        actions.map(|action| Step::new("why", action)).collect()
    }

    #[test]
    fn json_has_what_the_journal_has_and_vital() {
        for step in various() {
            let mut written = written(&step);
            if let Some(by) = written.pointer_mut("/action/run/back/by") {
                assert_eq!(by.as_object_mut().unwrap().remove("vital"), Some(json!(false)), "{step:?}");
            }
            assert_eq!(written, to_value(&step).unwrap());
        }
    }

    #[test]
    fn what_always_comes_back_is_vital() {
        let by = &various()[2];
        for (role, vital) in [(Role::Plain, false), (Role::MustBeRestored, true), (Role::Temporary, true)] {
            let written = written(&by.clone().in_role(role));
            assert_eq!(
                written["action"]["run"]["back"]["by"],
                json!({"argv": ["/usr/bin/umount", "/boot"], "vital": vital})
            );
        }
    }
}
