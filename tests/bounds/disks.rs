//! The disks: built here, or of fixture hosts.

use super::overlay::Host;
use super::tables::{self, Gpt, GptEntry, LINUX};
use super::view::{Shared, share};
use okv_host::base::units::{MIB, SectorSize};
use okv_host::io::image::{self, Memory};

fn swap(bytes: usize) -> Vec<u8> {
    let mut area = vec![0; bytes];
    area[1024] = 1;
    area[1028..1032].copy_from_slice(&u32::try_from(bytes / 4096 - 1).unwrap().to_le_bytes());
    area[1036..1052].fill(0x5a);
    area[4086..4096].copy_from_slice(b"SWAPSPACE2");
    area
}

/// A GPT with `count` swap areas of 64 KiB from 1 MiB on, which they fill.
pub(super) fn gpt(sector: usize, count: usize) -> Vec<u8> {
    let (mib, each) = (MIB / sector as u64, 65536 / sector as u64);
    let mut table = Gpt::new(sector, 2 * mib + each * count as u64);
    for slot in 0..count {
        let first = mib + each * slot as u64;
        table = table.with(GptEntry::new(slot, LINUX, first, first + each - 1));
    }
    let mut disk = table.disk();
    for slot in 0..count {
        let at = (1 << 20) + 65536 * slot;
        disk[at..at + 65536].copy_from_slice(&swap(65536));
    }
    disk
}

/// An MBR with a chain of `count` swap areas of 64 KiB, each behind its record.
pub(super) fn logical(count: u32) -> Vec<u8> {
    let mut disk = vec![0; 2 * MIB as usize + count as usize * (65536 + 512)];
    let sectors = u32::try_from(disk.len() / 512).unwrap();
    disk[..512].copy_from_slice(&tables::mbr(1, &[(0, 5, 2048, sectors - 2048)]));
    for n in 0..count {
        let mut entries = vec![(0, 0x82, 1, 128)];
        if n + 1 < count {
            entries.push((0, 5, (n + 1) * 129, 129));
        }
        let at = (2048 + n as usize * 129) * 512;
        disk[at..at + 512].copy_from_slice(&tables::mbr(0, &entries));
        disk[at + 512..at + 512 + 65536].copy_from_slice(&swap(65536));
    }
    disk
}

/// Four primary partitions that each hold swap.
pub(super) fn primaries() -> Vec<u8> {
    let mut disk = vec![0; 3 * MIB as usize];
    let entries = [0_u32, 1, 2, 3].map(|n| (0, 0x82, 2048 + n * 128, 128));
    disk[..512].copy_from_slice(&tables::mbr(1, &entries));
    for n in 0..4 {
        disk[(1 << 20) + n * 65536..][..65536].copy_from_slice(&swap(65536));
    }
    disk
}

pub(super) fn known(bytes: Vec<u8>, sector: SectorSize) -> Shared {
    share(Box::new(Memory::new(bytes).with_sector_size(sector)))
}

/// Built disks, by name.
pub(super) fn built() -> Vec<(String, Shared)> {
    let plain = |name: &str, bytes| (name.to_owned(), share(Box::new(Memory::new(bytes))));
    vec![
        plain("GPT", gpt(512, 3)),
        plain("GPT of 4096-byte sectors", gpt(4096, 2)),
        plain("MBR", primaries()),
        plain("MBR with logical partitions", logical(7)),
        plain("swap on the whole disk", swap(1 << 18)),
        plain("blank", vec![0; 1 << 20]),
        plain("a few bytes", vec![1; 700]),
    ]
}

/// The disks of fixture hosts that differ in what a scan reads.
pub(super) fn hosts() -> Vec<(String, Shared)> {
    let names = ["good-uefi", "good-bios", "boot-512m-xfs", "gpt-backup-damaged", "vg-missing-pv", "everything-wrong"];
    names.map(|name| (name.to_owned(), share(image::open(&Host::named(name).path().join("dev/sda")).unwrap()))).into()
}
