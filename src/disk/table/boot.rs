//! What a table tells about booting.

use crate::disk::format::mbr::Mbr;
use crate::disk::{BootEvidence, Partition};

/// Boot evidence of a disk. An active partition is a number of the MBR, also where that only protects a GPT: some
/// BIOSes boot such a disk only if the protective entry is marked active. The boot sector of a volume is not looked
/// into: `mkfs.fat` puts code there that only prints a message.
pub(super) fn evidence(mbr: Option<&Mbr>, partitions: &[Partition]) -> BootEvidence {
    let number = |is: fn(&Partition) -> bool| partitions.iter().find(|p| is(p)).map(|p| p.number);
    BootEvidence {
        esp: number(|p| p.kind.is_esp()),
        bios_boot_partition: number(|p| p.kind.is_bios_boot()),
        boot_code: mbr.is_some_and(|mbr| mbr.boot_code),
        active_partition: mbr.and_then(|mbr| mbr.partitions().find(|(_, e)| e.is_active()).map(|(number, _)| number)),
    }
}
