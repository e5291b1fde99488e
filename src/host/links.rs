//! The links that udev made of what only it knows: serial numbers and connections, in /dev/disk/by-id and by-path.

use super::probed::Probed;
use super::root::Root;

/// A link, and the kernel's name of its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What follows `/dev/disk/`.
    pub name: String,
    pub device: String,
}

const FOLDERS: [&str; 2] = ["by-id", "by-path"];

/// Reads them. A saved host has none, nor has a node without such disks.
pub fn gather(root: &Root) -> Probed<Vec<Link>> {
    let mut links = Vec::new();
    let mut is_there = false;
    for folder in FOLDERS {
        match in_folder(root, folder) {
            Probed::Known(found) => {
                is_there = true;
                links.extend(found);
            }
            Probed::Absent => {}
            Probed::Unreadable(why) => return Probed::Unreadable(why),
        }
    }
    if is_there { Probed::Known(links) } else { Probed::Absent }
}

fn in_folder(root: &Root, folder: &str) -> Probed<Vec<Link>> {
    root.folder(&format!("/dev/disk/{folder}")).and_then(|(place, names)| {
        let names = names.into_iter().filter_map(|name| name.into_string().ok());
        let target = |name: String| {
            let target = place.below(&name)?;
            let device = target.host_path().strip_prefix("/dev/").map(str::to_owned);
            Ok(device.map(|device| Link { name: format!("{folder}/{name}"), device }))
        };
        names.filter_map(|name| target(name).transpose()).collect::<Result<Vec<Link>, String>>().into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_kernels_name_and_no_folder_is_no_link() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::fixture(dir.path()).unwrap();
        assert_eq!(gather(&root), Probed::Absent);
        let folder = dir.path().join("dev/disk/by-path");
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink("../../sda2", folder.join("pci-0000:00:05.0-part2")).unwrap();
        let link = Link { name: "by-path/pci-0000:00:05.0-part2".into(), device: "sda2".into() };
        assert_eq!(gather(&root), Probed::Known(vec![link]));
        std::os::unix::fs::symlink("loop", folder.join("loop")).unwrap();
        assert!(matches!(gather(&root), Probed::Unreadable(_)));
    }
}
