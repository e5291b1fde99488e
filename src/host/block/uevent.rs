//! The numbers of a device as its `uevent` has them: one file where `dev` and `partition` are two, of hundreds of
//! devices (kernel `drivers/base/core.c`, `dev_uevent`, and `block/partitions/core.c`, `part_uevent`).

use crate::host::device_number::DeviceNumber;
use crate::host::line::number32;
use crate::host::root::Place;

/// By which numbers the kernel knows a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) device: DeviceNumber,
    /// Of a partition: its number on its disk.
    pub(super) partition: Option<u32>,
}

impl Numbers {
    /// `None` where the file is not there, as in a saved host, or does not have all of them: then the attributes
    /// decide, and the errors are theirs.
    pub(super) fn of_uevent(place: &Place<'_>) -> Option<Self> {
        parse(&place.attribute("uevent").found().ok()??)
    }
}

/// Of each name, its first line counts: the name of a partition, which is what somebody wrote to the disk and may have
/// lines of its own, comes behind the numbers.
fn parse(uevent: &[u8]) -> Option<Numbers> {
    let value = |name: &[u8]| uevent.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(name));
    let number = |name| number32(value(name)?);
    let device = DeviceNumber { major: number(b"MAJOR=")?, minor: number(b"MINOR=")? };
    let partition = match value(b"DEVTYPE=")? {
        b"disk" => None,
        b"partition" => Some(number(b"PARTN=")?),
        _ => return None,
    };
    Some(Numbers { device, partition })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_and_a_partition_have_their_numbers_in_lines() {
        let device = |major, minor| DeviceNumber { major, minor };
        let disk = b"MAJOR=8\nMINOR=16\nDEVNAME=sdb\nDEVTYPE=disk\nDISKSEQ=9\n";
        assert_eq!(parse(disk), Some(Numbers { device: device(8, 16), partition: None }));
        let part = b"MAJOR=259\nMINOR=3\nDEVNAME=nvme0n1p3\nDEVTYPE=partition\nDISKSEQ=1\nPARTN=3\nPARTNAME=x\n";
        assert_eq!(parse(part), Some(Numbers { device: device(259, 3), partition: Some(3) }));
    }

    #[test]
    fn the_name_of_a_partition_changes_no_number_and_what_lacks_one_is_left_to_the_attributes() {
        let named = b"MAJOR=8\nMINOR=1\nDEVTYPE=partition\nPARTN=1\nPARTNAME=a\nMAJOR=9\nMINOR=9\nPARTN=7\xff\n";
        assert_eq!(parse(named).map(|numbers| (numbers.device.major, numbers.partition)), Some((8, Some(1))));
        for lacking in [
            "",
            "MAJOR=8\nMINOR=1\n",
            "MAJOR=8\nDEVTYPE=disk\n",
            "MAJOR=8\nMINOR=1\nDEVTYPE=partition\n",
            "MAJOR=8\nMINOR=x\nDEVTYPE=disk\n",
            "MAJOR=-8\nMINOR=1\nDEVTYPE=disk\n",
            "MAJOR=8\nMINOR=1\nDEVTYPE=host\n",
            " MAJOR=8\nMINOR=1\nDEVTYPE=disk\n",
        ] {
            assert_eq!(parse(lacking.as_bytes()), None, "{lacking:?}");
        }
    }
}
