//! What the next start will do: each link of its chain, from the firmware to /etc/fstab. Pure.
//!
//! A link that is broken names the rule that reports it in detail. What stops the start counts before what could not be
//! read, and that before what is doubtful.

mod efi;
mod entry;
mod firmware;
mod link;
mod mounts;

pub use entry::line_links;
pub use link::{Link, LinkName};

use super::command_line::Effect;
use super::facts::start::Start;
use crate::host::{Firmware, Node, Probed};
use crate::subjects::boot::{BootVolume, DefaultEntry, Entry, Loader, boot_volume};

/// What the next start will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// What starts what, as far as that is known.
    pub what: String,
    /// Each link that is not as it must be, in the order of the start.
    pub links: Vec<Link>,
}

impl Prediction {
    /// Where the chain is weakest; `None` where it is complete.
    pub fn weakest(&self) -> Option<&Link> {
        let first = |effect| self.links.iter().find(|link| link.effect == effect);
        first(Effect::Stops).or_else(|| first(Effect::Unknown)).or_else(|| first(Effect::Doubtful))
    }

    pub fn effect(&self) -> Effect {
        self.weakest().map_or(Effect::GoesOn, |link| link.effect)
    }
}

impl std::fmt::Display for Prediction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.weakest() {
            None => write!(f, "{}: complete", self.what),
            Some(link) => write!(f, "{}: {link}", self.what),
        }
    }
}

/// Follows the chain.
pub fn predict(start: &Start, node: &Node) -> Prediction {
    let mut links = firmware::links(start, node);
    let loader = match &start.loader {
        Probed::Known(loader) => loader,
        Probed::Absent => {
            links.push(Link::new(LinkName::Loader, Effect::Stops, "there is no configuration of GRUB"));
            return Prediction { what: grub(node), links };
        }
        Probed::Unreadable(why) => {
            links.push(Link::new(LinkName::Loader, Effect::Unknown, why));
            return Prediction { what: grub(node), links };
        }
    };
    let Some(chosen) = chosen(loader, &mut links) else { return Prediction { what: grub(node), links } };
    let (chosen, found) = with_fallback(start, loader, node, chosen);
    links.extend(found);
    links.extend(after(start, loader, node));
    links.extend(mounts::links(node));
    Prediction { what: what(chosen, node), links }
}

/// What can be followed of a saved host without what the boot loader reads: /etc/fstab.
pub fn without_boot(node: &Node) -> Prediction {
    Prediction { what: grub(node), links: mounts::links(node) }
}

/// The entry that is started, if that is known.
fn chosen<'l>(loader: &'l Loader, links: &mut Vec<Link>) -> Option<&'l Entry> {
    let (word, default) = match &loader.once {
        Some(once) => ("the entry for the next start alone", once),
        None => ("the default entry", &loader.default),
    };
    let mut link = |effect, why: String| links.push(Link::new(LinkName::Default, effect, why));
    match default {
        Probed::Known(DefaultEntry { entry, .. }) => Some(entry),
        Probed::Absent => {
            link(Effect::Stops, "the menu has no entry".to_owned());
            None
        }
        Probed::Unreadable(why) if loader.once.is_none() && loader.is_misnamed => {
            link(Effect::Doubtful, format!("{why}; GRUB starts the first entry"));
            loader.entries.first()
        }
        Probed::Unreadable(why) => {
            link(Effect::Unknown, format!("{word}: {why}"));
            None
        }
    }
}

/// The links of the entry; where GRUB cannot load its files, those of the first of the others that it tries then.
fn with_fallback<'l>(start: &Start, loader: &'l Loader, node: &Node, chosen: &'l Entry) -> (&'l Entry, Vec<Link>) {
    let own = entry::links(start, loader, node, chosen);
    let Some(unloaded) = own.iter().find(|link| link.effect == Effect::Stops && link.name == LinkName::Files) else {
        return (chosen, own);
    };
    let mut others = loader.fallback.iter().filter(|other| other.lacks.is_empty() && other.unknown.is_none());
    let Some(other) = others.next() else { return (chosen, own) };
    let why = format!("{}; GRUB starts its fallback", unloaded.why);
    let mut found = vec![Link::new(LinkName::Files, Effect::Doubtful, why)];
    found.extend(entry::links(start, loader, node, other));
    (other, found)
}

/// Where another entry is for the next start alone: that the default, which the start after it takes, stops.
fn after(start: &Start, loader: &Loader, node: &Node) -> Option<Link> {
    loader.once.as_ref()?;
    let default = loader.default.known()?;
    let links = entry::links(start, loader, node, &default.entry);
    let stops = links.into_iter().find(|link| link.effect == Effect::Stops)?;
    Some(Link::new(LinkName::Default, Effect::Doubtful, format!("the start after the next one: {stops}")))
}

fn grub(node: &Node) -> String {
    let firmware = node.setup.as_ref().and_then(|setup| setup.firmware.known());
    match firmware {
        Some(Firmware::Uefi { .. }) => "GRUB (UEFI)".to_owned(),
        Some(Firmware::Bios) => "GRUB (BIOS)".to_owned(),
        None => "GRUB".to_owned(),
    }
}

/// `GRUB (UEFI) starts RELEASE from /boot on /dev/sda2 with root vg_root/lv_root`.
fn what(entry: &Entry, node: &Node) -> String {
    let kernel = entry.release.as_ref().unwrap_or(&entry.title);
    let boot = match boot_volume(node) {
        BootVolume::Found { volume, .. } => format!(" from /boot on {}", volume.device()),
        BootVolume::NotKnown(_) => String::new(),
    };
    let root = entry::root(entry, node).map(|root| format!(" with root {root}")).unwrap_or_default();
    format!("{} starts {kernel}{boot}{root}", grub(node))
}
