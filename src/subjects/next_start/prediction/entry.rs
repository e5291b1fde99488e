//! What an entry of the boot loader loads, and where its kernel gets with it.

use super::link::{Link, LinkName};
use crate::host::cmdline::asks_for_fips;
use crate::host::locate::{Existence, Located, Volume, existence, logical_name, volume};
use crate::host::{Node, Probed};
use crate::subjects::boot::{BootVolume, Device, Entry, Loader, boot_volume};
use crate::subjects::next_start::command_line::{Effect, Need, Outcome, Reference, resolve};
use crate::subjects::next_start::facts::initramfs::Contents;
use crate::subjects::next_start::facts::start::Start;
use crate::subjects::next_start::facts::verdict::Verdict;
use crate::subjects::next_start::small_images::small_images;

/// Each link of an entry that is not as it must be.
pub(super) fn links(start: &Start, loader: &Loader, node: &Node, entry: &Entry) -> Vec<Link> {
    if let Some(why) = &entry.unknown {
        return vec![Link::new(LinkName::Files, Effect::Unknown, format!("{}: {why}", entry.from))];
    }
    if entry.linux.is_empty() {
        let why = format!("{}: \"{}\" starts no Linux kernel", entry.from, entry.title);
        return vec![Link::new(LinkName::Files, Effect::Unknown, why)];
    }
    if !entry.lacks.is_empty() {
        let why = format!("{}: GRUB does not find {}", entry.from, entry.lacks.join(", "));
        return vec![Link::new(LinkName::Files, Effect::Stops, why)];
    }
    let (mut links, references) = (device(entry, node), resolve(&entry.args, node));
    let (release, of_kernel) = kernel(start, loader, entry);
    links.extend(of_kernel);
    links.extend(modules(start, release.as_deref()));
    links.extend(initramfs(start, loader, entry, release.as_deref(), &references));
    links.extend(line_links(entry, node));
    links
}

/// The file system that GRUB searches for: the one that the files were read from.
fn device(entry: &Entry, node: &Node) -> Vec<Link> {
    let Device::Found { by, value, else_system } = &entry.device else { return Vec::new() };
    let name = match by.as_str() {
        "fs_uuid" => uuid(node, value),
        "fs_label" => format!("LABEL={value}"),
        _ => return Vec::new(),
    };
    let link = |effect, why: String| vec![Link::new(LinkName::Files, effect, format!("{}: {why}", entry.from))];
    let lost = || match else_system {
        true => (Effect::Stops, "looks for the files on the EFI System Partition"),
        false => (Effect::Doubtful, "may find the files by the device that it was started from"),
    };
    match (volume(node, &name), boot_volume(node)) {
        (Located::One(found), BootVolume::Found { volume, .. }) if found != volume => link(
            Effect::Unknown,
            format!("GRUB takes the files of {found}, which is not /boot, and was not looked into"),
        ),
        (Located::Several(found), _) => {
            let names: Vec<String> = found.iter().map(Volume::device).collect();
            link(Effect::Doubtful, format!("GRUB searches for {name}, which {} all have", names.join(", ")))
        }
        (Located::Nothing | Located::NotAVolume, _) if existence(node, &name) == Existence::Missing => {
            let (effect, instead) = lost();
            link(effect, format!("GRUB searches for {name}, which nothing has, and {instead}"))
        }
        _ => Vec::new(),
    }
}

/// The name of a file system by its UUID, which GRUB compares without regard to case.
fn uuid(node: &Node, value: &str) -> String {
    let name = |value: &str| format!("UUID={value}");
    let mut cases = [value.to_ascii_lowercase(), value.to_ascii_uppercase()].into_iter().map(|value| name(&value));
    cases
        .find(|name| matches!(volume(node, name), Located::One(_) | Located::Several(_)))
        .unwrap_or_else(|| name(value))
}

/// Each word of the entry's kernel command line that is not as it must be.
pub fn line_links(entry: &Entry, node: &Node) -> Vec<Link> {
    resolve(&entry.args, node).iter().filter_map(|reference| line(entry, reference)).collect()
}

/// The root file system that the entry leads to.
pub(super) fn root(entry: &Entry, node: &Node) -> Option<String> {
    let references = resolve(&entry.args, node);
    let root = references.into_iter().find(|reference| reference.name == "root")?;
    match root.outcome {
        Outcome::Found { device, .. } => {
            Some(logical_name(&device).map_or(device, |(group, name)| format!("{group}/{name}")))
        }
        _ => None,
    }
}

/// The release that starts, and what is wrong with the kernel.
fn kernel(start: &Start, loader: &Loader, entry: &Entry) -> (Option<String>, Vec<Link>) {
    let named = entry.release.clone();
    let link = |effect, why: String| Link::new(LinkName::Kernel, effect, why);
    let place = match loader.place_of(entry, &entry.linux) {
        Ok(place) => place,
        Err(why) => return (named, vec![link(Effect::Unknown, why)]),
    };
    let mut links = Vec::new();
    let own = match start.kernels.get(&place) {
        Some(Probed::Known(Verdict::Whole(image))) => image.release.clone(),
        Some(Probed::Known(Verdict::Broken { at, why })) => {
            links.push(link(Effect::Stops, format!("{place} is damaged at byte {at}: {why}")));
            None
        }
        Some(Probed::Known(Verdict::Unknown(why)) | Probed::Unreadable(why)) => {
            links.push(link(Effect::Unknown, format!("{place}: {why}")));
            None
        }
        Some(Probed::Absent) => {
            links.push(link(Effect::Stops, format!("{place} does not exist")));
            None
        }
        None => {
            links.push(link(Effect::Unknown, format!("{place} was not read")));
            None
        }
    };
    if let (Some(named), Some(own)) = (&named, &own)
        && named != own
    {
        links.push(link(Effect::Doubtful, format!("{place} is by its own header {own}")));
    }
    if asks_for_fips(&entry.args) {
        links.extend(match start.sums.get(&place) {
            Some(Probed::Known(())) | None => None,
            Some(Probed::Absent) => {
                Some(link(Effect::Stops, format!("fips=1, and {place} has no .hmac file beside it that verifies it")))
            }
            Some(Probed::Unreadable(why)) => Some(link(Effect::Unknown, why.clone())),
        });
    }
    (own.or(named), links)
}

/// The initramfs has modules of its own: without those of the root, the start goes on, and what it needs later may
/// fail.
fn modules(start: &Start, release: Option<&str>) -> Option<Link> {
    let release = release?;
    match start.modules.get(release)? {
        Probed::Known(()) => None,
        Probed::Absent => {
            let why = format!("/lib/modules/{release} has no modules.dep");
            Some(Link::new(LinkName::Modules, Effect::Doubtful, why))
        }
        Probed::Unreadable(why) => Some(Link::new(LinkName::Modules, Effect::Unknown, why)),
    }
}

fn initramfs(
    start: &Start,
    loader: &Loader,
    entry: &Entry,
    release: Option<&str>,
    references: &[Reference],
) -> Vec<Link> {
    let link = |effect, why: String| Link::new(LinkName::Initramfs, effect, why);
    if entry.initrd.is_empty() {
        return vec![link(Effect::Stops, format!("{}: the entry loads none, and the root needs one", entry.from))];
    }
    let (mut links, mut whole): (Vec<Link>, Vec<(String, &Contents)>) = (Vec::new(), Vec::new());
    for path in &entry.initrd {
        let place = match loader.place_of(entry, path) {
            Ok(place) => place,
            Err(why) => {
                links.push(link(Effect::Unknown, why));
                continue;
            }
        };
        match start.images.get(&place) {
            Some(Probed::Known(Verdict::Whole(contents))) => whole.push((place, contents)),
            Some(Probed::Known(Verdict::Broken { at, why })) => {
                links.push(link(Effect::Stops, format!("{place} is damaged at byte {at}: {why}")));
            }
            Some(Probed::Known(Verdict::Unknown(why)) | Probed::Unreadable(why)) => {
                links.push(link(Effect::Unknown, format!("{place}: {why}")));
            }
            Some(Probed::Absent) => links.push(link(Effect::Stops, format!("{place} does not exist"))),
            None => links.push(link(Effect::Unknown, format!("{place} was not read"))),
        }
    }
    // What is in a file that was not read to its end is not known.
    if links.is_empty() {
        links.extend(lacking(&whole, release, references));
        links.extend(small(start, &whole));
    }
    links
}

/// What the root needs and no image has.
fn lacking(whole: &[(String, &Contents)], release: Option<&str>, references: &[Reference]) -> Vec<Link> {
    let places: Vec<&str> = whole.iter().map(|(place, _)| place.as_str()).collect();
    let places = places.join(", ");
    let has = |what: fn(&Contents) -> bool| whole.iter().any(|(_, contents)| what(contents));
    let is_found = |reference: &&Reference| matches!(reference.outcome, Outcome::Found { .. } | Outcome::Doubtful(_));
    let found = |names: &[&str]| references.iter().filter(is_found).any(|found| names.contains(&found.name));
    let link = |effect, why: String| Link::new(LinkName::Initramfs, effect, why);
    let mut links = Vec::new();
    let of_kernel = |release: &str| whole.iter().any(|(_, contents)| contents.kernel_releases.contains(release));
    if let Some(release) = release.filter(|release| !of_kernel(release)) {
        links.push(link(Effect::Stops, format!("{places} has no modules of {release}")));
    }
    if on_lvm(references) && !has(|contents| contents.has_lvm) {
        links.push(link(Effect::Stops, format!("the root is on LVM, and {places} has no lvm")));
    }
    if found(&["rd.luks.uuid", "rd.luks.name"]) && !has(|contents| contents.has_cryptsetup) {
        links.push(link(Effect::Stops, format!("the line opens an encrypted volume, and {places} has no cryptsetup")));
    }
    if found(&["rd.md.uuid"]) && !has(|contents| contents.has_mdadm) {
        links.push(link(Effect::Doubtful, format!("the line assembles an array, and {places} has no mdadm")));
    }
    links
}

fn on_lvm(references: &[Reference]) -> bool {
    references.iter().filter(|reference| reference.needed_for == Need::Root).any(|reference| match &reference.outcome {
        Outcome::Found { device, .. } => logical_name(device).is_some(),
        _ => false,
    })
}

/// A sign that an image was made while /boot was full, or without what it needs.
fn small(start: &Start, whole: &[(String, &Contents)]) -> Option<Link> {
    let name = whole.last()?.0.rsplit('/').next()?;
    let small = small_images(&start.sizes).into_iter().find(|image| image.name == name)?;
    let why = format!("{name} has {} bytes, and others like it {}", small.bytes, small.usual_bytes);
    Some(Link::new(LinkName::Initramfs, Effect::Doubtful, why))
}

/// What a word of the line does to the start.
fn line(entry: &Entry, reference: &Reference) -> Option<Link> {
    let why = format!("{} ({}): {}", reference.word(), entry.from, reference.why()?);
    Some(Link::new(LinkName::CommandLine, reference.effect(), why))
}
