//! What is mounted at the place of the ISO: by the file behind the loop device, not by what the mount is called. Pure.

use super::facts::iso::Isos;
use super::facts::staging::Staging;
use crate::host::loops::Loop;
use crate::host::{Mount, Node, Probed, mounts};
use crate::profile::Places;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mounted {
    #[default]
    Nothing,
    /// Nothing, and there is no folder to mount at.
    NoFolder,
    /// What is to be mounted at is a link, to this folder: the kernel would list a mount under that name, and nobody
    /// would find it.
    Linked(String),
    /// The ISO that was asked for.
    This {
        /// Whether nobody can write to it.
        read_only: bool,
    },
    /// Another ISO: the file behind it, or what the kernel calls its source.
    Other(String),
    /// A file system of the node's own, of this source, which a mount over it only hides.
    Own(String),
    Unknown(String),
}

impl Mounted {
    /// What is at `point`, where the ISO at the path `iso` (links followed) is looked for.
    pub fn at(point: &str, iso: &str, node: &Node) -> Self {
        let loops = node.running.as_ref().map_or(&Probed::Absent, |running| &running.loops);
        let mount = match node.setup.as_ref().map_or(&Probed::Absent, |setup| &setup.mounts) {
            Probed::Known(mounts) => mounts::mounted_at(mounts, point),
            Probed::Absent => return Self::Unknown("this host does not list its mounts".into()),
            Probed::Unreadable(why) => return Self::Unknown(why.clone()),
        };
        match (mount, loops) {
            (None, _) => Self::Nothing,
            (Some(_), Probed::Unreadable(why)) => Self::Unknown(why.clone()),
            (Some(mount), Probed::Absent) => Self::by(mount, &[], iso),
            (Some(mount), Probed::Known(loops)) => Self::by(mount, loops, iso),
        }
    }

    /// What is at the place of the ISO, where the one that is to be staged is looked for.
    ///
    /// # Errors
    /// Where nothing is mounted there, and whether there is a folder could not be read.
    pub fn of(staging: &Staging, places: &Places, node: &Node) -> Result<Self, String> {
        match (Self::at(&places.iso_mount, &staging.target, node), &staging.mount_folder) {
            (Self::Nothing, Probed::Known(leads_to)) if *leads_to != places.iso_mount => {
                Ok(Self::Linked(leads_to.clone()))
            }
            (Self::Nothing, Probed::Absent) => Ok(Self::NoFolder),
            (Self::Nothing, Probed::Unreadable(why)) => Err(why.clone()),
            (mounted, _) => Ok(mounted),
        }
    }

    fn by(mount: &Mount, loops: &[Loop], iso: &str) -> Self {
        match loops.iter().find(|each| each.device == mount.device) {
            Some(each) if each.file == iso => {
                Self::This { read_only: mount.options.iter().any(|option| option == "ro") }
            }
            Some(each) => Self::Other(each.file.clone()),
            None if mount.kind == "iso9660" => Self::Other(mount.source.clone()),
            None => Self::Own(mount.source.clone()),
        }
    }
}

/// The upgrade ISO from its folder that is mounted read-only at its place.
pub fn staged(isos: &Isos, places: &Places, node: &Node) -> Option<String> {
    let is_mounted = |iso: &&str| Mounted::at(&places.iso_mount, iso, node) == Mounted::This { read_only: true };
    isos.here.iter().filter(|iso| iso.is_named_so).map(|iso| iso.path.as_str()).find(is_mounted).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::sample;
    use crate::subjects::media::facts::iso::IsoFile;

    const ISO: &str = "/var/lib/oracle/okv-upgrade-disc-21.8.iso";

    /// A host with `file` behind a loop device that is mounted at /images with this option.
    fn mounted(file: &str, option: &str) -> Node {
        let mut node = sample::node();
        let mount = Mount { kind: "iso9660".into(), options: vec![option.into()], ..sample::mount(7, 0, "/images") };
        node.running.as_mut().unwrap().loops = Probed::Known(vec![Loop { device: mount.device, file: file.into() }]);
        node.setup.as_mut().unwrap().mounts = Probed::Known(vec![sample::mount(8, 1, "/"), mount]);
        node
    }

    fn isos() -> Isos {
        let iso = |path: &str, is_named_so| IsoFile {
            path: path.into(),
            is_named_so,
            bytes: 0,
            volume: Probed::Absent,
            checksum: None,
        };
        let here = vec![iso("/var/lib/oracle/other.iso", false), iso(ISO, true)];
        Isos { here, misplaced: vec![], not_looked_at: vec![] }
    }

    #[test]
    fn the_iso_is_known_by_the_file_behind_the_loop_device() {
        let at = |node: &Node| Mounted::at("/images", ISO, node);
        assert_eq!(at(&mounted(ISO, "ro")), Mounted::This { read_only: true });
        assert_eq!(at(&mounted(ISO, "rw")), Mounted::This { read_only: false });
        assert_eq!(at(&mounted("/mnt/x.iso", "ro")), Mounted::Other("/mnt/x.iso".into()));
        let mut without_loops = mounted(ISO, "ro");
        without_loops.running.as_mut().unwrap().loops = Probed::Absent;
        let source = sample::mount(7, 0, "/images").source;
        assert_eq!(at(&without_loops), Mounted::Other(source), "an ISO of which no loop device is known");
        without_loops.running.as_mut().unwrap().loops = Probed::Unreadable("EIO".into());
        assert_eq!(at(&without_loops), Mounted::Unknown("EIO".into()));
        without_loops.setup.as_mut().unwrap().mounts = Probed::Known(vec![]);
        assert_eq!(at(&without_loops), Mounted::Nothing);
    }

    #[test]
    fn only_an_upgrade_iso_from_its_folder_that_is_mounted_read_only_is_staged() {
        let staged = |node: &Node| staged(&isos(), &Places::built_in(), node);
        assert_eq!(staged(&mounted(ISO, "ro")).as_deref(), Some(ISO));
        assert_eq!(staged(&mounted(ISO, "rw")), None);
        assert_eq!(staged(&mounted("/var/lib/oracle/other.iso", "ro")), None);
        assert_eq!(staged(&sample::node()), None);
    }
}
