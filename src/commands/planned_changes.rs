//! The steps of the procedure, each that can be done now planned by the command that does it: what that refuses is not
//! ready. All but the upgrade itself, which refuses with what is to be done by these.

use std::path::Path;

use anyhow::{Result, bail};

use super::gate::{beneath_upgrade, blocks, unfinished_before};
use super::lock_holder::under_way;
use super::recorded::records_of;
use super::surroundings::Surroundings;
use super::{kernel_prune, ssh_dsa_retire, swap_extend};
use crate::base::cause::cause;
use crate::cli::Judge;
use crate::engine::apply::Lock;
use crate::engine::{Reason, Refusal, last_run};
use crate::host::{Probed, Root};
use crate::procedure::{STAGE, State, Step, steps};
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::media::how_to_bring;
use crate::subjects::rule::Finding;

/// A host that was judged, and how.
pub(super) struct JudgedHost<'h> {
    pub(super) root: &'h Root,
    pub(super) facts: &'h Facts,
    pub(super) findings: &'h [Finding],
    pub(super) profile: &'h Profile,
    pub(super) judge: &'h Judge,
    pub(super) around: Surroundings,
}

/// Every step of the procedure on the host.
pub(super) fn planned_changes(host: &JudgedHost<'_>) -> Vec<Step> {
    let mut steps = steps(host.facts, host.findings, host.profile);
    for step in &mut steps {
        host.plan(step, |command| host.refusal(command));
    }
    // What it refuses names what the other commands are ready to do.
    let others = steps.clone();
    for step in &mut steps {
        host.plan(step, |command| {
            Ok((Some(command) == STAGE.strip_prefix("okv-host ")).then(|| host.against_any_iso(&others)).flatten())
        });
    }
    steps
}

impl JudgedHost<'_> {
    /// Has a step that can be done now planned by `refusal`, which is given the words behind `okv-host`.
    pub(super) fn plan(&self, step: &mut Step, refusal: impl FnOnce(&str) -> Result<Option<Refusal>>) {
        let command = step.command.as_deref().and_then(|command| command.strip_prefix("okv-host "));
        let (State::Ready, Some(command)) = (step.state, command) else { return };
        match self.in_the_way(command).and_then(|other| if other.is_some() { Ok(other) } else { refusal(command) }) {
            Ok(None) => {}
            Ok(Some(refusal)) => step.refuse(&refusal),
            Err(why) => step.leave_unknown(cause(&format_args!("{why:#}"))),
        }
    }

    /// Another run that is in the way of the command.
    fn in_the_way(&self, command: &str) -> Result<Option<Refusal>> {
        let name = command.split(' ').next().unwrap_or_default();
        if !self.root.has_answers() || name == "confirm" || name == "check" {
            return Ok(None);
        }
        let holder = || matches!(Lock::is_held(Path::new("/")), Ok(true)).then(under_way);
        if let Ok(Some(run)) = self.root.answer("what holds the lock", holder) {
            bail!("{run}; what is left to do shows when it has ended");
        }
        let unfinished = unfinished_before(name, last_run(&records_of(self.root)?).as_ref());
        Ok(beneath_upgrade(self.root, name).or(unfinished).map(|reason| Refusal { reasons: vec![reason] }))
    }

    /// Why the command refuses now, where it does.
    fn refusal(&self, command: &str) -> Result<Option<Refusal>> {
        let (root, around) = (self.root, self.around);
        Ok(match command {
            "swap-extend" => swap_extend::planned(root, self.profile, around)?.err(),
            "swap-extend --prepare" => swap_extend::prepared(root, self.profile, around).err(),
            "kernel-prune" => kernel_prune::planned(root, &Default::default(), around)?.err(),
            "ssh-dsa-retire" => ssh_dsa_retire::planned(root, around)?.err(),
            _ => None,
        })
    }

    /// Why no ISO could be staged now, whichever it is.
    fn against_any_iso(&self, steps: &[Step]) -> Option<Refusal> {
        let mut reasons = blocks(self.findings, || steps.to_vec(), &[]);
        for folder in [&self.profile.places.iso_folder, &self.profile.places.iso_mount] {
            let kind = self.root.at(folder).map(|place| place.kind());
            if !kind.is_ok_and(|kind| matches!(kind, Probed::Known(kind) if kind.is_dir())) {
                let message = format!("there is no folder {folder}");
                let setup = self.facts.node.setup.as_ref();
                let remedy = setup.map_or_else(String::new, |setup| how_to_bring(folder, setup).to_string());
                reasons.push(Reason { id: "no-folder", message, remedy });
            }
        }
        (!reasons.is_empty()).then_some(Refusal { reasons })
    }
}
