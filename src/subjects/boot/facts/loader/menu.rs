//! The boot loader's menu, and which of its entries a word names (GRUB manual, "default"; `grub-core/normal/menu.c`).

use crate::host::cmdline::asks_for_fips;

mod naming;

pub(super) use naming::{Naming, named, named_by_any, words};

/// The device that a path of the boot loader lies on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Device {
    /// That of the boot loader's own files.
    #[default]
    Own,
    /// The EFI System Partition, which the firmware started it from.
    System,
    /// The one that it searches for: `by` is `fs_uuid`, `fs_label` or `file`.
    Found {
        by: String,
        value: String,
        /// Whether it stays on the EFI System Partition where the search finds nothing.
        else_system: bool,
    },
    /// One by its name, which depends on the firmware: `hd0,msdos1`.
    Named(String),
}

/// An entry of the menu that starts a kernel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// What it is shown as.
    pub title: String,
    /// Its identifier; empty where it has none.
    pub id: String,
    /// The kernel that it starts, by the name of its file.
    pub release: Option<String>,
    /// The file of the kernel, as the boot loader finds it.
    pub linux: String,
    /// Files of its initramfs.
    pub initrd: Vec<String>,
    /// The kernel command line, in words as the kernel separates them.
    pub args: Vec<String>,
    /// Those of its files that are not there.
    pub lacks: Vec<String>,
    /// File and line of it.
    pub from: String,
    /// Where its files are looked for.
    pub device: Device,
    /// Why a file or a word of it is not known, if one is not.
    pub unknown: Option<String>,
}

/// The entry that is started where nobody chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultEntry {
    pub entry: Entry,
    /// A word that names this entry and no other, whatever identifiers and titles others share with it.
    pub word: String,
    /// What names it.
    pub because: String,
}

impl Entry {
    /// Takes in the file of the kernel, and with it the release.
    pub(super) fn starts(&mut self, linux: &str) {
        self.linux = linux.to_owned();
        let name = self.linux.rsplit('/').next().unwrap_or_default();
        self.release = name
            .strip_prefix("vmlinuz-")
            .filter(|name| crate::host::kernel_release::is_release(name))
            .map(str::to_owned);
    }

    /// Whether it starts a rescue kernel, which belongs to no package.
    pub fn is_rescue(&self) -> bool {
        self.release.as_deref().is_some_and(|release| release.starts_with("0-rescue"))
    }

    /// Whether it passes `fips=1` to its kernel.
    pub fn asks_for_fips(&self) -> bool {
        asks_for_fips(&self.args)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Entry(Entry),
    Submenu { title: String, id: String, items: Vec<Item> },
}

impl Item {
    fn title(&self) -> &str {
        match self {
            Self::Entry(Entry { title, .. }) | Self::Submenu { title, .. } => title,
        }
    }

    /// The identifier; where none is given, GRUB takes the title for it.
    fn id(&self) -> &str {
        match self {
            Self::Entry(Entry { id, .. }) | Self::Submenu { id, .. } if !id.is_empty() => id,
            other => other.title(),
        }
    }
}

/// All entries, those of submenus too.
pub(super) fn entries(items: &[Item]) -> Vec<&Entry> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Entry(entry) => found.push(entry),
            Item::Submenu { items, .. } => found.extend(entries(items)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_read_from_the_file_name() {
        let mut entry = Entry::default();
        entry.starts("/vmlinuz-5.4.17-2136.el8uek.x86_64");
        assert_eq!(entry.release.as_deref(), Some("5.4.17-2136.el8uek.x86_64"));
        assert_eq!(entry.linux.as_str(), "/vmlinuz-5.4.17-2136.el8uek.x86_64");
        entry.starts("/boot/vmlinuz-0-rescue-abc");
        assert!(entry.is_rescue());
        entry.starts("/linux");
        assert_eq!(entry.release, None);
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(
            asks_for_fips(&words("ro fips=0 fips=1")) && !asks_for_fips(&words("fips=1 fips=0")) && !asks_for_fips(&[])
        );
    }
}
