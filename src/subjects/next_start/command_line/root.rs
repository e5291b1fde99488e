//! `root=`, with `rootfstype=`: the device exists, holds a file system, and is the one that /etc/fstab and the running
//! system have at `/`.

use super::device::{find, part_offset};
use super::reference::{Need, Outcome, Reference};
use super::words::Line;
use crate::disk::format::content::Kind;
use crate::host::locate::{Located, Volume, by_number, volume};
use crate::host::{DeviceNumber, Node, mounts};

/// What `root=` leads to, and the volume where that was read.
pub(super) fn resolve<'f>(line: &Line<'_>, node: &'f Node) -> (Vec<Reference>, Option<Volume<'f>>) {
    let reference = |value: &str, outcome| Reference::new("root", value, outcome, Need::Root);
    let Some(value) = line.last("root") else {
        let why = if line.has("root") { Outcome::Missing } else { Outcome::Doubtful };
        let message = "the line names no root file system; only one that the initramfs names itself can be mounted";
        return (vec![reference("", why(message.to_owned()))], None);
    };
    let (outcome, volume) = locate(node, value);
    let mut references = vec![reference(value, outcome)];
    let Some(volume) = volume else { return (references, None) };
    references.extend(content(line, volume).map(|why| reference(value, why)));
    references.extend(differs(node, volume).map(|why| reference(value, Outcome::Doubtful(why))));
    if references.len() > 1 && matches!(references[..], [Reference { outcome: Outcome::Found { .. }, .. }, ..]) {
        references.remove(0);
    }
    (references, Some(volume))
}

fn locate<'f>(node: &'f Node, value: &str) -> (Outcome, Option<Volume<'f>>) {
    let name = value.strip_prefix("block:").unwrap_or(value);
    let protocol = name.split_once(':').map(|(protocol, _)| protocol);
    let is_network = matches!(name, "/dev/nfs" | "dhcp" | "dhcp6" | "gpt-auto" | "tmpfs");
    if is_network || protocol.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase())) {
        return (Outcome::Unknown(format!("{name} is no disk of this node")), None);
    }
    if name.contains(char::is_whitespace) {
        let (_, volume) = find(node, name);
        let why = r"it has a space, at which dracut ends the name even within quotes; write \x20";
        return (Outcome::Doubtful(why.to_owned()), volume);
    }
    let is_tag = ["UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="].iter().any(|tag| name.starts_with(tag));
    let of_kernel = || match part_offset(name) {
        Some((part, offset)) => beside(node, part, offset),
        None => DeviceNumber::of_kernel_word(name).map(|number| by_number(node, number)),
    };
    if part_offset(name).is_none() && (is_tag || name.starts_with("/dev/")) {
        return find(node, name);
    }
    let takes = "the kernel alone takes this form, and an initramfs made by dracut refuses it";
    match of_kernel() {
        Some(Located::One(volume)) => (Outcome::Doubtful(format!("it names {volume}; {takes}")), Some(volume)),
        Some(Located::Unknown(why)) => (Outcome::Unknown(why), None),
        Some(_) => match node.why_incomplete() {
            Some(why) => (Outcome::Unknown(why), None),
            None => (Outcome::Missing("it names nothing that exists".to_owned()), None),
        },
        None => (Outcome::Missing("it names no device in a form that dracut takes".to_owned()), None),
    }
}

/// The partition `offset` behind the one that `part` names, on the same disk.
fn beside<'f>(node: &'f Node, part: &str, offset: i64) -> Option<Located<'f>> {
    let Located::One(Volume::Partition { disk, partition }) = volume(node, part) else {
        return Some(volume(node, part));
    };
    let wanted = i64::from(partition.number).checked_add(offset)?;
    let found = disk.partitions.iter().find(|other| i64::from(other.number) == wanted);
    Some(found.map_or(Located::Nothing, |partition| Located::One(Volume::Partition { disk, partition })))
}

/// Why what the volume holds cannot be mounted as root.
fn content(line: &Line<'_>, volume: Volume<'_>) -> Option<Outcome> {
    let kind = volume.content()?.kind;
    let is_none = matches!(
        kind,
        Kind::Swap | Kind::Lvm2Pv | Kind::Luks | Kind::Md | Kind::Blank | Kind::Partitioned | Kind::Extended
    );
    if is_none {
        return Some(Outcome::Missing(format!("it names {volume}, which is {} and no file system", kind.word())));
    }
    let wanted = line.last("rootfstype").filter(|wanted| *wanted != "auto")?;
    let is_ext = |word: &str| matches!(word, "ext2" | "ext3" | "ext4");
    let is_known = is_ext(kind.word()) || matches!(kind, Kind::Xfs | Kind::Btrfs);
    let is_it = |word: &str| word == kind.word() || word == "ext4" && is_ext(kind.word());
    let is_wrong = is_known && !wanted.split(',').any(is_it);
    is_wrong.then(|| Outcome::Missing(format!("it names {volume}, which is {} and not {wanted}", kind.word())))
}

/// That /etc/fstab or the running system has another volume at `/`.
fn differs(node: &Node, root: Volume<'_>) -> Option<String> {
    let setup = node.setup.as_ref()?;
    let line = setup.fstab.known().and_then(|entries| entries.iter().find(|entry| entry.point == "/"));
    let in_fstab = line.and_then(|entry| Some((entry, one(volume(node, &entry.source))?)));
    if let Some((entry, other)) = in_fstab.filter(|(_, other)| *other != root) {
        return Some(format!("it names {root}, and /etc/fstab line {} has {other} at /", entry.line));
    }
    let mounted = setup.mounts.known().and_then(|all| mounts::mounted_at(all, "/"));
    let mounted = mounted.and_then(|mount| one(by_number(node, mount.device)));
    mounted.filter(|other| *other != root).map(|other| format!("it names {root}, and {other} is mounted at /"))
}

fn one(located: Located<'_>) -> Option<Volume<'_>> {
    match located {
        Located::One(volume) => Some(volume),
        _ => None,
    }
}
