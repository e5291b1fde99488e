//! What one disk says it is: model, serial number, world wide name. Asked of the disk that is about to be changed, not
//! of every disk of a host: no rule needs it, and a SCSI disk may be a while in answering.

use super::super::root::{Place, Root};
use super::{bad, text};
use crate::host::probed::Probed;

/// Length of the header of a SCSI vital product data page (SPC-4, 7.8).
const VPD_HEADER: usize = 4;

/// What a whole disk says it is (kernel `Documentation/ABI/stable/sysfs-block`, `testing/sysfs-block-device`).
///
/// A text that this kind of disk does not have, or does not give, is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Model, without its padding.
    pub model: Option<String>,
    /// Serial number, without its padding.
    pub serial: Option<String>,
    /// World wide name with its kind before it: `naa.`, `eui.` or `uuid.`.
    pub wwn: Option<String>,
    pub read_only: bool,
    /// Whether its medium can be taken out.
    pub removable: bool,
}

/// Asks the whole disk of this kernel name (`sda`, `cciss/c0d0`). [`Probed::Absent`] where sysfs has no such device;
/// a partition has no identity of its own, and is [`Probed::Unreadable`].
pub fn identity(root: &Root, name: &str) -> Probed<Identity> {
    match find(root, name) {
        Ok(Some(place)) => Probed::from(read(&place)),
        Ok(None) => Probed::Absent,
        Err(why) => Probed::Unreadable(why),
    }
}

pub(super) fn find<'r>(root: &'r Root, name: &str) -> Result<Option<Place<'r>>, String> {
    for directory in ["/sys/class/block", "/sys/block"] {
        let directory = root.at(directory)?;
        if matches!(directory.kind(), Probed::Absent) {
            continue;
        }
        let place = directory.below(&name.replace('/', "!"))?;
        return Ok(text(&place, "dev")?.map(|_| place));
    }
    Err("/sys/block: there is no such directory; is sysfs mounted?".to_owned())
}

fn read(place: &Place<'_>) -> Result<Identity, String> {
    if text(place, "partition")?.is_some() {
        return Err(format!("{}: it is a partition, not a whole disk", place.host_path()));
    }
    let driver = place.below("device")?;
    // SCSI and ATA have it with the driver's device, NVMe and newer kernels with the disk itself.
    let wwid = ask_text(&driver, "wwid").or_else(|| ask_text(place, "wwid"));
    let is_wwn = |id: &str| ["naa.", "eui.", "uuid."].iter().any(|kind| id.starts_with(kind));
    Ok(Identity {
        model: ask_text(&driver, "model"),
        serial: serial(place, &driver, wwid.as_deref()),
        wwn: wwid.filter(|id| is_wwn(id)),
        read_only: flag(place, "ro")?,
        removable: flag(place, "removable")?,
    })
}

/// NVMe; virtio; SCSI and ATA; ATA, where the kernel has it in the identifier only: "t10.ATA", then the model and the
/// serial number, in columns.
fn serial(place: &Place<'_>, driver: &Place<'_>, wwid: Option<&str>) -> Option<String> {
    let from_wwid = || wwid.filter(|id| id.starts_with("t10.")).and_then(last_word);
    ask_text(driver, "serial")
        .or_else(|| ask_text(place, "serial"))
        .or_else(|| ask(driver, "vpd_pg80").as_deref().and_then(unit_serial_number))
        .or_else(from_wwid)
}

/// An attribute that cannot be read is one that this kind of disk does not have.
fn ask(of: &Place<'_>, attribute: &str) -> Option<Vec<u8>> {
    match of.attribute(attribute) {
        Probed::Known(bytes) => Some(bytes),
        Probed::Absent | Probed::Unreadable(_) => None,
    }
}

fn ask_text(of: &Place<'_>, attribute: &str) -> Option<String> {
    ask(of, attribute).and_then(|bytes| printable(&bytes))
}

/// The serial number in the SCSI page "Unit Serial Number" (0x80).
fn unit_serial_number(page: &[u8]) -> Option<String> {
    let (&[_, code, high, low], rest) = page.split_first_chunk::<VPD_HEADER>()?;
    let len = usize::from(u16::from_be_bytes([high, low]));
    if code == 0x80 { printable(rest.get(..len)?) } else { None }
}

fn last_word(text: &str) -> Option<String> {
    text.split_whitespace().skip(1).last().map(str::to_owned)
}

/// Text of an attribute without its padding; `None` where nothing is left.
fn printable(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect())
}

fn flag(place: &Place<'_>, attribute: &str) -> Result<bool, String> {
    match text(place, attribute)?.as_deref() {
        None | Some("0") => Ok(false),
        Some("1") => Ok(true),
        Some(other) => Err(bad(place, attribute, other)),
    }
}

#[cfg(test)]
mod tests;
