//! How the firmware started this host: `/sys/firmware/efi` (kernel `Documentation/ABI/testing/sysfs-firmware-efi`).
//!
//! Nothing else is evidence: not a /boot/efi directory, not an EFI System Partition. That the directory is missing
//! means BIOS only where sysfs surely could be looked at; containers hide /sys/firmware under another file system.

use super::probed::Probed;
use super::root::{Place, Root};
use crate::base::cause::cause;
use crate::io::sys::filesystem::is_sysfs;

/// How the firmware started the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firmware {
    /// UEFI: the kernel has /sys/firmware/efi on a real sysfs.
    Uefi {
        /// 32 or 64, where the kernel tells (fw_platform_size).
        bits: Option<u8>,
    },
    /// BIOS, or UEFI in its BIOS compatibility mode: a readable sysfs without /sys/firmware/efi.
    Bios,
}

const FIRMWARE: &str = "/sys/firmware";

/// Looks for it. Never [`Probed::Absent`]: a host without sysfs is one that could not be asked.
pub fn gather(root: &Root) -> Probed<Firmware> {
    Probed::from(look(root))
}

fn look(root: &Root) -> Result<Firmware, String> {
    directory(root, FIRMWARE)?.ok_or_else(|| format!("{FIRMWARE}: there is no such directory; is sysfs mounted?"))?;
    let Some(efi) = directory(root, "/sys/firmware/efi")? else {
        return Ok(Firmware::Bios);
    };
    match efi.below("fw_platform_size")?.read() {
        Probed::Known(bytes) => {
            let bits =
                parse(&bytes).ok_or_else(|| format!("{}/fw_platform_size: neither 32 nor 64", efi.host_path()))?;
            Ok(Firmware::Uefi { bits: Some(bits) })
        }
        Probed::Absent => Ok(Firmware::Uefi { bits: None }),
        Probed::Unreadable(why) => Err(why),
    }
}

/// A directory that, on the live host, lies on a real sysfs.
fn directory<'r>(root: &'r Root, path: &str) -> Result<Option<Place<'r>>, String> {
    let place = root.at(path)?;
    match place.kind() {
        Probed::Known(kind) if kind.is_dir() => {}
        Probed::Known(_) => return Err(format!("{path}: it is no directory")),
        Probed::Absent => return Ok(None),
        Probed::Unreadable(why) => return Err(why),
    }
    if root.has_answers() {
        match place.answer("is sysfs", || is_sysfs(&place.real_path()).map_err(|e| cause(&e)))? {
            Ok(true) => {}
            Ok(false) => return Err(format!("{path}: it is not on sysfs, so it does not show the firmware")),
            Err(why) => return Err(format!("{path}: {why}")),
        }
    }
    Ok(Some(place))
}

/// The width of the firmware in bits, 32 or 64.
pub fn parse(fw_platform_size: &[u8]) -> Option<u8> {
    match fw_platform_size.trim_ascii() {
        b"32" => Some(32),
        b"64" => Some(64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn asked(files: &[(&str, &str)]) -> Probed<Firmware> {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        gather(&Root::fixture(dir.path()).unwrap())
    }

    #[test]
    fn only_the_efi_directory_makes_a_host_uefi() {
        let uefi = |bits| Probed::Known(Firmware::Uefi { bits });
        assert_eq!(asked(&[("sys/firmware/efi/fw_platform_size", "64\n")]), uefi(Some(64)));
        assert_eq!(asked(&[("sys/firmware/efi/fw_platform_size", "32\n")]), uefi(Some(32)));
        assert_eq!(asked(&[("sys/firmware/efi/runtime", "0x0\n")]), uefi(None));
        assert_eq!(
            asked(&[("sys/firmware/acpi/pm_profile", "0\n"), ("boot/efi/x", "")]),
            Probed::Known(Firmware::Bios)
        );
    }

    #[test]
    fn a_host_whose_sysfs_cannot_be_seen_is_not_called_bios() {
        for files in [
            &[][..],
            &[("sys/block/sda/size", "1\n")],
            &[("sys", "")],
            &[("sys/firmware", "")],
            &[("sys/firmware/efi", "")],
            &[("sys/firmware/efi/fw_platform_size", "65\n")],
            &[("sys/firmware/efi/fw_platform_size/x", "")],
        ] {
            assert!(matches!(asked(files), Probed::Unreadable(_)), "{files:?}");
        }
    }
}
