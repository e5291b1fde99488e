//! What an initramfs contains, as far as the next start needs to know.

use serde::{Deserialize, Serialize};

use std::collections::BTreeSet;

use super::compression::Compression;

/// Most kernels that one image is searched for; a real one has modules of one.
const MOST_RELEASES: usize = 64;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The names of the folders in `lib/modules`.
    pub kernel_releases: BTreeSet<String>,
    pub has_lvm: bool,
    pub has_cryptsetup: bool,
    pub has_mdadm: bool,
    pub has_multipath: bool,
    pub is_dracut: bool,
    /// All members of all archives, without the trailers.
    pub members: u64,
    /// The size of the file.
    pub bytes: u64,
    /// The archives, unpacked.
    pub unpacked_bytes: u64,
    /// Of the last compressed segment; `None` where there is none.
    pub compression: Option<Compression>,
}

impl Contents {
    /// Takes note of a member.
    pub(super) fn add(&mut self, path: &str, is_folder: bool) {
        self.members = self.members.saturating_add(1);
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let below_usr = path.strip_prefix("usr/").unwrap_or(path);
        self.is_dracut |= below_usr.starts_with("lib/dracut/");
        if let Some(below) = below_usr.strip_prefix("lib/modules/") {
            let (release, inside) = below.split_once('/').map_or((below, None), |(name, rest)| (name, Some(rest)));
            if (is_folder || inside.is_some()) && !release.is_empty() && self.kernel_releases.len() < MOST_RELEASES {
                self.kernel_releases.insert(release.to_owned());
            }
        }
        if is_folder {
            return;
        }
        match below_usr.strip_prefix("sbin/").or_else(|| below_usr.strip_prefix("bin/")) {
            Some("lvm") => self.has_lvm = true,
            Some("cryptsetup") => self.has_cryptsetup = true,
            Some("mdadm") => self.has_mdadm = true,
            Some("multipath") => self.has_multipath = true,
            _ => {}
        }
        self.has_cryptsetup |= below_usr == "lib/systemd/systemd-cryptsetup";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_tools_are_found_with_usr_and_without() {
        for (prefix, top) in [("usr/", ""), ("", "./"), ("", "/")] {
            let mut contents = Contents::default();
            let member = |path: &str| format!("{top}{prefix}{path}");
            contents.add(&member("lib/modules"), true);
            contents.add(&member("lib/modules/5.4.17"), true);
            contents.add(&member("lib/modules/4.14.35/kernel/fs"), true);
            contents.add(&member("lib/modules/no-folder"), false);
            contents.add(&member("lib/dracut/hooks"), true);
            for tool in ["sbin/lvm", "bin/cryptsetup", "sbin/mdadm", "sbin/multipath"] {
                contents.add(&member(tool), false);
            }
            let releases: Vec<_> = contents.kernel_releases.iter().map(String::as_str).collect();
            assert_eq!(releases, ["4.14.35", "5.4.17"]);
            assert!(contents.has_lvm && contents.has_cryptsetup && contents.has_mdadm && contents.has_multipath);
            assert!(contents.is_dracut);
            assert_eq!(contents.members, 9);
        }
    }

    #[test]
    fn a_tool_elsewhere_or_a_folder_of_its_name_is_no_tool() {
        let mut contents = Contents::default();
        contents.add("etc/lvm", false);
        contents.add("usr/sbin/lvm", true);
        contents.add("usr/sbin/lvm2", false);
        assert!(!contents.has_lvm);
    }
}
