//! The partitions that the kernel finds in a table.

use crate::kernel::disk::Disk;

pub fn read(disk: &Disk) -> Vec<(u32, u64, u64)> {
    let mut sector = [0; 512];
    disk.read(&mut sector, 0);
    if sector[510..] != [0x55, 0xaa] {
        return Vec::new();
    }
    let number = |at: usize| u64::from(u32::from_le_bytes(sector[at..at + 4].try_into().unwrap()));
    if sector[446 + 4] == 0xee {
        let whole = [1, disk.bytes / 512 - 1].into_iter().find_map(|at| gpt(disk, at));
        return whole.unwrap_or_default();
    }
    let entries = (0..4).filter(|n| sector[446 + n * 16 + 4] != 0);
    entries
        .map(|n| (u32::try_from(n).unwrap() + 1, number(446 + n * 16 + 8) * 512, number(446 + n * 16 + 12) * 512))
        .collect()
}

fn gpt(disk: &Disk, at: u64) -> Option<Vec<(u32, u64, u64)>> {
    let mut header = [0; 512];
    disk.read(&mut header, at * 512);
    let (word, long) = (
        |at: usize, from: &[u8]| u32::from_le_bytes(from[at..at + 4].try_into().unwrap()),
        |at: usize, from: &[u8]| u64::from_le_bytes(from[at..at + 8].try_into().unwrap()),
    );
    if &header[..8] != b"EFI PART" {
        return None;
    }
    let (sum, size) = (word(16, &header), crate::kernel::disk::index(u64::from(word(12, &header)).min(512)));
    let mut plain = header;
    plain[16..20].fill(0);
    if crc32fast::hash(&plain[..size]) != sum || long(24, &header) != at {
        return None;
    }
    let (first, count, each) = (long(72, &header), word(80, &header), word(84, &header));
    let mut entries = vec![0; crate::kernel::disk::index(u64::from(count.min(256) * each.min(512)))];
    disk.read(&mut entries, first * 512);
    if crc32fast::hash(&entries) != word(88, &header) {
        return None;
    }
    let used = entries.chunks(each as usize).zip(1..).filter(|(entry, _)| entry[..16].iter().any(|byte| *byte != 0));
    Some(used.map(|(entry, n)| (n, long(32, entry) * 512, (long(40, entry) + 1 - long(32, entry)) * 512)).collect())
}
