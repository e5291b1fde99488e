//! Which volume is /boot, and which disk the host boots from, with the evidence. Pure.

use crate::disk::Disk;
use crate::host::locate::{Located, Volume, by_number, volume, volumes, whole_disks_below};
use crate::host::{Node, Probed, Setup, mounts};

#[derive(Debug, Clone, PartialEq)]
pub enum BootVolume<'f> {
    Found { volume: Volume<'f>, evidence: BootEvidence },
    NotKnown(String),
}

/// How it is known which volume is /boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootEvidence {
    /// It is mounted there now.
    Mounted,
    /// This line of fstab names it.
    Fstab {
        /// Line number, from 1.
        line: u32,
    },
    /// It is the only file system outside LVM that can be one, of a host that does not run.
    OnlyCandidate,
    /// It is the only such file system with the label or the partition name `boot`.
    Label,
}

impl std::fmt::Display for BootEvidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mounted => f.write_str("mounted there now"),
            Self::Fstab { line } => write!(f, "named by /etc/fstab line {line}"),
            Self::OnlyCandidate => f.write_str("the only file system in a partition"),
            Self::Label => f.write_str("the only one called boot"),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum BootDisk<'f> {
    Found { disk: &'f Disk, evidence: DiskEvidence },
    NotKnown(String),
}

/// How it is known which disk the host boots from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskEvidence {
    /// /boot lies on it.
    BelowBoot,
    /// It has the only EFI System Partition.
    BelowEsp,
    /// It is the only physical disk of a running host.
    OnlyDisk,
}

/// Which volume is /boot: what is mounted there, else what fstab names. Of a host that does not run: the only ext or
/// xfs file system in a partition, or the only one of several that is called `boot`.
pub fn boot_volume(node: &Node) -> BootVolume<'_> {
    match (&node.setup, &node.running) {
        (Some(setup), Some(_)) => mounted(node, setup).unwrap_or_else(|| in_fstab(node, setup)),
        (Some(setup), None) => in_fstab(node, setup),
        (None, _) => only_candidate(node),
    }
}

/// Which disk the host boots from: the whole disk below /boot, else the one with the EFI System Partition.
pub fn boot_disk(node: &Node) -> BootDisk<'_> {
    let why = match boot_volume(node) {
        BootVolume::Found { volume, .. } => match *whole_disks_below(node, volume) {
            [disk] => return BootDisk::Found { disk, evidence: DiskEvidence::BelowBoot },
            [] => format!("/boot is {volume}, whose disk was not read"),
            _ => format!("/boot is {volume}, which lies on several disks"),
        },
        BootVolume::NotKnown(why) => why,
    };
    let mut with_esp = node.disks.iter().filter(|disk| disk.partitions.iter().any(|p| p.kind.is_esp()));
    if let (Some(disk), None) = (with_esp.next(), with_esp.next()) {
        return BootDisk::Found { disk, evidence: DiskEvidence::BelowEsp };
    }
    match node.disks.as_slice() {
        [disk] if node.running.is_some() => BootDisk::Found { disk, evidence: DiskEvidence::OnlyDisk },
        _ => BootDisk::NotKnown(why),
    }
}

/// The disk that the node boots from, where it could be read.
///
/// # Errors
/// Why it is not known.
pub fn readable_boot_disk(node: &Node) -> Result<&Disk, String> {
    match boot_disk(node) {
        BootDisk::Found { disk, .. } if disk.could_not_be_opened() => {
            Err(node.why_incomplete().unwrap_or_else(|| format!("{} could not be read", disk.path)))
        }
        BootDisk::Found { disk, .. } => Ok(disk),
        BootDisk::NotKnown(why) => Err(node.with_cause(why)),
    }
}

/// What is mounted on /boot; `None` where surely nothing is.
fn mounted<'f>(node: &'f Node, setup: &Setup) -> Option<BootVolume<'f>> {
    let mounts = match &setup.mounts {
        Probed::Known(mounts) => mounts,
        Probed::Absent => return Some(BootVolume::NotKnown("it is not known what is mounted".to_owned())),
        Probed::Unreadable(why) => {
            return Some(BootVolume::NotKnown(format!("it is not known what is mounted: {why}")));
        }
    };
    let mount = mounts::mounted_at(mounts, "/boot")?;
    let what = format!("what is mounted on /boot ({})", mount.source.escape_debug());
    Some(found(by_number(node, mount.device), BootEvidence::Mounted, &what))
}

fn in_fstab<'f>(node: &'f Node, setup: &Setup) -> BootVolume<'f> {
    let entries = match &setup.fstab {
        Probed::Known(entries) => entries,
        Probed::Absent => return BootVolume::NotKnown("/boot is not mounted, and there is no /etc/fstab".to_owned()),
        Probed::Unreadable(why) => return BootVolume::NotKnown(why.clone()),
    };
    let mut lines = entries.iter().filter(|entry| is_boot(&entry.point));
    let Some(entry) = lines.next() else {
        return BootVolume::NotKnown("/boot is not mounted, and no line of /etc/fstab names it".to_owned());
    };
    // mount(8) takes the first line that fits and systemd the last.
    if let Some(other) = lines.find(|other| other.source != entry.source) {
        let why = format!("lines {} and {} of /etc/fstab name different volumes for /boot", entry.line, other.line);
        return BootVolume::NotKnown(why);
    }
    let what = format!("{}, which /etc/fstab line {} names for /boot,", entry.source.escape_debug(), entry.line);
    found(volume(node, &entry.source), BootEvidence::Fstab { line: entry.line }, &what)
}

fn is_boot(point: &str) -> bool {
    let trimmed = point.trim_end_matches('/');
    trimmed == "/boot"
}

fn found<'f>(located: Located<'f>, evidence: BootEvidence, what: &str) -> BootVolume<'f> {
    BootVolume::NotKnown(match located {
        Located::One(volume) => return BootVolume::Found { volume, evidence },
        Located::Several(volumes) => format!("{what} is ambiguous: {}", names(&volumes)),
        Located::Nothing => format!("{what} is on none of the disks"),
        Located::NotAVolume => format!("{what} is no volume of a disk"),
        Located::Unknown(why) => format!("{what} cannot be found: {why}"),
    })
}

fn only_candidate(node: &Node) -> BootVolume<'_> {
    let is_candidate = |volume: &Volume<'_>| match volume {
        Volume::Partition { partition, .. } => partition.content.kind.is_boot_file_system(),
        _ => false,
    };
    let candidates: Vec<_> = volumes(node).filter(is_candidate).collect();
    if let [volume] = *candidates {
        return BootVolume::Found { volume, evidence: BootEvidence::OnlyCandidate };
    }
    let mut called_boot = candidates.iter().copied().filter(is_called_boot);
    match (called_boot.next(), called_boot.next()) {
        (Some(volume), None) => BootVolume::Found { volume, evidence: BootEvidence::Label },
        _ if candidates.is_empty() => {
            BootVolume::NotKnown("no partition holds an ext or xfs file system that could be /boot".to_owned())
        }
        _ => BootVolume::NotKnown(format!("several partitions could be /boot: {}", names(&candidates))),
    }
}

fn is_called_boot(volume: &Volume<'_>) -> bool {
    let is_boot = |name: Option<&str>| name.is_some_and(|name| matches!(name, "boot" | "/boot"));
    let label = volume.content().and_then(|content| content.label.as_deref());
    let name = match volume {
        Volume::Partition { partition, .. } => partition.name.as_deref(),
        _ => None,
    };
    is_boot(label) || is_boot(name)
}

fn names(volumes: &[Volume<'_>]) -> String {
    volumes.iter().map(Volume::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
