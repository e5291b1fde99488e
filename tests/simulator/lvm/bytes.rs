//! The bytes of a physical volume: label, header of the metadata area, and the text of a group.

use std::fmt::Write;

use super::{EXTENT, Group};
use crate::node::GROUP;

/// Where the metadata area begins and ends, and the extents begin.
pub const AREA: u64 = 4096;
pub const PE_START: u64 = 1 << 20;
const AREA_BYTES: u64 = PE_START - AREA;
pub const GROUP_UUID: &str = "gggggg-gggg-gggg-gggg-gggg-gggg-gggggg";

/// LVM2's checksum: CRC-32 without the final inversion, from a start of its own.
pub fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new_with_initial(!0xf597_a6cf);
    crc.update(bytes);
    !crc.finalize()
}

fn put(sector: &mut [u8], at: usize, bytes: &[u8]) {
    sector[at..at + bytes.len()].copy_from_slice(bytes);
}

/// The sector of a label, which lies at byte 512 of its volume.
pub fn label(uuid: &str, bytes: u64, in_use: bool) -> [u8; 512] {
    let mut sector = [0; 512];
    put(&mut sector, 0, b"LABELONE");
    put(&mut sector, 8, &1_u64.to_le_bytes());
    put(&mut sector, 20, &32_u32.to_le_bytes());
    put(&mut sector, 24, b"LVM2 001");
    put(&mut sector, 32, uuid.replace('-', "").as_bytes());
    put(&mut sector, 64, &bytes.to_le_bytes());
    put(&mut sector, 72, &PE_START.to_le_bytes());
    put(&mut sector, 104, &AREA.to_le_bytes());
    put(&mut sector, 112, &AREA_BYTES.to_le_bytes());
    put(&mut sector, 136, &2_u32.to_le_bytes());
    put(&mut sector, 140, &u32::from(in_use).to_le_bytes());
    let sum = checksum(&sector[20..]);
    put(&mut sector, 16, &sum.to_le_bytes());
    sector
}

/// The UUID of a label that is whole.
pub fn read_label(sector: &[u8]) -> Option<String> {
    let sum = u32::from_le_bytes(sector[16..20].try_into().unwrap());
    if !sector.starts_with(b"LABELONE") || checksum(&sector[20..512]) != sum {
        return None;
    }
    Some(dashed(std::str::from_utf8(&sector[32..64]).unwrap()))
}

pub fn dashed(plain: &str) -> String {
    let mut text = String::new();
    for (n, c) in plain.chars().enumerate() {
        if n == 6 || (n > 6 && n < 30 && (n - 6) % 4 == 0) {
            text.push('-');
        }
        text.push(c);
    }
    text
}

/// Where a text lies in its area, how long it is, and its checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    pub offset: u64,
    pub bytes: u64,
    pub sum: u32,
}

/// The header of the metadata area.
pub fn metadata_header(location: Option<Location>) -> [u8; 512] {
    let mut sector = [0; 512];
    put(&mut sector, 4, b" LVM2 x[5A%r0N*>");
    put(&mut sector, 20, &1_u32.to_le_bytes());
    put(&mut sector, 24, &AREA.to_le_bytes());
    put(&mut sector, 32, &AREA_BYTES.to_le_bytes());
    if let Some(Location { offset, bytes, sum }) = location {
        put(&mut sector, 40, &offset.to_le_bytes());
        put(&mut sector, 48, &bytes.to_le_bytes());
        put(&mut sector, 56, &sum.to_le_bytes());
    }
    let sum = checksum(&sector[4..]);
    put(&mut sector, 0, &sum.to_le_bytes());
    sector
}

/// What a header says; an error where it is none.
pub fn read_metadata_header(sector: &[u8]) -> Result<Option<Location>, ()> {
    let sum = u32::from_le_bytes(sector[..4].try_into().unwrap());
    if checksum(&sector[4..512]) != sum || &sector[4..20] != b" LVM2 x[5A%r0N*>" {
        return Err(());
    }
    let number = |at: usize| u64::from_le_bytes(sector[at..at + 8].try_into().unwrap());
    let sum = u32::from_le_bytes(sector[56..60].try_into().unwrap());
    Ok((number(40) != 0).then(|| Location { offset: number(40), bytes: number(48), sum }))
}

/// Where the next text goes: behind the one before it, from a whole sector, and from the start again at the end.
pub fn next_offset(before: Option<Location>, bytes: u64) -> u64 {
    let next = before.map_or(512, |before| (before.offset + before.bytes).next_multiple_of(512));
    if next + bytes > AREA_BYTES { 512 } else { next }
}

/// The text of a group.
pub fn text(group: &Group) -> Vec<u8> {
    let mut text = String::with_capacity(4096);
    let name = |uuid: &str| group.volumes.iter().position(|volume| volume.uuid == *uuid).unwrap();
    let _ = write!(
        text,
        "{GROUP} {{\nid = \"{GROUP_UUID}\"\nseqno = {}\nformat = \"lvm2\"\nstatus = [\"RESIZEABLE\", \"READ\", \
         \"WRITE\"]\nflags = []\nextent_size = {}\nmax_lv = 0\nmax_pv = 0\nmetadata_copies = 0\nphysical_volumes {{\n",
        group.seqno,
        EXTENT / 512
    );
    for (n, volume) in group.volumes.iter().enumerate() {
        let _ = write!(
            text,
            "pv{n} {{\nid = \"{}\"\ndevice = \"/dev/{}\"\nstatus = [\"ALLOCATABLE\"]\nflags = []\ndev_size = {}\n\
             pe_start = {}\npe_count = {}\n}}\n",
            volume.uuid,
            volume.device,
            volume.bytes / 512,
            PE_START / 512,
            volume.extents
        );
    }
    text += "}\nlogical_volumes {\n";
    for logical in &group.logical {
        let tag = logical.tag.as_ref().map(|tag| format!("tags = [\"{tag}\"]\n")).unwrap_or_default();
        let _ = write!(
            text,
            "{} {{\nid = \"{}\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\n{tag}segment_count = {}\n",
            logical.name,
            logical.uuid,
            logical.segments.len()
        );
        let mut at = 0;
        for (n, segment) in logical.segments.iter().enumerate() {
            let _ = write!(
                text,
                "segment{} {{\nstart_extent = {at}\nextent_count = {}\ntype = \"striped\"\nstripe_count = 1\n\
                 stripes = [\n\"pv{}\", {}\n]\n}}\n",
                n + 1,
                segment.extents,
                name(&segment.on),
                segment.first
            );
            at += segment.extents;
        }
        text += "}\n";
    }
    text += "}\n}\n# Generated by the simulator\ncontents = \"Text Format Volume Group\"\nversion = 1\n\
             description = \"\"\ncreation_host = \"node\"\ncreation_time = 1700000000\n\0";
    text.into_bytes()
}
