//! What the firmware starts: code of the boot disk, or a program on the EFI System Partition.

use super::efi;
use super::link::{Link, LinkName};
use crate::host::{Node, Probed};
use crate::subjects::boot::{firmware_disagreement, readable_boot_disk};
use crate::subjects::next_start::command_line::Effect;
use crate::subjects::next_start::facts::start::Start;

pub(super) fn links(start: &Start, node: &Node) -> Vec<Link> {
    let link = |effect, why: String| vec![Link::new(LinkName::Firmware, effect, why)];
    let firmware = match node.setup.as_ref().map(|setup| &setup.firmware) {
        Some(Probed::Known(firmware)) => *firmware,
        Some(Probed::Unreadable(why)) => return link(Effect::Unknown, why.clone()),
        Some(Probed::Absent) | None => return link(Effect::Unknown, "how this host boots is not known".to_owned()),
    };
    match readable_boot_disk(node) {
        Ok(disk) => match firmware_disagreement(firmware, disk) {
            // The node started from it once: the firmware may find another way, such as a second disk.
            Some(why) => link(Effect::Doubtful, why),
            None => start.efi.as_ref().map(|efi| efi::links(efi, own(start), disk, node)).unwrap_or_default(),
        },
        Err(why) => link(Effect::Unknown, why),
    }
}

/// The folder of the configuration that the firmware's GRUB reads first.
fn own(start: &Start) -> Option<&str> {
    let loader = start.loader.known()?;
    loader.start.rsplit_once('/').map(|(folder, _)| folder)
}
