//! sshd's configuration: /etc/ssh/sshd_config with the files it includes (sshd_config(5)), and what /etc/sysconfig/sshd
//! adds to sshd's command line.
//!
//! `HostKey` is global. Within a `Match` block sshd refuses it and does not start; such a line is kept and marked.

use super::statements::{Statement, walk};
use super::{Configuration, HostKeyLine, options};
use crate::host::{Probed, Root};

pub(super) const FILE: &str = "/etc/ssh/sshd_config";

/// Reads it. [`Probed::Absent`] where there is no sshd_config: sshd does not start then.
pub(super) fn gather(root: &Root) -> Probed<Configuration> {
    match root.at(FILE).map(|place| place.kind()) {
        Ok(Probed::Absent) => return Probed::Absent,
        Ok(_) => {}
        Err(why) => return Probed::Unreadable(why),
    }
    let mut found = Configuration::default();
    let read = walk(root, FILE, &mut |statement| take(&mut found, statement)).and_then(|files| {
        found.files = files;
        options::gather(root, &mut found)
    });
    match read {
        Ok(()) => Probed::Known(found),
        Err(why) => Probed::Unreadable(why),
    }
}

/// Takes in a line. Of several lines of a keyword the first counts, but for host keys and their certificates.
fn take(found: &mut Configuration, statement: Statement) {
    let Some(first) = statement.arguments.first() else { return };
    match statement.keyword.to_ascii_lowercase().as_str() {
        // The second is an old name of the first.
        "hostkey" | "hostdsakey" => {
            let path = super::absolute(first);
            found.host_keys.push(HostKeyLine { line: statement.line, path, in_match: statement.in_match });
        }
        "hostcertificate" => found.certificates.push(super::absolute(first)),
        "hostkeyalgorithms" if found.algorithms.is_none() => {
            found.algorithms = Some((statement.line, first.clone()));
        }
        // The second is its name in el8, before OpenSSH had it.
        "requiredrsasize" | "rsaminsize" if found.smallest_rsa.is_none() && !statement.in_match => {
            found.smallest_rsa = first.parse().ok().map(|bits| (statement.line, bits));
        }
        "hostkeyagent" if first != "none" && found.agent.is_none() => found.agent = Some(statement.line),
        _ => {}
    }
}
