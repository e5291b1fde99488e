//! What a row of the table of steps says.

use super::step::{Scope, State, When};
use crate::subjects::rule::RuleId;

/// Who tells how a step stands.
#[derive(Clone, Copy)]
pub(super) enum By {
    /// A person. What rules say is shown beside it; where they block, or could not tell, no confirmation lifts that.
    Person(&'static [RuleId]),
    /// Rules. What they leave to the operator, he confirms.
    Rules(&'static [RuleId]),
    /// Rules, and what they ask for this command does: nothing is left to confirm.
    Command(&'static str, &'static [RuleId]),
    /// A judgement of the step's own, with the rules that it asks.
    Own(Own, &'static [RuleId]),
}

/// The judgements that steps have of their own; which function makes each is in `judge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    BeRoot,
    FreeSpace,
    EverythingBefore,
    DisableNode,
    SshOpen,
    Session,
    StageIso,
    MountIso,
    CleanCache,
    RunUpgrade,
    Reboot,
    LookAtSwap,
    AddDisk,
    ExtendSwap,
    RestartForSwap,
    NetworkMode,
    PruneKernels,
    SshAgain,
    RetireKeys,
}

/// A step of the procedure, and the numbered items that it stands for.
#[derive(Clone, Copy)]
pub struct Row {
    /// The step's fixed word.
    pub id: &'static str,
    /// Section, such as `7.2`.
    pub section: &'static str,
    /// First and last item of the section that it covers; 0 and 0 is a section without items.
    pub items: (u8, u8),
    /// The guide that has the step, where the item of the procedure only refers to it.
    guide: Option<&'static str>,
    pub title: &'static str,
    pub scope: Scope,
    pub when: When,
    /// What a person does for it; empty where a command does it all.
    pub how: &'static str,
    /// Commands that verify it beside the rules.
    pub verified_by: &'static [&'static str],
    done_by: Option<&'static str>,
    /// Whether a confirmation may count where a function of its own judges the step.
    own_is_confirmed: bool,
    pub(super) by: By,
}

impl Row {
    const fn new(section: &'static str, item: u8, id: &'static str, title: &'static str, by: By) -> Self {
        let (scope, when) = (Scope::Node, When::Before);
        let (how, verified_by, done_by, own_is_confirmed, guide) = ("", &[], None, false, None);
        Self {
            id,
            section,
            items: (item, item),
            guide,
            title,
            scope,
            when,
            how,
            verified_by,
            done_by,
            own_is_confirmed,
            by,
        }
    }

    /// The same, up to the item `last`.
    pub(super) const fn to(self, last: u8) -> Self {
        Self { items: (self.items.0, last), ..self }
    }

    /// The same, which another guide has.
    pub(super) const fn of_guide(self, guide: &'static str) -> Self {
        Self { guide: Some(guide), ..self }
    }

    /// The same, with what a person does.
    pub(super) const fn how(self, how: &'static str) -> Self {
        Self { how, ..self }
    }

    /// The same, a person's, with the rules to show beside it.
    pub(super) const fn shows(self, rules: &'static [RuleId]) -> Self {
        Self { by: By::Person(rules), ..self }
    }

    /// The same, once for the cluster.
    pub(super) const fn in_cluster(self) -> Self {
        Self { scope: Scope::Cluster, ..self }
    }

    /// The same, at another time.
    pub(super) const fn at(self, when: When) -> Self {
        Self { when, ..self }
    }

    /// The same, which a command does.
    pub(super) const fn done_by(self, command: &'static str) -> Self {
        Self { done_by: Some(command), ..self }
    }

    /// The same, which commands verify beside the rules.
    pub(super) const fn verified_by(self, commands: &'static [&'static str]) -> Self {
        Self { verified_by: commands, ..self }
    }

    /// The same, which is judged by a function of its own, and which an operator may confirm.
    pub(super) const fn or_confirmed(self) -> Self {
        Self { own_is_confirmed: true, ..self }
    }

    /// The command that does it, where there is one.
    pub fn does(&self) -> Option<&'static str> {
        match self.by {
            By::Command(command, _) => Some(command),
            By::Person(_) | By::Rules(_) | By::Own(..) => self.done_by,
        }
    }

    /// Whether a confirmation by the operator may ever count.
    pub fn may_be_confirmed(&self) -> bool {
        match self.by {
            By::Person(_) | By::Rules(_) => true,
            By::Command(..) => false,
            By::Own(..) => self.own_is_confirmed,
        }
    }

    /// Whether it is of another guide, and covers no item of the procedure.
    pub fn is_of_guide(&self) -> bool {
        self.guide.is_some()
    }

    /// The items that it covers, one by one: `7.6-7`, or the section where that has none; the guide where it covers
    /// none.
    pub fn item_names(&self) -> Vec<String> {
        match self.items {
            _ if let Some(guide) = self.guide => vec![guide.to_owned()],
            (0, _) => vec![self.section.to_owned()],
            (first, last) => (first..=last).map(|item| format!("{}-{item}", self.section)).collect(),
        }
    }

    pub fn rules(&self) -> &'static [RuleId] {
        match self.by {
            By::Person(rules) | By::Rules(rules) | By::Command(_, rules) | By::Own(_, rules) => rules,
        }
    }

    /// The items that it covers: `7.2-2`, `7.6-7..17`, or the section where that has none; or the guide that has it.
    pub fn source(&self) -> String {
        match self.items {
            _ if let Some(guide) = self.guide => guide.to_owned(),
            (0, _) => self.section.to_owned(),
            (first, last) if first == last => format!("{}-{first}", self.section),
            (first, last) => format!("{}-{first}..{last}", self.section),
        }
    }

    /// How the step stands when nothing is said against it and its rules pass.
    pub(super) fn passed(&self) -> State {
        // A step that is only done where it is needed was not done because nothing is wrong.
        if self.when == When::Free { State::NotNeeded } else { State::Done }
    }
}

/// A step that only a person knows of, on every node before its upgrade.
pub(super) const fn person(section: &'static str, item: u8, id: &'static str, title: &'static str) -> Row {
    Row::new(section, item, id, title, By::Person(&[]))
}

/// The same, of which rules tell.
pub(super) const fn rules(
    section: &'static str,
    item: u8,
    id: &'static str,
    title: &'static str,
    rules: &'static [RuleId],
) -> Row {
    Row::new(section, item, id, title, By::Rules(rules))
}

/// The same, which `command` does.
pub(super) const fn command(
    section: &'static str,
    item: u8,
    id: &'static str,
    title: &'static str,
    command: &'static str,
    rules: &'static [RuleId],
) -> Row {
    Row::new(section, item, id, title, By::Command(command, rules))
}

/// The same, which has a judgement of its own, by rules and more.
pub(super) const fn own(
    section: &'static str,
    item: u8,
    id: &'static str,
    title: &'static str,
    judge: Own,
    rules: &'static [RuleId],
) -> Row {
    Row::new(section, item, id, title, By::Own(judge, rules))
}
