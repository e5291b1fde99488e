//! LVM2: labels, headers of metadata areas, texts, and the groups that they make.

use super::parts::{Parts, Seal, seal_area_header, seal_label};
use super::{Reader, groups, seeds};
use crate::disk::format::lvm2::layout::Layout;
use crate::disk::format::lvm2::metadata_area::Header;
use crate::disk::format::lvm2::{Label, VolumeGroup, label};
use crate::io::image::Image;

pub(super) const READERS: &[Reader] = &[
    Reader { name: "lvm2-label", sources: &["disk/format/lvm2/label"], seeds: labels, read: one_label },
    Reader { name: "lvm2-area", sources: &["disk/format/lvm2/metadata_area"], seeds: areas, read: area },
    Reader {
        name: "lvm2-text",
        sources: &[
            "disk/format/lvm2/fields",
            "disk/format/lvm2/import",
            "disk/format/lvm2/names",
            "disk/format/lvm2/segment",
            "disk/format/lvm2/text",
            "disk/format/lvm2/text/number",
            "disk/format/lvm2/usual",
            "disk/format/lvm2/volume_group",
        ],
        seeds: texts,
        read: text,
    },
    Reader {
        name: "lvm2",
        sources: &["disk/format/lvm2/mod", "disk/physical_volume", "disk/physical_volume/half_made"],
        seeds: texts,
        read: group,
    },
];

const LABEL: u64 = 512;
const AREA: u64 = 4096;
const AREA_BYTES: u64 = 60 << 10;
const BYTES: u64 = 2 << 20;

/// As it is, and with its checksum made right.
fn one_label(data: &[u8]) {
    let mut sector = data.to_vec();
    sector.resize(512, 0);
    let _ = Label::parse(&sector, 0);
    seal_label(&mut sector);
    for at in [0, 512, 1024, 1536] {
        if let Ok(label) = Label::parse(&sector, at) {
            assert_eq!(label.at, at);
            let areas = label.data_areas.len() + label.metadata_areas.len();
            let boot = label.extension.map_or(0, |extension| extension.bootloader_areas.len());
            assert!(areas + boot <= 512 / 16, "{areas} and {boot} areas");
        }
    }
    let _ = label::find(data);
}

/// As it is, and with its checksum made right, at the place that it names itself.
fn area(data: &[u8]) {
    let mut sector = data.to_vec();
    sector.resize(512, 0);
    let start = u64::from_le_bytes(sector[24..32].try_into().expect("eight bytes"));
    let _ = Header::parse(&sector, start);
    seal_area_header(&mut sector);
    let Ok(header) = Header::parse(&sector, start) else { return };
    let end = header.start.checked_add(header.bytes).expect("an end");
    for text in [header.committed, header.precommitted].into_iter().flatten() {
        let Ok(pieces) = header.pieces(&text) else { continue };
        assert_eq!(pieces.first.len() + pieces.second.len(), text.bytes);
        for piece in [pieces.first, pieces.second] {
            assert!(piece.start() >= header.start + 512 && piece.end() <= end, "{piece:?} is outside the area");
        }
        for at in [0, text.bytes / 2, text.bytes - 1] {
            let place = pieces.locate(at);
            assert!((header.start..end).contains(&place), "{place} is outside the area");
        }
    }
}

fn text(data: &[u8]) {
    let Ok(group) = VolumeGroup::parse(data) else { return };
    let layout = Layout::of(&group);
    assert_eq!(layout.allocated.len(), group.physical_volumes.len());
    for (used, pv) in layout.allocated.iter().zip(&group.physical_volumes) {
        assert!(*used <= u64::from(pv.extents), "more extents are in use than there are");
    }
    assert!(group.physical_volumes.len() + group.logical_volumes.len() <= data.len());
}

/// Texts with a NUL between, each on a volume of its own, with right checksums; and their groups.
fn group(data: &[u8]) {
    let mut disks: Vec<Parts> =
        data.split(|byte| *byte == 0).take(4).enumerate().map(|(number, text)| volume(number, text)).collect();
    disks.iter_mut().for_each(|disk| disk.seal_lvm2(0));
    groups::check(&disks);
}

/// The identifier of physical volume `number` in a text, without its dashes.
fn id_in(text: &[u8], number: usize) -> Option<[u8; 32]> {
    let find = |from: usize, what: &[u8]| {
        text.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at + what.len())
    };
    let mut at = find(0, b"physical_volumes")?;
    for _ in 0..=number {
        at = find(at, b"id = \"")?;
    }
    let id = text[at..].iter().copied().take_while(|byte| *byte != b'"').filter(|byte| *byte != b'-').take(33);
    id.collect::<Vec<u8>>().try_into().ok()
}

/// A physical volume with this text, of which it is the one of this number.
fn volume(number: usize, text: &[u8]) -> Parts {
    let mut label = [0; 512];
    label[..8].copy_from_slice(b"LABELONE");
    label[8] = 1;
    label[20] = 32;
    label[24..32].copy_from_slice(b"LVM2 001");
    label[32..64].copy_from_slice(&id_in(text, number).unwrap_or([b'a'; 32]));
    label[64..72].copy_from_slice(&BYTES.to_le_bytes());
    label[72..80].copy_from_slice(&(64_u64 << 10).to_le_bytes());
    label[104..112].copy_from_slice(&AREA.to_le_bytes());
    label[112..120].copy_from_slice(&AREA_BYTES.to_le_bytes());
    let mut area = [0; 512];
    area[4..20].copy_from_slice(b" LVM2 x[5A%r0N*>");
    area[20] = 1;
    area[24..32].copy_from_slice(&AREA.to_le_bytes());
    area[32..40].copy_from_slice(&AREA_BYTES.to_le_bytes());
    let text = &text[..text.len().min(AREA_BYTES as usize - 513)];
    area[40..48].copy_from_slice(&512_u64.to_le_bytes());
    area[48..56].copy_from_slice(&(text.len() as u64 + 1).to_le_bytes());
    Parts::new(BYTES, None).with(LABEL, &label).with(AREA, &area).with(AREA + 512, text)
}

/// Where physical volumes of the fixtures may begin.
fn starts(disk: &dyn Image) -> Vec<u64> {
    (0..disk.bytes().min(1 << 32)).step_by(1 << 20).take(4096).collect()
}

fn found(take: impl Fn(&dyn Image, u64, &Label) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for disk in seeds::images() {
        for start in starts(disk) {
            let head = seeds::part(disk, start, 2048);
            if let Some(Ok(label)) = head.and_then(|head| label::find(&head)) {
                all.extend(take(disk, start, &label));
            }
        }
    }
    seeds::distinct(all.into_iter())
}

fn labels() -> Vec<Vec<u8>> {
    found(|disk, start, label| seeds::part(disk, start + label.at, 512))
}

fn areas() -> Vec<Vec<u8>> {
    found(|disk, start, label| seeds::part(disk, start + label.metadata_areas.first()?.start(), 512))
}

fn texts() -> Vec<Vec<u8>> {
    let text = |disk: &dyn Image, start: u64, label: &Label| {
        let area = label.metadata_areas.first()?;
        let header = Header::parse(&seeds::part(disk, start + area.start(), 512)?, area.start()).ok()?;
        let pieces = header.pieces(&header.committed?).ok()?;
        let mut text = seeds::part(disk, start + pieces.first.start(), pieces.first.len())?;
        text.extend(seeds::part(disk, start + pieces.second.start(), pieces.second.len())?);
        let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
        text.truncate(end);
        Some(text)
    };
    found(text)
}
