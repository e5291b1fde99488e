//! What GRUB will do: which of its configurations counts, the entries of its menu, and the one that is started by
//! default.

use crate::host::{Firmware, Probed, Root, os_release};
use files::{Files, on_host};
use menu::{DefaultEntry, Device, Entry, Item, Naming};
use run::{Menu, Start, follow};

mod bls;
pub mod files;
mod grubenv;
pub mod menu;
mod run;
pub mod script;
#[cfg(test)]
mod tests;
mod value;

#[derive(Debug, Clone, PartialEq)]
pub struct Loader {
    /// The configuration that counts.
    pub config: String,
    /// The one that the firmware's GRUB reads first, which may hand over to that.
    pub start: String,
    /// Entries of the menu, those of submenus too.
    pub entries: Vec<Entry>,
    /// The entry that is started by default; unreadable where what names it names none.
    pub default: Probed<DefaultEntry>,
    /// Whether what names the default names no entry: GRUB starts the first one then.
    pub is_misnamed: bool,
    /// Where the file system of its files begins on the host.
    pub boot: String,
    /// What the next boot alone will start instead, where that is set (`next_entry`).
    pub next: Option<String>,
    /// The entry that this names.
    pub once: Option<Probed<DefaultEntry>>,
    /// The entries that are tried where the default does not start.
    pub fallback: Vec<Entry>,
    /// `GRUB_DEFAULT` of /etc/default/grub, of which grub2-mkconfig would make the default.
    pub configured: Option<String>,
    /// Files of entries that the boot loader passes over, and why.
    pub skipped: Vec<(String, String)>,
}

impl Loader {
    /// The environment block that the configuration reads: beside it, so under UEFI on the EFI System Partition.
    pub fn environment(&self) -> String {
        let folder = self.config.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/grubenv")
    }

    /// The entries that the next start may take: the one for once, the default, and those that are tried behind it.
    /// Where the default names none, the first.
    pub fn may_start(&self) -> impl Iterator<Item = &Entry> {
        let once = self.once.as_ref().and_then(Probed::known).map(|once| &once.entry);
        let default = self.default.known().map(|default| &default.entry);
        let first = self.entries.first().filter(|_| self.is_misnamed);
        once.into_iter().chain(default).chain(first).chain(&self.fallback)
    }

    /// Where a file that an entry loads is on the host.
    ///
    /// # Errors
    /// Where that is not known.
    pub fn place_of(&self, entry: &Entry, path: &str) -> Result<String, String> {
        place_of(&self.boot, &entry.device, path)
    }
}

const NEXT: &str = "next_entry";
const GRUB: &str = "/boot/grub2/grub.cfg";

/// Looks at all of it. `Absent` where there is no configuration of GRUB. `boot` is what the boot loader finds its files
/// in.
pub fn boot_loader(root: &Root, firmware: &Probed<Firmware>, boot: &str) -> Probed<Loader> {
    let found = configuration(root, firmware)
        .and_then(|found| found.map(|(path, device)| look(root, &path, device, boot)).transpose());
    found.map_or_else(Probed::Unreadable, |found| found.map_or(Probed::Absent, Probed::Known))
}

/// The entries of the configuration in `files` that a BIOS starts, without looking for what they load: what the fuzz
/// targets call.
///
/// # Errors
/// As [`boot_loader`].
pub fn entries_of(files: &dyn Files) -> Result<Vec<Entry>, String> {
    let start = Start { files, boot: "/boot", path: GRUB, device: Device::Own, without: &[] };
    let menu = follow(&start)?;
    let items = menu.map(|menu| menu.items).unwrap_or_default();
    Ok(menu::entries(&items).into_iter().cloned().collect())
}

fn look(root: &Root, path: &str, device: Device, boot: &str) -> Result<Loader, String> {
    let read = |without: &[&str]| follow(&Start { files: root, boot, path, device: device.clone(), without });
    let gone = || format!("{path}: it went away");
    let mut menu = read(&[NEXT])?.ok_or_else(gone)?;
    lacking(root, boot, &mut menu.items)?;
    let naming = naming(root);
    let default = default(&menu, naming);
    // The block is beside the configuration that has the menu.
    let folder = menu.config.rsplit_once('/').map_or("", |(folder, _)| folder);
    let variables = root.parse(&format!("{folder}/grubenv"), grubenv::parse).found()?.unwrap_or_default();
    let next = grubenv::value(&variables, NEXT).map(str::to_owned);
    let once = match next {
        None => None,
        Some(_) => {
            let mut menu = read(&[])?.ok_or_else(gone)?;
            lacking(root, boot, &mut menu.items)?;
            Some(self::default(&menu, naming))
        }
    };
    let words = menu.fallback.clone().unwrap_or_default();
    let fallback = words.split_whitespace().filter_map(|word| chosen(&menu.items, word, naming).ok().cloned());
    Ok(Loader {
        entries: menu::entries(&menu.items).into_iter().cloned().collect(),
        is_misnamed: is_misnamed(&menu, naming),
        boot: boot.to_owned(),
        default,
        next,
        once,
        fallback: fallback.collect(),
        configured: configured(root),
        config: menu.config,
        start: path.to_owned(),
        skipped: menu.skipped,
    })
}

fn default(menu: &Menu, naming: Option<Naming>) -> Probed<DefaultEntry> {
    if menu.items.is_empty() {
        return Probed::Absent;
    }
    let word = match &menu.default {
        Ok(word) => word,
        Err(why) => return Probed::Unreadable(format!("the default depends on what is not known: {why}")),
    };
    let because = if word.is_empty() { "the first entry" } else { menu.default_from.as_str() };
    match chosen(&menu.items, word, naming) {
        Ok(entry) => {
            let is_it = |word: &String| chosen(&menu.items, word, naming).is_ok_and(|other| std::ptr::eq(other, entry));
            let word = menu::words(&menu.items, entry).into_iter().find(is_it).unwrap_or_default();
            Probed::Known(DefaultEntry { entry: entry.clone(), word, because: because.to_owned() })
        }
        Err(why) => Probed::Unreadable(format!("{because}: {why}")),
    }
}

fn is_misnamed(menu: &Menu, naming: Option<Naming>) -> bool {
    let names_none = |word: &str, naming| menu::named(&menu.items, word, naming).is_err();
    match (&menu.default, naming) {
        _ if menu.items.is_empty() => false,
        (Ok(word), Some(naming)) => names_none(word, naming),
        (Ok(word), None) => {
            [Naming::NumberFirst, Naming::NumberLast].into_iter().all(|naming| names_none(word, naming))
        }
        (Err(_), _) => false,
    }
}

fn chosen<'m>(items: &'m [Item], word: &str, naming: Option<Naming>) -> Result<&'m Entry, String> {
    match naming {
        Some(naming) => menu::named(items, word, naming),
        None => menu::named_by_any(items, word),
    }
}

/// How this release's GRUB reads the default; `None` where the release is not known.
fn naming(root: &Root) -> Option<Naming> {
    match os_release::gather(root).known()?.major {
        7 => Some(Naming::NumberFirst),
        8 => Some(Naming::NumberLast),
        _ => None,
    }
}

/// The configuration that the firmware's GRUB reads, and the device that it is on. Under UEFI that is one of the EFI
/// System Partition, which may hand over.
fn configuration(root: &Root, firmware: &Probed<Firmware>) -> Result<Option<(String, Device)>, String> {
    match firmware {
        Probed::Known(Firmware::Bios) => {
            return Ok(Files::kind(root, GRUB).found()?.map(|_| (GRUB.to_owned(), Device::Own)));
        }
        Probed::Known(Firmware::Uefi { .. }) => {}
        Probed::Absent => return Err("how this host boots is not known".to_owned()),
        Probed::Unreadable(why) => return Err(why.clone()),
    }
    let mut found = Vec::new();
    for vendor in root.at("/boot/efi/EFI")?.places(|_| true)?.unwrap_or_default() {
        let path = format!("{}/grub.cfg", vendor.host_path());
        if Files::kind(root, &path).found()?.is_some() {
            found.push(path);
        }
    }
    match found.as_slice() {
        [] => Err("/boot/efi/EFI has no grub.cfg: is the EFI System Partition mounted?".to_owned()),
        [path] => Ok(Some((path.clone(), Device::System))),
        several => Err(format!("which configuration of GRUB counts is not known: {}", several.join(", "))),
    }
}

/// Notes which files of the entries are not there.
fn lacking(files: &dyn Files, boot: &str, items: &mut [Item]) -> Result<(), String> {
    items.iter_mut().try_for_each(|item| match item {
        Item::Submenu { items, .. } => lacking(files, boot, items),
        Item::Entry(entry) => {
            let paths = std::iter::once(&entry.linux).chain(&entry.initrd).filter(|path| !path.is_empty());
            let lacks = paths.filter_map(|path| lacks(files, boot, &entry.device, path).transpose());
            entry.lacks = lacks.collect::<Result<_, String>>()?;
            Ok(())
        }
    })
}

/// `path`, where it is not there. Without a slash GRUB takes it for a list of blocks, and finds none.
fn lacks(files: &dyn Files, boot: &str, device: &Device, path: &str) -> Result<Option<String>, String> {
    if !path.starts_with('/') {
        return Ok(Some(path.to_owned()));
    }
    let place = place_of(boot, device, path)?;
    match files.kind(&place) {
        Probed::Known(files::FileKind::File { .. }) => Ok(None),
        Probed::Known(files::FileKind::Folder) | Probed::Absent => Ok(Some(path.to_owned())),
        Probed::Unreadable(why) => Err(why),
    }
}

/// A device by its name is taken for the one that has the boot loader's files.
fn place_of(boot: &str, device: &Device, path: &str) -> Result<String, String> {
    on_host(boot, device, path).or_else(|_| on_host(boot, &Device::Own, path))
}

/// A shell's assignment; the last counts.
fn configured(root: &Root) -> Option<String> {
    let text = root.read("/etc/default/grub");
    let text = String::from_utf8_lossy(text.known()?).into_owned();
    let value = text.lines().rev().find_map(|line| line.trim().strip_prefix("GRUB_DEFAULT="))?;
    Some(value.trim_matches(['"', '\'']).to_owned())
}
