//! How the document of a command is made, where it is about one host.

use crate::host::machine_id::Identities;
use crate::host::running::host_name;
use crate::host::{Root, clock};
use crate::profile::Profile;
use crate::report::{Made, Read};
use crate::subjects::Facts;

/// Of the host in `root`, now.
pub(super) fn of_host(root: &Root, profile: Option<&Profile>) -> Made {
    let Identities { machine, installation, .. } = Identities::gather(root);
    let read = match root.is_live() {
        true => Read::Live,
        false if root.is_capture() => Read::Capture,
        false => Read::Folder,
    };
    Made {
        host: host_name(root).known().cloned(),
        machine: machine.known().cloned(),
        installation: installation.known().cloned(),
        ..Made::at(Some(clock::now(root)), profile, read)
    }
}

/// Of `facts`: at the time that the screen shows of them. Without a root they are those of disks.
pub(super) fn of_facts(root: Option<&Root>, facts: &Facts, profile: &Profile) -> Made {
    let host = Some(facts.node.name.clone());
    let Some(root) = root else { return Made { host, ..Made::at(None, Some(profile), Read::Disks) } };
    let at = Made::at(facts.node.running.as_ref().map(|_| facts.node.now), None, Read::Live).at;
    Made { at, host, ..of_host(root, Some(profile)) }
}
