//! Physical network interfaces, as sysfs shows them (kernel `Documentation/ABI/testing/sysfs-class-net`): those with a
//! device behind them.

use crate::host::{Place, Probed, Root};

const FOLDER: &str = "/sys/class/net";
/// Most interfaces that are looked at.
const MOST: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    /// Whether a cable has a signal; `None` where the interface is down, and the kernel does not show it.
    pub has_carrier: Option<bool>,
    /// Its speed in Mb/s, where there is one.
    pub mbit: Option<u32>,
}

/// `Absent` where a saved host has no such folder.
pub fn gather(root: &Root) -> Probed<Vec<Interface>> {
    let of_host = || -> Result<Option<Vec<Interface>>, String> {
        let Some(places) = root.at(FOLDER)?.places(|_| true)? else { return Ok(None) };
        let mut found = Vec::new();
        for place in places.iter().take(MOST) {
            found.extend(physical(place)?);
        }
        Ok(Some(found))
    };
    match of_host() {
        Ok(Some(interfaces)) => Probed::Known(interfaces),
        Ok(None) => Probed::Absent,
        Err(why) => Probed::Unreadable(why),
    }
}

fn physical(place: &Place<'_>) -> Result<Option<Interface>, String> {
    let Some(name) = place.name() else { return Ok(None) };
    match place.below("device")?.kind() {
        Probed::Known(_) => {}
        Probed::Absent => return Ok(None),
        Probed::Unreadable(why) => return Err(why),
    }
    // The kernel answers with an error where the interface is down.
    let number = |attribute: &str| -> Option<u32> {
        str::from_utf8(place.attribute(attribute).known()?.trim_ascii()).ok()?.parse().ok()
    };
    let has_carrier = number("carrier").map(|carrier| carrier == 1);
    Ok(Some(Interface { name: name.to_owned(), has_carrier, mbit: number("speed").filter(|mbit| *mbit > 0) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(files: &[(&str, &str)]) -> Probed<Vec<Interface>> {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join("sys/class/net").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        gather(&Root::fixture(dir.path()).unwrap())
    }

    #[test]
    fn what_has_a_device_is_physical_and_shows_carrier_and_speed() {
        let found = host(&[
            ("lo/carrier", "1\n"),
            ("bond0/speed", "1000\n"),
            ("eth0/device/vendor", "0x8086\n"),
            ("eth0/carrier", "1\n"),
            ("eth0/speed", "10000\n"),
            ("eth1/device/vendor", "0x8086\n"),
            ("eth1/carrier", "0\n"),
            ("eth1/speed", "-1\n"),
            ("eth2/device/vendor", "0x8086\n"),
        ]);
        let interface = |name: &str, has_carrier, mbit| Interface { name: name.to_owned(), has_carrier, mbit };
        let expected = vec![
            interface("eth0", Some(true), Some(10_000)),
            interface("eth1", Some(false), None),
            interface("eth2", None, None),
        ];
        assert_eq!(found, Probed::Known(expected));
    }

    #[test]
    fn a_saved_host_without_the_folder_shows_none_and_a_file_in_its_place_is_unreadable() {
        assert_eq!(host(&[]), Probed::Absent);
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("sys/class")).unwrap();
        std::fs::write(dir.path().join("sys/class/net"), "").unwrap();
        assert!(matches!(gather(&Root::fixture(dir.path()).unwrap()), Probed::Unreadable(_)));
    }
}
