//! The boot options of the firmware: its variables `BootOrder`, `BootNext` and `Boot####` (UEFI 2.10, sections 3.1 and
//! 3.3), which Linux shows as files (kernel `Documentation/filesystems/efivarfs.rst`).

use crate::base::bytes::{Fields, Truncated, le16, le32, u8_at};
use crate::base::ids::Id;
use crate::host::{Probed, Root};

const FOLDER: &str = "/sys/firmware/efi/efivars";
/// The namespace of the firmware's own variables.
const GLOBAL: &str = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
/// Before the value, a file has the attributes of its variable.
const ATTRIBUTES: usize = 4;
/// The most options that are read: reading one may take the firmware milliseconds.
const MOST_OPTIONS: usize = 64;
const MOST_NODES: usize = 64;
const ACTIVE: u32 = 1;

/// What the firmware tries, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BootOptions {
    /// What it tries before all others, once.
    pub next: Option<BootOption>,
    /// Those that are active.
    pub order: Vec<BootOption>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootOption {
    /// `Boot0003`.
    pub name: String,
    pub description: String,
    pub target: Target,
}

/// What an option starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A program of a partition: its GUID, and the path on its file system with slashes.
    Program { partition: Option<Id>, path: String },
    /// A device: the firmware looks for the program for removable media there.
    Device,
    /// The network, or a program in the firmware itself.
    Elsewhere,
}

/// Reads them. `Absent` where the kernel shows no variables.
pub fn gather(root: &Root) -> Probed<BootOptions> {
    if root.is_powered_off() {
        return Probed::Unreadable("they are in the machine, and not on its disks".to_owned());
    }
    let order = match variable(root, "BootOrder") {
        Ok(Some(order)) => order,
        Ok(None) => return Probed::Absent,
        Err(why) => return Probed::Unreadable(why),
    };
    let mut options = BootOptions::default();
    for number in numbers(&order).take(MOST_OPTIONS) {
        match option(root, number) {
            Ok(Some((true, option))) => options.order.push(option),
            Ok(_) => {}
            Err(why) => return Probed::Unreadable(why),
        }
    }
    let next =
        variable(root, "BootNext").and_then(|next| match next.as_deref().and_then(|next| numbers(next).next()) {
            Some(number) => option(root, number),
            None => Ok(None),
        });
    match next {
        Ok(next) => Probed::Known(BootOptions { next: next.map(|(_, option)| option), ..options }),
        Err(why) => Probed::Unreadable(why),
    }
}

fn numbers(value: &[u8]) -> impl Iterator<Item = u16> {
    value.chunks_exact(2).filter_map(|pair| le16(pair, 0).ok())
}

fn variable(root: &Root, name: &str) -> Result<Option<Vec<u8>>, String> {
    let path = format!("{FOLDER}/{name}-{GLOBAL}");
    match root.read(&path) {
        Probed::Known(bytes) => match bytes.get(ATTRIBUTES..) {
            Some(value) => Ok(Some(value.to_vec())),
            None => Err(format!("{path}: it has no attributes")),
        },
        Probed::Absent => Ok(None),
        Probed::Unreadable(why) => Err(why),
    }
}

/// The option of that number, and whether it is active. One that the firmware cannot read counts as not there.
fn option(root: &Root, number: u16) -> Result<Option<(bool, BootOption)>, String> {
    let name = format!("Boot{number:04X}");
    Ok(variable(root, &name)?.and_then(|value| parse(name, &value).ok()))
}

/// The option in the value of a variable `name`, and whether it is active.
///
/// # Errors
/// Where the value ends before.
pub fn parse(name: String, value: &[u8]) -> Result<(bool, BootOption), Truncated> {
    let is_active = le32(value, 0)? & ACTIVE != 0;
    let path_bytes = usize::from(le16(value, 4)?);
    let (description, after) = text(value, 6)?;
    let path = value.take(after, path_bytes)?;
    Ok((is_active, BootOption { name, description, target: target(path) }))
}

/// The UCS-2 text at `at`, and where it has ended.
fn text(bytes: &[u8], at: usize) -> Result<(String, usize), Truncated> {
    let mut units = Vec::new();
    let mut at = at;
    loop {
        let unit = le16(bytes, at)?;
        at = at.saturating_add(2);
        if unit == 0 {
            return Ok((String::from_utf16_lossy(&units), at));
        }
        units.push(unit);
    }
}

/// What a device path leads to (UEFI 2.10, section 10.3). A node that cannot be read ends it.
fn target(mut path: &[u8]) -> Target {
    let (mut partition, mut file, mut is_elsewhere) = (None, String::new(), false);
    for _ in 0..MOST_NODES {
        let Ok((node, rest)) = first_node(path) else { break };
        match node.get(..2).unwrap_or_default() {
            [0x7f, _] => break,
            // Messaging devices: MAC address, IPv4, IPv6, iSCSI, URI, Bluetooth, Wi-Fi.
            [3, 11..=13 | 19 | 24 | 27 | 28] | [4, 6 | 7] => is_elsewhere = true,
            [4, 1] => partition = hard_drive(node).ok().flatten(),
            [4, 2] => is_elsewhere = true,
            [4, 4] => file.push_str(&text(node, 4).map(|(text, _)| text).unwrap_or_default()),
            // BIOS boot specification.
            [5, _] => is_elsewhere = true,
            _ => {}
        }
        path = rest;
    }
    match file.is_empty() {
        _ if is_elsewhere => Target::Elsewhere,
        true => Target::Device,
        false => Target::Program { partition, path: slashes(&file) },
    }
}

fn first_node(path: &[u8]) -> Result<(&[u8], &[u8]), Truncated> {
    let length = usize::from(le16(path, 2)?).max(4);
    path.split_at_checked(length).ok_or(Truncated { at: 0, need: length })
}

/// The GUID of a partition; `None` for one of an MBR.
fn hard_drive(node: &[u8]) -> Result<Option<Id>, Truncated> {
    const GUID: u8 = 2;
    Ok((u8_at(node, 41)? == GUID).then_some(Id::from_guid(node.array(24)?)))
}

fn slashes(path: &str) -> String {
    let parts = path.split(['\\', '/']).filter(|part| !part.is_empty());
    parts.fold(String::new(), |path, part| path + "/" + part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subjects::next_start::facts::sample::{efi_option, efi_variable};

    fn guid() -> [u8; 16] {
        std::array::from_fn(|n| n as u8)
    }

    fn read(value: &[u8]) -> Option<(bool, BootOption)> {
        parse("Boot0001".to_owned(), value).ok()
    }

    #[test]
    fn an_option_names_a_program_of_a_partition() {
        let value = efi_option("Oracle Linux", Some(guid()), "\\EFI\\redhat\\shimx64.efi");
        let (is_active, option) = read(&value).unwrap();
        assert!(is_active);
        assert_eq!(option.description, "Oracle Linux");
        let path = "/EFI/redhat/shimx64.efi".to_owned();
        assert_eq!(option.target, Target::Program { partition: Some(Id::from_guid(guid())), path });
        let device = efi_option("UEFI disk", None, "");
        assert_eq!(read(&device).unwrap().1.target, Target::Device);
    }

    #[test]
    fn an_option_that_is_cut_off_anywhere_is_none_and_no_byte_makes_it_panic() {
        let value = efi_option("Oracle Linux", Some(guid()), "\\EFI\\redhat\\shimx64.efi");
        assert!((0..value.len()).all(|length| read(&value[..length]).is_none()));
        for at in 0..value.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut other = value.clone();
                other[at] = byte;
                let _ = read(&other);
            }
        }
    }

    #[test]
    fn options_are_read_in_their_order_and_those_that_are_not_active_left_out() {
        let host = tempfile::tempdir().unwrap();
        let root = || Root::fixture(host.path()).unwrap();
        assert_eq!(gather(&root()), Probed::Absent);
        std::fs::create_dir_all(host.path().join(&FOLDER[1..])).unwrap();
        let put = |name: &str, value: &[u8]| {
            let (path, bytes) = efi_variable(name, value);
            std::fs::write(host.path().join(path), bytes).unwrap();
        };
        put("BootOrder", &[3, 0, 1, 0, 2, 0, 9, 0]);
        let mut idle = efi_option("idle", None, "");
        idle[0] = 0;
        put("Boot0001", &idle);
        put("Boot0002", &efi_option("second", None, ""));
        put("Boot0003", &efi_option("first", None, ""));
        let names = |options: &BootOptions| {
            options.order.iter().map(|option| option.description.clone()).collect::<Vec<_>>().join(" ")
        };
        let options = gather(&root());
        assert_eq!(
            options.known().map(|options| (names(options), options.next.is_none())),
            Some(("first second".to_owned(), true))
        );
        put("BootNext", &[1, 0]);
        let next = gather(&root()).known().and_then(|options| options.next.clone());
        assert_eq!(next.map(|option| option.name), Some("Boot0001".to_owned()));
        std::fs::write(host.path().join(efi_variable("BootOrder", &[]).0), [7]).unwrap();
        assert!(matches!(gather(&root()), Probed::Unreadable(why) if why.contains("no attributes")));
    }
}
