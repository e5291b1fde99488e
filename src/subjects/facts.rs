//! Everything the rules judge: the node, and what each subject gathered on it.

use super::boot::Loader;
use super::certificates::Certificates;
use super::console::{Console, ServerInfo};
use super::kernels::Kernels;
use super::media::Media;
use super::next_start::NextStart;
use super::preflight::Preflight;
use super::records::Records;
use super::ssh_keys::Ssh;
use super::upgrade::{OsChange, Upgrade};
use crate::host::powered_off::Opened;
use crate::host::{Node, Probed};
use crate::profile::Profile;

#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub node: Node,
    /// What the subjects gathered on a host; `None` where disks of a powered-off node are judged whose files could not
    /// be read.
    pub subjects: Option<Subjects>,
    /// Of a powered-off node: the file systems that its next start mounts, or why none could be opened.
    pub powered_off: Option<Result<Vec<Opened>, String>>,
}

/// What each subject gathered on a host.
#[derive(Debug, Clone, PartialEq)]
pub struct Subjects {
    /// sshd's host keys; `Absent` where there is no /etc/ssh.
    pub ssh: Probed<Ssh>,
    /// Kernels: installed, running, and what the boot loader knows of them.
    pub kernels: Kernels,
    /// What the next start reads.
    pub next_start: Probed<NextStart>,
    /// ISOs, their folder, jars.
    pub media: Media,
    /// The vendor's upgrade: release, log, runs.
    pub upgrade: Upgrade,
    pub certificates: Certificates,
    /// What saved answers of the management console say.
    pub console: Console,
    /// What else the procedure asks of a node before its upgrade.
    pub preflight: Preflight,
    /// What okv-host recorded on this node, and who runs it.
    pub records: Records,
}

impl Facts {
    /// The release that the node says it has, where it runs and says so.
    pub fn release(&self) -> Option<&str> {
        self.subjects.as_ref()?.upgrade.release.agreed()
    }

    /// Whether the upgrade replaces the major release of Oracle Linux, where the node runs.
    pub fn os_change(&self, profile: &Profile) -> Option<OsChange> {
        Some(OsChange::of(&self.subjects.as_ref()?.upgrade, profile))
    }

    /// What the management console says of the node, where that was saved.
    pub fn server_info(&self) -> Option<&Probed<ServerInfo>> {
        self.subjects.as_ref()?.console.info.as_ref()
    }

    /// What the boot loader will do, where its configuration was seen.
    pub fn loader(&self) -> Option<&Loader> {
        self.subjects.as_ref()?.next_start.known()?.loader()
    }
}
