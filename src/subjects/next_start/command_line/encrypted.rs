//! `rd.luks.uuid=`, `rd.luks.name=` and `rd.md.uuid=`: containers that the initramfs opens (90crypt, 90mdraid).

use super::reference::{Need, Outcome, Reference};
use super::words::Line;
use crate::disk::format::content::Kind;
use crate::host::Node;
use crate::host::locate::{Existence, Volume, existence, volumes};

pub(super) fn resolve(line: &Line<'_>, node: &Node) -> Vec<Reference> {
    let mut found = Vec::new();
    if !line.is_off("rd.luks", "rd_NO_LUKS") {
        let uuids = line.all(&["rd.luks.uuid", "rd_LUKS_UUID", "luks.uuid"]);
        found.extend(uuids.into_iter().map(|value| luks("rd.luks.uuid", value, value, node)));
        let named = line.all(&["rd.luks.name", "luks.name"]);
        found.extend(named.into_iter().map(|value| {
            let uuid = value.split_once('=').map_or(value, |(uuid, _)| uuid);
            luks("rd.luks.name", value, uuid, node)
        }));
    }
    if !line.is_off("rd.md", "rd_NO_MD") {
        found.extend(line.all(&["rd.md.uuid", "rd_MD_UUID"]).into_iter().map(|value| array(value, node)));
    }
    found
}

/// dracut takes the beginning of the identifier, with or without `luks-` before it.
fn luks(name: &'static str, value: &str, uuid: &str, node: &Node) -> Reference {
    let wanted = plain(uuid.strip_prefix("luks-").unwrap_or(uuid));
    let outcome = of_kind(node, Kind::Luks, &wanted);
    Reference::new(name, value, outcome, Need::Wait)
}

/// mdadm writes the identifier with colons, blkid with hyphens.
fn array(value: &str, node: &Node) -> Reference {
    Reference::new("rd.md.uuid", value, of_kind(node, Kind::Md, &plain(value)), Need::Array)
}

fn of_kind(node: &Node, kind: Kind, wanted: &str) -> Outcome {
    let is_it = |volume: &Volume<'_>| {
        volume.content().filter(|content| content.kind == kind).and_then(|content| content.uuid).is_some_and(|id| {
            let id = plain(id.text(&mut [0; 48]));
            !wanted.is_empty() && id.starts_with(wanted)
        })
    };
    let mut found: Vec<String> = volumes(node).filter(is_it).map(|volume| volume.device()).collect();
    match (found.pop(), kind) {
        (Some(device), Kind::Luks) if !found.is_empty() => {
            found.push(device);
            Outcome::Ambiguous(found)
        }
        (Some(device), _) => Outcome::Found { device, through: found },
        // A container within what was not read has no name of its own by which it could be found.
        (None, _) => match existence(node, "UUID=00000000-0000-0000-0000-000000000000") {
            Existence::Unknown(why) => Outcome::Unknown(why),
            _ => Outcome::Missing(format!("no {} has this identifier", kind.word())),
        },
    }
}

fn plain(uuid: &str) -> String {
    uuid.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect()
}
