//! LVM2: label, metadata areas and texts of physical volumes, with right checksums, and the volume groups they make.
//!
//! An input that is no container is a metadata text, or several with a NUL between, each put on a volume of its own.
#![no_main]

mod disks;

use disks::{Patched, check_scan, containers};
use libfuzzer_sys::fuzz_target;
use okv_host::disk::format::lvm2::layout::Layout;
use okv_host::disk::format::lvm2::VolumeGroup;
use okv_host::readers::groups;
use okv_host::readers::parts::Seal;
use okv_host::io::image::Image;

const LABEL: u64 = 512;
const AREA: u64 = 4096;
const BYTES: u64 = 2 << 20;

fuzz_target!(|data: &[u8]| {
    let mut found = containers(data);
    if found.is_empty() {
        for (number, text) in data.split(|b| *b == 0).take(4).enumerate() {
            if let Ok(group) = VolumeGroup::parse(text) {
                let layout = Layout::of(&group);
                assert_eq!(layout.allocated.len(), group.physical_volumes.len());
                for (used, pv) in layout.allocated.iter().zip(&group.physical_volumes) {
                    assert!(*used <= u64::from(pv.extents), "more extents are in use than there are");
                }
            }
            found.push(volume(number, text));
        }
    }
    if found.iter().any(|disk| disk.bytes() > 1 << 40) {
        return; // What a group of disks that large maps is the other targets' concern.
    }
    check_scan(&found);
    for disk in &mut found {
        let starts: Vec<u64> = (0..disk.bytes().min(16 << 20)).step_by(1 << 20).collect();
        starts.into_iter().for_each(|start| disk.seal_lvm2(start));
    }
    check_scan(&found);
    groups::check(&found);
});

/// The identifier of physical volume `number` in a text, without its dashes.
fn id_in(text: &[u8], number: usize) -> Option<[u8; 32]> {
    let starts = |what: &'static [u8]| (0..text.len()).filter(move |at| text[*at..].starts_with(what));
    let from = starts(b"physical_volumes").next()?;
    let at = starts(b"id = \"").filter(|at| *at > from).nth(number)?;
    let id = text[at + 6..].iter().copied().take_while(|b| *b != b'"').filter(|b| *b != b'-').take(33);
    id.collect::<Vec<u8>>().try_into().ok()
}

/// A physical volume with this text, of which it is the one of this number.
fn volume(number: usize, text: &[u8]) -> Patched {
    let mut disk = Patched::built(BYTES, 0, &[]);
    let mut label = [0; 512];
    label[..8].copy_from_slice(b"LABELONE");
    label[8] = 1;
    label[20] = 32;
    label[24..32].copy_from_slice(b"LVM2 001");
    label[32..64].copy_from_slice(&id_in(text, number).unwrap_or([b'a'; 32]));
    label[64..72].copy_from_slice(&BYTES.to_le_bytes());
    label[72..80].copy_from_slice(&(64_u64 << 10).to_le_bytes());
    label[104..112].copy_from_slice(&AREA.to_le_bytes());
    label[112..120].copy_from_slice(&(60_u64 << 10).to_le_bytes());
    let mut area = [0; 512];
    area[4..20].copy_from_slice(b" LVM2 x[5A%r0N*>");
    area[20] = 1;
    area[24..32].copy_from_slice(&AREA.to_le_bytes());
    area[32..40].copy_from_slice(&(60_u64 << 10).to_le_bytes());
    let text = &text[..text.len().min((60 << 10) - 513)];
    area[40..48].copy_from_slice(&512_u64.to_le_bytes());
    area[48..56].copy_from_slice(&(text.len() as u64 + 1).to_le_bytes());
    disk.put(LABEL, &label);
    disk.put(AREA, &area);
    disk.put(AREA + 512, text);
    disk
}
