//! What the firmware starts: code of the boot disk, or a program on the EFI System Partition.

use super::link::{Link, LinkName};
use crate::host::{Firmware, Node, Probed};
use crate::subjects::boot::{firmware_disagreement, readable_boot_disk};
use crate::subjects::next_start::command_line::Effect;
use crate::subjects::next_start::facts::start::Start;

pub(super) fn links(start: &Start, node: &Node) -> Vec<Link> {
    let link = |effect, why: String| vec![Link::new(LinkName::Firmware, effect, why)];
    let firmware = match node.running.as_ref().map(|running| &running.firmware) {
        Some(Probed::Known(firmware)) => *firmware,
        Some(Probed::Unreadable(why)) => return link(Effect::Unknown, why.clone()),
        Some(Probed::Absent) | None => return link(Effect::Unknown, "how this host boots is not known".to_owned()),
    };
    match readable_boot_disk(node) {
        Ok(disk) => match firmware_disagreement(firmware, disk) {
            // The node started from it once: the firmware may find another way, such as a second disk.
            Some(why) => link(Effect::Doubtful, why),
            None => programs(firmware, start),
        },
        Err(why) => link(Effect::Unknown, why),
    }
}

fn programs(firmware: Firmware, start: &Start) -> Vec<Link> {
    let link = |effect, why: String| vec![Link::new(LinkName::Firmware, effect, why)];
    match (&start.programs, firmware) {
        (_, Firmware::Bios) => Vec::new(),
        (Probed::Known(programs), _) if programs.is_empty() => {
            link(Effect::Stops, "the EFI System Partition has no boot program: no .efi file in its folders".to_owned())
        }
        (Probed::Known(_), _) => Vec::new(),
        (Probed::Absent, _) => link(Effect::Unknown, "the EFI System Partition was not looked at".to_owned()),
        (Probed::Unreadable(why), _) => link(Effect::Unknown, why.clone()),
    }
}
