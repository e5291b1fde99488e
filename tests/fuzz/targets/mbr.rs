//! Master and extended boot records: containers as they are, and disks built from the entries in the input.
#![no_main]

mod disks;

use disks::{Patched, check_scan, containers};
use libfuzzer_sys::fuzz_target;
use okv_host::disk::table::{Edges, HEAD, TAIL, self};
use okv_host::readers::parts::Seal;
use okv_host::io::image::Image;

fuzz_target!(|data: &[u8]| {
    let mut found = containers(data);
    for disk in &mut found {
        disk.put(510, &[0x55, 0xaa]);
    }
    if found.is_empty() {
        found.extend(built(data));
    }
    for disk in &found {
        let bytes = disk.bytes();
        let (head, tail) = (HEAD.min(bytes), TAIL.min(bytes));
        let edges = (disk.get(0, head as usize), disk.get(bytes - tail, tail as usize));
        let (Some(head), Some(tail)) = edges else { continue };
        let reading = table::read(disk, &Edges { head: &head, tail: &tail, bad: &[] });
        // 128 entries of a GPT is not the most: 4 MiB of them is.
        assert!(reading.partitions.len() <= 4 + 2 * 4 * 256 || reading.table.kind == okv_host::disk::TableKind::Gpt);
    }
    check_scan(&found);
});

/// Control: sector size, size of the disk. Then the entries of the MBR, then boot records: sector (16 bits) and
/// entries.
fn built(data: &[u8]) -> Option<Patched> {
    let (control, rest) = data.split_first_chunk::<6>()?;
    let (entries, records) = rest.split_at_checked(64)?;
    let sector: u64 = if control[0] & 1 == 0 { 512 } else { 4096 };
    let device = if control[0] & 2 == 0 { 0 } else { sector as u32 };
    let bytes = u64::from(u32::from_le_bytes([control[1], control[2], control[3], control[4]])) << (control[5] % 32);
    let mut disk = Patched::built(bytes, device, &[(446, entries), (510, &[0x55, 0xaa])]);
    for record in records.chunks_exact(66).take(300) {
        let at = u64::from(u16::from_le_bytes([record[0], record[1]])) * sector;
        disk.put(at + 446, &record[2..]);
        disk.put(at + 510, &[0x55, 0xaa]);
    }
    Some(disk)
}
