//! What is mounted at the place of the ISO: by the file behind the loop device, not by what the mount is called.

use crate::host::loops::Loop;
use crate::host::{Mount, Probed, Running, mounts};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mounted {
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
    pub fn at(point: &str, iso: &str, running: &Running) -> Self {
        let mount = match &running.mounts {
            Probed::Known(mounts) => mounts::mounted_at(mounts, point),
            Probed::Absent => return Self::Unknown("this host does not list its mounts".into()),
            Probed::Unreadable(why) => return Self::Unknown(why.clone()),
        };
        match (mount, &running.loops) {
            (None, _) => Self::Nothing,
            (Some(_), Probed::Unreadable(why)) => Self::Unknown(why.clone()),
            (Some(mount), Probed::Absent) => Self::by(mount, &[], iso),
            (Some(mount), Probed::Known(loops)) => Self::by(mount, loops, iso),
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
