//! What LVM2 itself sees: it may be less than what the disks say, where a filter or a devices file hides some of them.

use super::probed::Probed;
use super::root::Root;
use crate::io::tool::lvm::{self, LogicalVolume, PhysicalVolume, VolumeGroup};
use crate::io::tool::{Runner, ToolError};

/// Where LVM2 lists the devices that it uses (lvmdevices(8)).
const DEVICES_FILE: &str = "/etc/lvm/devices/system.devices";

/// LVM2's own view of this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lvm {
    /// Every device that it sees, physical volumes and others.
    pub devices: Vec<PhysicalVolume>,
    pub groups: Vec<VolumeGroup>,
    /// The logical volumes that are visible.
    pub volumes: Vec<LogicalVolume>,
    /// Whether a list limits what it sees.
    pub devices_file: DevicesFile,
}

/// A file with the devices that LVM2 uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DevicesFile {
    /// It is not used: filters alone say what is seen.
    NotUsed,
    /// It is used: a device is seen where it is listed, and `pvcreate` lists a new one.
    Used,
    /// It is to be used and is not there: the first `pvcreate` could make one that lists the new device alone.
    Missing,
}

/// Asks it. Where it cannot be asked, no more is known.
pub fn gather(root: &Root, runner: &dyn Runner) -> Probed<Lvm> {
    let ask = || -> Result<Lvm, String> {
        let told = |e: ToolError| e.to_string();
        Ok(Lvm {
            devices: lvm::ask(runner, &lvm::devices()).map_err(told)?,
            groups: lvm::ask(runner, &lvm::groups()).map_err(told)?,
            volumes: lvm::ask(runner, &lvm::volumes()).map_err(told)?,
            devices_file: devices_file(root, runner)?,
        })
    };
    ask().into()
}

fn devices_file(root: &Root, runner: &dyn Runner) -> Result<DevicesFile, String> {
    let output = runner.run(&lvm::uses_devices_file()).map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    // A release without the setting ends with an error and prints nothing.
    let is_used = text.lines().any(|line| line.trim() == "use_devicesfile=1");
    match root.at(DEVICES_FILE)?.kind() {
        _ if !is_used => Ok(DevicesFile::NotUsed),
        Probed::Known(_) => Ok(DevicesFile::Used),
        Probed::Absent => Ok(DevicesFile::Missing),
        Probed::Unreadable(why) => Err(why),
    }
}

impl Lvm {
    /// The group of this name, where there is exactly one.
    pub fn group(&self, name: &str) -> Option<&VolumeGroup> {
        let mut named = self.groups.iter().filter(|group| group.name == name);
        named.next().filter(|_| named.next().is_none())
    }

    pub fn volume(&self, group: &str, name: &str) -> Option<&LogicalVolume> {
        self.volumes.iter().find(|volume| volume.group == group && volume.name == name)
    }

    pub fn physical_volumes<'l>(&'l self, group: &'l str) -> impl Iterator<Item = &'l PhysicalVolume> {
        self.devices.iter().filter(move |device| !device.uuid.is_empty() && device.group == group)
    }

    /// Whether it sees a device of this path.
    pub fn sees(&self, path: &str) -> bool {
        self.devices.iter().any(|device| device.name == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::tool::{Script, Scripted};

    /// LVM2 2.02 ends with status 5 and prints nothing; a warning on stderr is none of the answer.
    #[test]
    fn a_release_without_devices_files_uses_none() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::fixture(dir.path()).unwrap();
        let asked = lvm::uses_devices_file().to_string();
        let of = |answer: Scripted| devices_file(&root, &Script::new([answer]));
        assert_eq!(
            of(Scripted::fails(&asked, 5, "Configuration node devices/use_devicesfile not found")),
            Ok(DevicesFile::NotUsed)
        );
        assert_eq!(of(Scripted::prints(&asked, "use_devicesfile=0\n")), Ok(DevicesFile::NotUsed));
        assert_eq!(of(Scripted::prints(&asked, "use_devicesfile=1\n")), Ok(DevicesFile::Missing));
    }
}
