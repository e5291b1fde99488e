//! Judges. Every rule is a pure function of the facts and the release profile, in a file of its own, by subject.
//!
//! A rule answers with one finding for each subject it judged, passes included. What could not be looked at is
//! `unknown`, which is never a pass; what cannot apply to a powered-off node is `not-applicable`. What no node lets us see, whoever
//! looks, is `confirm`: a question to the operator, which does not change the verdict on the node, because it would stand for ever.
//!
//! All that is known of a rule is in its record ([`Rule`]), at the top of its file, and nowhere else: lists and
//! documents are made from [`RULES`].

use serde::{Deserialize, Serialize};

use crate::disk::Disk;
use crate::facts::boot::{self, BootDisk};
use crate::facts::ssh::Ssh;
use crate::facts::{Facts, Node, Probed, Running, Subjects};
use crate::profile::Profile;

pub(crate) mod disk;
pub(crate) mod kernel;
pub(crate) mod media;
pub(crate) mod node;
mod record;
pub(crate) mod ssh;
pub(crate) mod swap;
#[cfg(test)]
mod tests;
pub mod waivers;

pub use record::{Rule, RuleId, Waivable};
pub use waivers::Waived;

/// What a rule says of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it must be.
    Pass,
    /// As it must be, with something worth knowing.
    Note,
    /// Cannot be seen on a node by anyone: the operator has to confirm it.
    Confirm,
    /// Not as it should be; the upgrade can go on.
    Warn,
    /// The node must not be upgraded like this.
    Block,
    /// Could not be told.
    Unknown,
    /// Does not apply here.
    NotApplicable,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Confirm => "confirm",
            Self::Warn => "warn",
            Self::Block => "block",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// What a rule found of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's fixed word, or [`waivers::ID`].
    pub id: RuleId,
    /// The verdict.
    pub verdict: Verdict,
    /// What was judged: a disk, a volume, the node.
    pub subject: String,
    /// What was measured, with exact figures.
    pub measured: String,
    /// What is required.
    pub required: String,
    /// One sentence that says what it means.
    pub message: String,
    /// What would lift it; empty where nothing need be done.
    pub remedy: String,
    /// Where the requirement stands.
    pub source: String,
    /// Why it does not count; nothing where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
}

/// What a rule is given.
pub(crate) struct Case<'f> {
    pub(crate) facts: &'f Facts,
    pub(crate) profile: &'f Profile,
    rule: &'static Rule,
}

impl<'f> Case<'f> {
    /// A finding of this rule; remedy and measured may be set afterwards.
    pub(crate) fn finding(&self, verdict: Verdict, subject: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding {
            id: self.rule.id,
            verdict,
            subject: subject.into(),
            measured: String::new(),
            required: (self.rule.required)(self.profile),
            message: message.into(),
            remedy: String::new(),
            source: (self.rule.source)(self.profile),
            waived: None,
        }
    }

    /// The finding that there are no disks to judge, with the reason.
    pub(crate) fn no_disks(&self) -> Finding {
        let why = self.facts.node.why_incomplete().unwrap_or_else(|| "there is no disk".to_owned());
        self.finding(Verdict::Unknown, "node", why)
    }

    /// The running host, or the finding that says the rule needs one.
    pub(crate) fn running(&self) -> Result<&'f Running, Box<Finding>> {
        self.facts.node.running.as_ref().ok_or_else(|| {
            let message = "only a running host can tell; disks of a powered-off node were given";
            Box::new(self.finding(Verdict::NotApplicable, "node", message))
        })
    }

    /// What the subjects gathered, or the finding that says that a rule needs a running host.
    pub(crate) fn subjects(&self) -> Result<&'f Subjects, Box<Finding>> {
        self.running().and_then(|_| {
            let not_gathered = || self.finding(Verdict::Unknown, "node", "this host was not looked at");
            self.facts.subjects.as_ref().ok_or_else(|| Box::new(not_gathered()))
        })
    }

    /// What is known of sshd's host keys, or the finding that says why there is nothing to judge.
    pub(crate) fn ssh(&self) -> Result<&'f Ssh, Box<Finding>> {
        match &self.subjects()?.ssh {
            Probed::Known(ssh) => Ok(ssh),
            Probed::Absent => Err(Box::new(self.finding(Verdict::NotApplicable, "node", "there is no /etc/ssh"))),
            Probed::Unreadable(why) => {
                let message = format!("/etc/ssh could not be looked at: {why}");
                Err(Box::new(self.finding(Verdict::Unknown, "node", message).remedy("run as a user who may read it")))
            }
        }
    }
}

impl Finding {
    /// The same with what was measured.
    pub(crate) fn measured(mut self, measured: impl Into<String>) -> Self {
        self.measured = measured.into();
        self
    }

    /// The same with what would lift it.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}

/// Every rule, in the order of the report. A new one is a file with its record, its `mod` line and its line here.
pub const RULES: &[Rule] = &[
    disk::boot_mode::RULE,
    disk::disk_bios_limit::RULE,
    disk::boot_size::RULE,
    disk::disk_minimum::RULE,
    swap::swap_size::RULE,
    swap::swap_references::RULE,
    swap::vg_health::RULE,
    swap::vg_free::RULE,
    disk::table_health::RULE,
    ssh::ssh_dsa_key::RULE,
    ssh::ssh_host_keys::RULE,
    kernel::running_newest::RULE,
    kernel::old::RULE,
    kernel::boot_free::RULE,
    kernel::boot_consistent::RULE,
    media::iso_space::RULE,
    media::iso_present::RULE,
    media::images_mount::RULE,
    media::ssl_jars::RULE,
    node::release::RULE,
    node::server_certificate::RULE,
    node::syslog_remote::RULE,
    node::diagnostics_package::RULE,
    node::backup_jobs::RULE,
    node::audit_vault_agent::RULE,
    node::hsm::RULE,
    node::upgrade_log::RULE,
    node::session::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == *name)
}

/// What the findings mean together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Nothing blocks, and everything that applies could be told, but for what is the operator's to confirm.
    Ready,
    /// Something blocks.
    Blocked,
    /// Nothing blocks, but something could not be told.
    Unknown,
}

impl Outcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}

/// `why` something was not found, with what may hide it.
fn with_cause(node: &Node, why: String) -> String {
    match node.why_incomplete() {
        Some(cause) => format!("{why}; {cause}"),
        None => why,
    }
}

/// The disk that the node boots from, or why it is not known.
fn boot_disk(node: &Node) -> Result<&Disk, String> {
    match boot::boot_disk(node) {
        BootDisk::Found { disk, .. } if disk.could_not_be_opened() => {
            Err(node.why_incomplete().unwrap_or_else(|| format!("{} could not be read", disk.path)))
        }
        BootDisk::Found { disk, .. } => Ok(disk),
        BootDisk::NotKnown(why) => Err(with_cause(node, why)),
    }
}

/// Judges the facts by every rule.
pub fn judge(facts: &Facts, profile: &Profile) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| (rule.judge)(&Case { facts, profile, rule })).collect()
}

/// The verdict on the node. What is waived does not count.
pub fn outcome(findings: &[Finding]) -> Outcome {
    let has = |verdict| findings.iter().any(|f| f.verdict == verdict && f.waived.is_none());
    if has(Verdict::Block) {
        Outcome::Blocked
    } else if findings.is_empty() || has(Verdict::Unknown) {
        Outcome::Unknown
    } else {
        Outcome::Ready
    }
}
