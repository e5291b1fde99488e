//! GUID Partition Tables: containers as they are and with right checksums, and headers and arrays built from the input.
#![no_main]

mod disks;

use disks::{Patched, check_scan, containers};
use libfuzzer_sys::fuzz_target;
use okv_host::disk::table::{Edges, HEAD, TAIL, self};
use okv_host::readers::parts::Seal;
use okv_host::io::image::Image;

fuzz_target!(|data: &[u8]| {
    let mut found = containers(data);
    if found.is_empty() {
        found.extend(built(data));
    }
    for disk in &found {
        read_table(disk);
    }
    check_scan(&found);
    found.iter_mut().for_each(Patched::seal_gpts);
    for disk in &found {
        read_table(disk);
    }
    check_scan(&found);
});

/// Control: sector size, and size of the disk. Then the fields of both headers from the 12th byte, then the arrays.
fn built(data: &[u8]) -> Option<Patched> {
    let (control, rest) = data.split_first_chunk::<4>()?;
    let (headers, arrays) = rest.split_at_checked(160)?;
    let sector: u64 = if control[0] & 1 == 0 { 512 } else { 4096 };
    let device = if control[0] & 2 == 0 { 0 } else { sector as u32 };
    let sectors = 6 + u64::from(u16::from_le_bytes([control[1], control[2]]));
    let bytes = (sectors * sector) << (control[3] % 24);
    let last = (bytes / sector).checked_sub(1)? * sector;
    let mut disk = Patched::built(bytes + u64::from(control[0] & 4), device, &[(510, &[0x55, 0xaa])]);
    disk.put(450, &[0xee, 0, 0, 0, 1]);
    for (at, fields) in [(sector, headers.get(..80)?), (last, headers.get(80..)?)] {
        disk.put(at, b"EFI PART\0\0\x01\0\x5c\0\0\0");
        disk.put(at + 12, fields);
    }
    let half = arrays.len() / 2;
    disk.put(2 * sector, arrays.get(..half)?);
    disk.put(last.saturating_sub(16384), arrays.get(half..)?);
    Some(disk)
}

/// The table from edges that are cut off here and there, as a caller that reads less would hand them over.
fn read_table(disk: &Patched) {
    let bytes = disk.bytes();
    let (head, tail) = (HEAD.min(bytes) as usize, TAIL.min(bytes) as usize);
    let (head, tail) = (disk.get(0, head).unwrap_or_default(), disk.get(bytes - tail as u64, tail).unwrap_or_default());
    let whole = table::read(disk, &Edges { head: &head, tail: &tail, bad: &[] });
    // Nothing that was not handed over may be missed: it is read instead.
    let cut = table::read(disk, &Edges { head: &head[..head.len() / 3], tail: &[], bad: &[] });
    assert_eq!(whole, cut, "the reading depends on what was in memory");
}
