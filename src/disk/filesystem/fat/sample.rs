//! Small file systems, for tests and as seeds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::entry::checksum;
use crate::disk::format::vfat::bpb::Width;

const SECTOR: usize = 512;

/// A file system with clusters of 512 bytes.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) width: Width,
    pub(crate) bytes: Vec<u8>,
    /// Offset of the first cluster, in bytes.
    data: usize,
}

impl Sample {
    /// An empty one: 20 clusters of a FAT12, 4090 of a FAT16, 40 of a FAT32.
    pub(crate) fn new(width: Width) -> Self {
        let (reserved, table, root, clusters) = match width {
            Width::Fat12 => (1_u16, 1_u16, 2_u16, 20_u16),
            Width::Fat16 => (1, 17, 2, 4090),
            Width::Fat32 => (2, 1, 0, 40),
        };
        let sectors = reserved + table + root + clusters;
        let data = usize::from(sectors - clusters) * SECTOR;
        let mut sample = Self { width, bytes: vec![0; usize::from(sectors) * SECTOR], data };
        let is_32 = width == Width::Fat32;
        sample.put(0, b"\xebX\x90");
        sample.put(11, &[0, 2, 1, reserved as u8, 0, 1, (root * 16) as u8, 0]);
        sample.put(19, &sectors.to_le_bytes());
        sample.put(21, &[0xf8, if is_32 { 0 } else { table as u8 }, 0]);
        sample.put(510, &[0x55, 0xaa]);
        if is_32 {
            sample.put(36, &[table as u8, 0, 0, 0, 0, 0, 0, 0, 2]);
            sample.link(2, 0x0fff_ffff);
        }
        sample.link(0, 0x0fff_fff8);
        sample.link(1, 0x0fff_ffff);
        sample
    }

    /// One that has a file in pieces with a long name, one without, an empty one, and a folder with a file.
    pub(crate) fn filled(width: Width) -> Self {
        let mut sample = Self::new(width);
        let top = [
            entry(b"EFI        ", 0x08, 0, 0),
            entry(b"EFI        ", 0x10, 3, 0),
            entry(b"\xe5OTHING TXT", 0x20, 4, 9),
            named("Größe und Länge 𝄞 eines langen Namens.conf", entry(b"GRSSEU~1CON", 0x20, 5, 1300)),
            with_case(entry(b"GRUBX64 EFI", 0x21, 8, 512), 0x18),
            entry(b"EMPTY      ", 0x20, 0, 0),
        ];
        sample.put(sample.top(), &top.concat());
        let inside = [entry(b".          ", 0x10, 3, 0), entry(b"..         ", 0x10, 0, 0)].concat();
        let inside = [inside, named("bootx64.efi.sig", entry(b"BOOTX6~1SIG", 0x20, 10, 7))].concat();
        sample.put(sample.cluster(3), &inside);
        for (cluster, next) in [(3, END), (5, 6), (6, 9), (9, END), (8, END), (10, END)] {
            sample.link(cluster, next);
            sample.put(sample.cluster(cluster) + 500, &[cluster as u8; 12]);
        }
        sample.put(sample.cluster(10), b"signed!");
        sample
    }

    pub(crate) fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Offset of a cluster, in bytes.
    pub(crate) fn cluster(&self, number: u32) -> usize {
        self.data + (number as usize - 2) * SECTOR
    }

    /// Offset of the top folder, in bytes.
    pub(crate) fn top(&self) -> usize {
        if self.width == Width::Fat32 { self.data } else { self.data - 1024 }
    }

    /// Writes an entry of the table.
    pub(crate) fn link(&mut self, cluster: u32, next: u32) {
        let (table, cluster) = (if self.width == Width::Fat32 { 2 * SECTOR } else { SECTOR }, cluster as usize);
        match self.width {
            Width::Fat12 => {
                let at = table + cluster + cluster / 2;
                let before = u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]]);
                let next = next as u16 & 0xfff;
                let pair = if cluster % 2 == 0 { before & 0xf000 | next } else { before & 0xf | next << 4 };
                self.put(at, &pair.to_le_bytes());
            }
            Width::Fat16 => self.put(table + cluster * 2, &(next as u16).to_le_bytes()),
            Width::Fat32 => self.put(table + cluster * 4, &next.to_le_bytes()),
        }
    }
}

/// The end of a chain, in each width.
pub(crate) const END: u32 = 0x0fff_ffff;

pub(crate) fn entry(name: &[u8; 11], attributes: u8, cluster: u16, bytes: u32) -> Vec<u8> {
    let mut entry = [&name[..], &[attributes], &[0; 14], &cluster.to_le_bytes()].concat();
    entry.extend(bytes.to_le_bytes());
    entry
}

fn with_case(mut entry: Vec<u8>, case: u8) -> Vec<u8> {
    entry[12] = case;
    entry
}

/// The slots of a long name, and the entry they belong to.
pub(crate) fn named(name: &str, entry: Vec<u8>) -> Vec<u8> {
    let sum = checksum(entry[..11].try_into().unwrap());
    let mut units: Vec<u16> = name.encode_utf16().collect();
    if !units.len().is_multiple_of(13) {
        units.push(0);
        units.resize(units.len().next_multiple_of(13), 0xffff);
    }
    let count = units.len() / 13;
    let slots = units.chunks(13).enumerate().map(|(index, units)| {
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let number = index as u8 + 1 + if index + 1 == count { 0x40 } else { 0 };
        [&[number][..], &bytes[..10], &[0x0f, 0, sum], &bytes[10..22], &[0, 0], &bytes[22..]].concat()
    });
    let mut all: Vec<Vec<u8>> = slots.collect();
    all.reverse();
    all.push(entry);
    all.concat()
}
