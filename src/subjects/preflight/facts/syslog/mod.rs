//! Where rsyslog sends logs to: its configuration with all that it includes (rsyslog.conf(5)), in the old syntax and in
//! RainerScript.

use crate::host::{Probed, Root};

mod files;
mod line;
mod object;
mod reach;
mod rulesets;
mod text;

pub use reach::reach;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Syslog {
    /// Each once, in the order of the configuration.
    pub targets: Vec<Target>,
    pub files: Vec<String>,
    /// Actions whose target the configuration does not spell out: place and text.
    pub unclear: Vec<(String, String)>,
}

/// A host that logs are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub protocol: Protocol,
    /// Name or address.
    pub host: String,
    pub port: u16,
    /// File and line of the action.
    pub place: String,
    /// Whether it can be reached; `Absent` where nobody tried.
    pub reached: Probed<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// UDP: nothing comes back, so nothing proves that they arrive.
    Udp,
    Tcp,
    /// RELP, which is over TCP.
    Relp,
}

impl Protocol {
    pub fn word(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Relp => "RELP",
        }
    }
}

/// Port where none is given (rsyslog's omfwd and omrelp).
const PORT: u16 = 514;

/// Reads `file` and what it includes. [`Probed::Absent`] where there is no such file.
pub fn gather(root: &Root, file: &str) -> Probed<Syslog> {
    match root.at(file).map(|place| place.kind()) {
        Ok(Probed::Absent) => return Probed::Absent,
        Ok(_) => {}
        Err(why) => return Probed::Unreadable(why),
    }
    Probed::from(files::walk(root, file))
}

impl Syslog {
    fn add(&mut self, target: Target) {
        let same = |t: &Target| (t.protocol, &t.host, t.port) == (target.protocol, &target.host, target.port);
        if !self.targets.iter().any(same) {
            self.targets.push(target);
        }
    }
}

#[cfg(test)]
mod tests;
