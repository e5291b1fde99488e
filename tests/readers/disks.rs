//! Partition tables and superblocks.

use std::sync::OnceLock;

use super::parts::{Parts, Seal, windows};
use super::{Reader, seeds};
use crate::base::units::SectorSize;
use crate::disk::format::content::{Content, Found, Kind};
use crate::disk::format::windows::Windows;
use crate::disk::format::{bcache, btrfs, ddf, exfat, ext, far, foreign, gpt, imsm, iso9660, luks, lvm1, mbr, md};
use crate::disk::format::{ntfs, oracle_asm, signature, swap, udf, vfat, xfs, zfs};
use crate::disk::physical_volume::is_half_made;
use crate::disk::table::{self, Edges, HEAD, Reading, TAIL};
use crate::disk::{Partition, ProblemId, TableKind};
use crate::io::image::Image;
use crate::io::image::sparse::Sparse;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "gpt",
        sources: &["disk/format/gpt", "disk/format/gpt/entry", "disk/table", "disk/table/gpt"],
        seeds: gpt_seeds,
        read: gpt_table,
    },
    Reader { name: "mbr", sources: &["disk/format/mbr", "disk/table/mbr"], seeds: mbr_seeds, read: mbr_table },
    Reader {
        name: "superblocks",
        sources: &[
            "disk/format/signature",
            "disk/format/signature/glance",
            "disk/format/mod",
            "disk/format/windows",
            "disk/format/foreign",
        ],
        seeds: volumes,
        read: superblocks,
    },
    Reader { name: "bcache", sources: &["disk/format/bcache"], seeds: volumes, read: |d| one(d, bcache::find) },
    Reader { name: "btrfs", sources: &["disk/format/btrfs"], seeds: volumes, read: |d| one(d, btrfs::find) },
    Reader { name: "ddf", sources: &["disk/format/ddf"], seeds: volumes, read: |d| one(d, ddf::find) },
    Reader { name: "exfat", sources: &["disk/format/exfat"], seeds: volumes, read: exfat },
    Reader {
        name: "ext",
        sources: &[
            "disk/format/ext/mod",
            "disk/format/ext/superblock",
            "disk/format/ext/bigalloc",
            "disk/format/ext/overhead",
        ],
        seeds: volumes,
        read: |d| one(d, ext::find),
    },
    Reader { name: "imsm", sources: &["disk/format/imsm"], seeds: volumes, read: |d| one(d, imsm::find) },
    Reader { name: "iso9660", sources: &["disk/format/iso9660"], seeds: volumes, read: |d| one(d, iso9660::find) },
    Reader { name: "luks", sources: &["disk/format/luks"], seeds: volumes, read: |d| one(d, luks::find) },
    Reader { name: "lvm1", sources: &["disk/format/lvm1"], seeds: volumes, read: |d| one(d, lvm1::find) },
    Reader { name: "md", sources: &["disk/format/md", "disk/format/md/member"], seeds: volumes, read: md_member },
    Reader { name: "ntfs", sources: &["disk/format/ntfs"], seeds: volumes, read: ntfs_names },
    Reader {
        name: "oracle-asm",
        sources: &["disk/format/oracle_asm"],
        seeds: volumes,
        read: |d| one(d, oracle_asm::find),
    },
    Reader { name: "swap-header", sources: &["disk/format/swap"], seeds: volumes, read: |d| one(d, swap::find) },
    Reader { name: "udf", sources: &["disk/format/udf"], seeds: volumes, read: udf_names },
    Reader { name: "vfat", sources: &["disk/format/vfat", "disk/format/vfat/bpb"], seeds: volumes, read: fat },
    Reader {
        name: "xfs",
        sources: &["disk/format/xfs", "disk/format/xfs/features"],
        seeds: volumes,
        read: |d| one(d, xfs::find),
    },
    Reader { name: "zfs", sources: &["disk/format/zfs"], seeds: volumes, read: |d| one(d, zfs::find) },
];

/// The fields of a header from its 13th byte.
const FIELDS: usize = 80;

/// Control: sector size, whether the device has it, and sectors between head and tail. Then the fields of both
/// headers, then both arrays, a half each.
fn gpt_table(data: &[u8]) {
    let Some((control, rest)) = data.split_first_chunk::<4>() else { return };
    let Some((headers, arrays)) = rest.split_at_checked(2 * FIELDS) else { return };
    let sector = if control[0] & 1 == 0 { SectorSize::S512 } else { SectorSize::S4096 };
    let sectors = (6 + u64::from(u16::from_le_bytes([control[1], control[2]]))) << (control[3] % 24);
    let bytes = sectors * sector.bytes() + u64::from(control[0] & 4);
    let last = (bytes / sector.bytes() - 1) * sector.bytes();
    let device = (control[0] & 2 != 0).then_some(sector);
    let mut disk = Parts::new(bytes, device);
    if control[0] & 8 == 0 {
        disk.put(450, &[0xee, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        disk.put(510, &[0x55, 0xaa]);
    }
    for (at, fields) in [sector.bytes(), last].into_iter().zip(headers.chunks_exact(FIELDS)) {
        disk.put(at, b"EFI PART\0\0\x01\0");
        disk.put(at + 12, fields);
    }
    let (primary, backup) = arrays.split_at(arrays.len() / 2);
    disk.put(2 * sector.bytes(), primary);
    disk.put(last.saturating_sub(16_384), backup);
    if control[0] & 16 == 0 {
        disk.seal_gpt(sector);
    }
    let reading = read_table(&disk);
    let array = &arrays[..arrays.len().min(1 << 16)];
    for entry_bytes in [128, 256, u32::from(control[3])] {
        let entries = gpt::entries(array, entry_bytes);
        let most = array.len() / entry_bytes.max(128) as usize;
        assert!(
            entries.into_iter().all(|e| e.number as usize <= most && e.name.is_none_or(|n| n.chars().count() <= 36))
        );
    }
    assert!(reading.partitions.len() <= (4 << 20) / 128);
}

/// Control: sector size and size of the disk. Then the master boot record from its 440th byte, then boot records:
/// sector (16 bits) and entries.
fn mbr_table(data: &[u8]) {
    let Some((control, rest)) = data.split_first_chunk::<6>() else { return };
    let Some((first, records)) = rest.split_at_checked(70) else { return };
    let sector = if control[0] & 1 == 0 { SectorSize::S512 } else { SectorSize::S4096 };
    let bytes = u64::from(u32::from_le_bytes([control[1], control[2], control[3], control[4]])) << (control[5] % 32);
    let mut disk = Parts::new(bytes, (control[0] & 2 != 0).then_some(sector)).with(440, first).with(510, &[0x55, 0xaa]);
    if control[0] & 4 != 0 {
        disk.put(0, &[0xfa, 0x33, 0xc0]);
    }
    for record in records.chunks_exact(66).take(300) {
        let at = u64::from(u16::from_le_bytes([record[0], record[1]])) * sector.bytes();
        disk.put(at + 446, &record[2..]);
        disk.put(at + 510, &[0x55, 0xaa]);
    }
    let reading = read_table(&disk);
    if reading.table.kind == TableKind::Mbr {
        assert!(reading.partitions.len() <= 4 + 2 * 4 * 256, "{} partitions", reading.partitions.len());
    }
    if let Some(read) = disk.get(0, 512).and_then(|sector| mbr::Mbr::parse(&sector, bytes)) {
        assert!(read.partitions().all(|(number, entry)| (1..=4).contains(&number) && entry.is_used()));
    }
}

/// The table from the edges of a disk, and from edges that are cut off: what was not handed over is read instead.
fn read_table(disk: &Parts) -> Reading {
    let bytes = disk.bytes();
    let (head, tail) = (HEAD.min(bytes), TAIL.min(bytes));
    let head = disk.get(0, head as usize).unwrap_or_default();
    let tail = disk.get(bytes - tail, tail as usize).unwrap_or_default();
    let whole = table::read(disk, &Edges { head: &head, tail: &tail, bad: &[] });
    let cut = table::read(disk, &Edges { head: &head[..head.len() / 3], tail: &[], bad: &[] });
    assert_eq!(whole, cut, "the reading depends on what was in memory");
    assert!(whole.problems.len() < 4096, "{} problems", whole.problems.len());
    let wrong = [ProblemId::TableDamaged, ProblemId::PartitionBeyondDisk, ProblemId::PartitionsOverlap];
    if !whole.problems.iter().any(|problem| wrong.contains(&problem.id)) {
        lie_apart(&whole.partitions, bytes);
    }
    let mut numbers: Vec<u32> = whole.partitions.iter().map(|partition| partition.number).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), whole.partitions.len(), "a number used twice");
    whole
}

/// Partitions of a table without a problem lie on the disk, and not over each other.
fn lie_apart(partitions: &[Partition], disk_bytes: u64) {
    let end = |p: &Partition| p.start_bytes.checked_add(p.bytes).expect("an end");
    let is_data = |p: &&Partition| p.content.kind != Kind::Extended && p.bytes > 0;
    let mut data: Vec<&Partition> = partitions.iter().filter(is_data).collect();
    assert!(partitions.iter().all(|p| end(p) <= disk_bytes), "a partition lies beyond the disk, and no problem");
    data.sort_by_key(|p| p.start_bytes);
    assert!(data.windows(2).all(|pair| end(pair[0]) <= pair[1].start_bytes), "{data:?} overlap, and no problem");
}

/// The same volume with right checksums of ext and XFS, whose sizes are only shown where these fit.
fn sealed(data: &[u8]) -> Option<Vec<u8>> {
    let mut copy = data.to_vec();
    let (windows, _) = windows(data)?;
    let place = |part: &[u8]| (part.as_ptr() as usize).checked_sub(data.as_ptr() as usize);
    if let Some(raw) = windows.get(1024, 1024).filter(|raw| raw.get(56..58) == Some(&[0x53, 0xef])) {
        let sum = !crc32c::crc32c(&raw[..1020]);
        let at = place(raw)? + 1020;
        copy.get_mut(at..at + 4)?.copy_from_slice(&sum.to_le_bytes());
        return Some(copy);
    }
    let sector = windows.get(0, 512).filter(|raw| raw.starts_with(b"XFSB"))?;
    let bytes = usize::from(u16::from_be_bytes([sector[102], sector[103]]));
    let raw = windows.get(0, bytes).filter(|raw| raw.len() >= 512)?;
    let sum = crc32c::crc32c_append(crc32c::crc32c_append(crc32c::crc32c(&raw[..224]), &[0; 4]), &raw[228..]);
    let at = place(raw)? + 224;
    copy.get_mut(at..at + 4)?.copy_from_slice(&sum.to_le_bytes());
    Some(copy)
}

fn check(found: &Found) {
    check_content(&found.content);
    assert!(found.problems.len() < 16, "{:?}", found.problems);
    assert!(found.problems.iter().all(|problem| !problem.why.is_empty() && problem.why.len() < 1000));
}

fn check_content(content: &Content) {
    if let (Some(df), Some(all)) = (content.df_bytes, content.bytes) {
        assert!(df <= all, "df shows {df} of {all} bytes");
    }
    assert!(content.label.as_ref().is_none_or(|label| label.len() < 2048), "{content:?}");
}

/// One family, on the volume as it is and with right checksums.
fn one(data: &[u8], find: fn(&Windows<'_>) -> Option<Found>) {
    for data in [Some(data.to_vec()), sealed(data)].into_iter().flatten() {
        let Some((windows, _)) = windows(&data) else { continue };
        find(&windows).iter().for_each(check);
    }
}

fn exfat(data: &[u8]) {
    one(data, exfat::find);
    let Some((windows, rest)) = windows(data) else { return };
    let label = exfat::root_label(rest);
    assert!(label.is_none_or(|label| label.chars().count() <= 11));
    let _ = exfat::root_directory(&windows);
}

fn fat(data: &[u8]) {
    one(data, vfat::find);
    let Some((windows, _)) = windows(data) else { return };
    let directory = vfat::root_directory(&windows);
    assert!(directory.is_none_or(|(_, len)| len <= 16_384), "{directory:?}");
}

fn ntfs_names(data: &[u8]) {
    one(data, ntfs::find);
    let Some((windows, rest)) = windows(data) else { return };
    assert!(ntfs::name_of(rest).is_none_or(|name| name.len() <= 2 * rest.len()));
    assert!(ntfs::volume_record(&windows).is_none_or(|(_, len)| len <= 1 << 20));
}

fn md_member(data: &[u8]) {
    one(data, md::find);
    let Some((windows, _)) = windows(data) else { return };
    if let Some(member) = md::find(&windows).and_then(|found| md::member::of_mirror(&found.content, &windows)) {
        assert!(member.data.end() <= windows.volume_bytes() && !member.data.is_empty());
    }
}

fn udf_names(data: &[u8]) {
    one(data, udf::find);
    let Some((windows, _)) = windows(data) else { return };
    let mut reads = 0;
    let names = udf::names(windows.volume_bytes(), 2048, &mut |at, len| {
        reads += 1;
        windows.get(at, len).map(<[u8]>::to_vec)
    });
    assert!(reads < 200 && names.label.is_none_or(|label| label.len() < 1024), "{reads} reads");
}

/// All families together, as a scan asks them.
fn superblocks(data: &[u8]) {
    for data in [Some(data.to_vec()), sealed(data)].into_iter().flatten() {
        let Some((windows, _)) = windows(&data) else { continue };
        let found = signature::find_all(&windows);
        found.iter().for_each(check);
        let mut content = Content::new(Kind::Unknown);
        foreign::name(&windows, &mut content);
        check_content(&content);
        assert!(far::ranges(windows.volume_bytes()).into_iter().flatten().all(|r| r.end <= windows.volume_bytes()));
        let _ = windows.get(0, 512).map(is_half_made);
    }
}

/// The volumes of the fixtures, whole disks and partitions, as [`windows`] reads them.
fn volumes() -> Vec<Vec<u8>> {
    static VOLUMES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    VOLUMES.get_or_init(read_volumes).clone()
}

fn read_volumes() -> Vec<Vec<u8>> {
    let mut volumes = Vec::new();
    for disk in seeds::images() {
        volumes.extend(volume(disk, 0, disk.bytes()));
        let read = |at, len| seeds::part(disk, at, len).unwrap_or_default();
        let (head, tail) = (HEAD.min(disk.bytes()), TAIL.min(disk.bytes()));
        let (head, tail) = (read(0, head), read(disk.bytes() - tail, tail));
        let reading = table::read(disk, &Edges { head: &head, tail: &tail, bad: &[] });
        let starts = reading.partitions.iter().take(4);
        volumes.extend(starts.filter_map(|p| volume(disk, p.start_bytes, p.bytes)));
    }
    seeds::distinct(volumes.into_iter())
}

/// The places that have a superblock, as far as they are not zero.
fn volume(disk: &Sparse, start: u64, bytes: u64) -> Option<Vec<u8>> {
    let end = bytes & !511;
    let at_end = |back: u64| end.checked_sub(back).map(|at| (at, back));
    let places = [(0, 0, 4608), (4096, 0, 1024), (16_384, 0, 1024), (32_768, 0, 4096), (65_536, 0, 4096)];
    let near = places.into_iter().map(|(at, _, len): (u64, u64, u64)| (at, None, len));
    let tail = [1024, 8192, 65_536, 131_072].into_iter().filter_map(at_end).map(|(at, back)| (at, Some(back), 1024));
    let mut input = bytes.to_le_bytes().to_vec();
    let (mut count, mut parts) = (0_u8, Vec::new());
    for (at, back, len) in near.chain(tail).filter(|(at, _, _)| *at < bytes) {
        let part = seeds::part(disk, start.checked_add(at)?, len.min(bytes - at))?;
        let used = part.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        let used = used.next_multiple_of(512).min(part.len());
        if used == 0 || count == 7 {
            continue;
        }
        count += 1;
        // The places are whole sectors.
        let distance = u16::try_from(back.unwrap_or(at) / 512).ok()?;
        parts.push(9 | if back.is_some() { 0x80 } else { 0 });
        parts.extend(distance.to_le_bytes());
        parts.extend(u16::try_from(used).ok()?.to_le_bytes());
        parts.extend(&part[..used]);
    }
    input.extend([0, count]);
    input.extend(parts);
    (count > 0).then_some(input)
}

fn gpt_seeds() -> Vec<Vec<u8>> {
    let seed = |disk: &Sparse| {
        let sector =
            [512, 4096].into_iter().find(|at| seeds::part(disk, *at, 8).is_some_and(|s| s == gpt::SIGNATURE))?;
        let last = disk.bytes() / sector * sector - sector;
        let between = disk.bytes() / sector - 6;
        let shift = (0..24).find(|shift| between >> shift <= u64::from(u16::MAX))?;
        let mut input = vec![u8::from(sector == 4096)];
        input.extend(u16::try_from(between >> shift).ok()?.to_le_bytes());
        input.push(shift);
        for at in [sector, last] {
            input.extend(seeds::part(disk, at + 12, FIELDS as u64)?);
        }
        for at in [2 * sector, last.saturating_sub(16_384)] {
            input.extend(seeds::part(disk, at, 1024)?);
        }
        Some(input)
    };
    seeds::distinct(seeds::images().iter().filter_map(seed))
}

fn mbr_seeds() -> Vec<Vec<u8>> {
    let seed = |disk: &Sparse| {
        let first = seeds::part(disk, 0, 512).filter(|sector| sector.ends_with(&[0x55, 0xaa]))?;
        let bytes = disk.bytes();
        let shift = (0..32).find(|shift| bytes >> shift <= u64::from(u32::MAX))?;
        let mut input = vec![0];
        input.extend(u32::try_from(bytes >> shift).ok()?.to_le_bytes());
        input.push(shift);
        input.extend(&first[440..510]);
        let is_extended = |slot: &[u8]| matches!(slot[4], 0x05 | 0x0f | 0x85);
        let most = if first[446..510].chunks_exact(16).any(is_extended) { u64::from(u16::MAX) } else { 1 };
        let lbas = (1..most).filter(|lba| lba * 512 + 512 <= bytes);
        let sector = |lba: u64| Some((lba, seeds::part(disk, lba * 512, 512)?));
        let records = lbas.filter_map(sector).filter(|(_, sector)| sector.ends_with(&[0x55, 0xaa])).take(80);
        for (lba, record) in records {
            input.extend(u16::try_from(lba).ok()?.to_le_bytes());
            input.extend(&record[446..510]);
        }
        Some(input)
    };
    seeds::distinct(seeds::images().iter().filter_map(seed))
}
