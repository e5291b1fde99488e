//! What GRUB will do: which of its configurations counts, the entries of its menu, and the one that is started by
//! default.

use crate::host::{Firmware, Probed, Root};
use grub_cfg::Config;
use menu::{DefaultEntry, Entry, Item};

pub mod bls;
pub mod grub_cfg;
pub mod grubenv;
pub mod menu;

#[derive(Debug, Clone, PartialEq)]
pub struct Loader {
    /// The configuration that counts.
    pub config: String,
    /// Entries of the menu, those of submenus too.
    pub entries: Vec<Entry>,
    /// The entry that is started by default; unreadable where what names it names none.
    pub default: Probed<DefaultEntry>,
    /// What the next boot alone will start instead, where that is set (`next_entry`).
    pub next: Option<String>,
    /// `GRUB_DEFAULT` of /etc/default/grub, of which grub2-mkconfig would make the default.
    pub configured: Option<String>,
}

impl Loader {
    /// The environment block that the configuration reads: beside it, so under UEFI on the EFI System Partition.
    pub fn environment(&self) -> String {
        beside(&self.config)
    }
}

fn beside(config: &str) -> String {
    let folder = config.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/grubenv")
}

const GRUB: &str = "/boot/grub2/grub.cfg";

/// Looks at all of it. `Absent` where there is no configuration of GRUB. `boot` is what the boot loader finds its files
/// in.
pub fn boot_loader(root: &Root, firmware: &Probed<Firmware>, boot: &str) -> Probed<Loader> {
    let found = configuration(root, firmware)
        .and_then(|found| found.map(|(path, config)| look(root, &path, config, boot)).transpose());
    found.map_or_else(Probed::Unreadable, |found| found.map_or(Probed::Absent, Probed::Known))
}

fn look(root: &Root, path: &str, config: Config, boot: &str) -> Result<Loader, String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let variables = match root.parse(&beside(path), grubenv::parse) {
        Probed::Known(variables) => variables,
        Probed::Absent => vec![],
        Probed::Unreadable(why) => return Err(why),
    };
    let mut items = with_files(config.items, || bls::gather(root, &variables))?;
    for_each(&mut items, &mut |entry| {
        let files = std::iter::once(&entry.linux).chain(&entry.initrd);
        let lacks: Result<Vec<_>, String> = files.filter_map(|file| lacks(root, boot, file).transpose()).collect();
        lacks.map(|lacks| entry.lacks = lacks)
    })?;
    let (word, because) = default_word(config.default.as_deref(), &variables, folder)?;
    let default = match menu::named(&items, &word) {
        _ if items.is_empty() => Probed::Absent,
        Ok(entry) => Probed::Known(DefaultEntry { entry: entry.clone(), because }),
        Err(why) => Probed::Unreadable(format!("{because}: {why}")),
    };
    let entries = menu::entries(&items).into_iter().cloned().collect();
    let next = grubenv::value(&variables, "next_entry").map(str::to_owned);
    Ok(Loader { config: path.to_owned(), entries, default, next, configured: configured(root) })
}

/// The word that names the default, and where it comes from.
fn default_word(set: Option<&str>, variables: &[(String, String)], folder: &str) -> Result<(String, String), String> {
    let first = "the first entry".to_owned();
    match set {
        None => Ok(("0".into(), first)),
        Some(word) if word.contains("saved_entry") => Ok(match grubenv::value(variables, "saved_entry") {
            Some(saved) => (saved.to_owned(), format!("saved_entry of {folder}/grubenv")),
            None => ("0".into(), first),
        }),
        Some(word) if word.contains('$') => Err(format!("the default is a variable that is not known here: {word}")),
        Some("") => Ok(("0".into(), first)),
        Some(word) => Ok((word.to_owned(), format!("default of {folder}/grub.cfg"))),
    }
}

/// The configuration that the firmware's GRUB reads. Under UEFI that is one of the EFI System Partition, which may hand
/// over.
fn configuration(root: &Root, firmware: &Probed<Firmware>) -> Result<Option<(String, Config)>, String> {
    match firmware {
        Probed::Known(Firmware::Bios) => return read(root, GRUB),
        Probed::Known(Firmware::Uefi { .. }) => {}
        Probed::Absent => return Err("how this host boots is not known".to_owned()),
        Probed::Unreadable(why) => return Err(why.clone()),
    }
    let mut found = Vec::new();
    for vendor in root.at("/boot/efi/EFI")?.places(|_| true)?.unwrap_or_default() {
        found.extend(read(root, &format!("{}/grub.cfg", vendor.host_path()))?);
    }
    match found.as_slice() {
        [] => Err("/boot/efi/EFI has no grub.cfg: is the EFI System Partition mounted?".to_owned()),
        [(_, config)] if config.items.is_empty() && config.goes_on_in.is_some() => read(root, GRUB),
        [_] => Ok(found.pop()),
        several => {
            let paths: Vec<&str> = several.iter().map(|(path, _)| path.as_str()).collect();
            Err(format!("which configuration of GRUB counts is not known: {}", paths.join(", ")))
        }
    }
}

fn read(root: &Root, path: &str) -> Result<Option<(String, Config)>, String> {
    match root.parse(path, |text| grub_cfg::parse(path, text)) {
        Probed::Known(config) => Ok(Some((path.to_owned(), config))),
        Probed::Absent => Ok(None),
        Probed::Unreadable(why) => Err(why),
    }
}

/// The items with the entries of files in their place.
fn with_files(items: Vec<Item>, files: impl FnOnce() -> Result<Vec<Entry>, String>) -> Result<Vec<Item>, String> {
    let mut files = Some(files);
    let mut all = Vec::new();
    for item in items {
        match (item, &mut files) {
            (Item::Bls, files) => {
                if let Some(files) = files.take() {
                    all.extend(files()?.into_iter().map(Item::Entry));
                }
            }
            (item, _) => all.push(item),
        }
    }
    Ok(all)
}

fn for_each(items: &mut [Item], visit: &mut impl FnMut(&mut Entry) -> Result<(), String>) -> Result<(), String> {
    items.iter_mut().try_for_each(|item| match item {
        Item::Entry(entry) => visit(entry),
        Item::Submenu { items, .. } => for_each(items, visit),
        Item::Bls => Ok(()),
    })
}

/// `file`, where it is not there.
fn lacks(root: &Root, boot: &str, file: &str) -> Result<Option<String>, String> {
    if file.is_empty() {
        return Ok(None);
    }
    match root.at(format!("{boot}/{file}"))?.kind() {
        Probed::Known(kind) if kind.is_file() => Ok(None),
        Probed::Known(_) | Probed::Absent => Ok(Some(file.to_owned())),
        Probed::Unreadable(why) => Err(why),
    }
}

/// A shell's assignment; the last counts.
fn configured(root: &Root) -> Option<String> {
    let text = root.read("/etc/default/grub");
    let text = String::from_utf8_lossy(text.known()?).into_owned();
    let value = text.lines().rev().find_map(|line| line.trim().strip_prefix("GRUB_DEFAULT="))?;
    Some(value.trim_matches(['"', '\'']).to_owned())
}
