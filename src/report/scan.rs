//! The text of `scan`: a picture of each disk, its partitions, its volume groups, and what is wrong.

use std::fmt::Write;

use super::layout::picture;
use super::text::{Columns, Page, clean, cut, padded, wrap};
use crate::base::units::Bytes;
use crate::disk::format::content::Content;
use crate::disk::{CopyState, Disk, Partition, PartitionType, TableKind, VolumeGroup, guid};
use crate::io::image::vm::Format;

/// Where what a volume holds goes on in a further line: an LVM identifier and a comma still fit.
const CONTENT_INDENT: usize = 41;

pub fn text(disks: &[Disk], columns: Columns) -> String {
    let mut out = Page::new(columns);
    for (i, disk) in disks.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        one(&mut out, disk);
    }
    out.into_text()
}

fn one(out: &mut Page, disk: &Disk) {
    let _ = writeln!(out, "{}", clean(&disk.path));
    if !disk.could_not_be_opened() {
        let image = match disk.image_type {
            Format::Raw => String::new(),
            format => format!("{}, ", format.word()),
        };
        let line = format!("{image}{}, sectors of {} B, {}", Bytes(disk.bytes), disk.sector_bytes.bytes(), table(disk));
        out.push_str("  ");
        wrap(out, &line, 2, 4);
        if let Some(line) = picture(disk, out.columns) {
            let _ = writeln!(out, "{line}");
        }
        if disk.partitions.is_empty() || disk.content.kind != crate::disk::format::content::Kind::Partitioned {
            out.push_str("  ");
            wrap(out, &format!("whole disk: {}", content(&disk.content)), 2, 4);
        }
        if !disk.partitions.is_empty() {
            let _ = writeln!(out, "  {:>3} {:>15} {:>11}  {:<14} holds", "#", "start B", "size", "type");
        }
        for partition in &disk.partitions {
            row(out, partition);
        }
        for group in &disk.volume_groups {
            volume_group(out, group);
        }
        boot(out, disk);
    }
    for problem in &disk.problems {
        out.push_str("  ! ");
        wrap(out, &problem.message, 4, 4);
    }
}

fn table(disk: &Disk) -> String {
    let id = disk.table.uuid.map(|id| format!(" {id}")).unwrap_or_default();
    match disk.table.kind {
        TableKind::None => "no partition table".into(),
        TableKind::Mbr => format!("MBR{id}{}", state(disk.table.primary, "")),
        TableKind::Gpt => {
            let hybrid = if disk.table.hybrid { ", hybrid MBR" } else { "" };
            format!("GPT{id}{}{}{hybrid}", state(disk.table.primary, " primary"), state(disk.table.backup, " backup"))
        }
    }
}

fn state(copy: CopyState, which: &str) -> String {
    if copy == CopyState::Ok { String::new() } else { format!(",{which} {}", copy.word()) }
}

fn row(out: &mut Page, partition: &Partition) {
    let size = Bytes(partition.bytes).rounded();
    let kind = cut(&type_name(partition), 14);
    let _ = write!(out, "  {:>3} {:>15} {:>11}  {} ", partition.number, partition.start_bytes, size, padded(&kind, 14));
    wrap(out, &content(&partition.content), 50, CONTENT_INDENT);
}

/// The type in words where it is one that matters here.
fn type_name(partition: &Partition) -> String {
    let kind = partition.kind;
    if kind.is_esp() {
        "EFI System".into()
    } else if kind.is_bios_boot() {
        "BIOS boot".into()
    } else if kind.is_lvm() {
        "LVM".into()
    } else if kind.is_extended() {
        "extended".into()
    } else if kind == PartitionType::Guid(guid::LINUX) || kind == PartitionType::Mbr(0x83) {
        "Linux".into()
    } else if kind == PartitionType::Guid(guid::LINUX_SWAP) || kind == PartitionType::Mbr(0x82) {
        "Linux swap".into()
    } else if kind == PartitionType::Guid(guid::LINUX_RAID) || kind == PartitionType::Mbr(0xfd) {
        "Linux RAID".into()
    } else {
        kind.to_string()
    }
}

fn content(content: &Content) -> String {
    let mut text = content.word().to_owned();
    if let Some(version) = content.version {
        let _ = write!(text, " {version}");
    }
    if let Some(label) = &content.label {
        let _ = write!(text, " \"{label}\"");
    }
    if let Some(id) = content.uuid {
        let _ = write!(text, " {id}");
    }
    if let Some(df) = content.df_bytes {
        let _ = write!(text, ", df {}", Bytes(df).rounded());
    }
    if let Some(swap) = content.swap {
        let _ = write!(text, ", {} KiB pages", swap.page_bytes / 1024);
        if swap.hibernation {
            text.push_str(", holds a hibernated system");
        }
    }
    if content.unreplayed_journal {
        text.push_str(", journal not replayed");
    }
    if let Some(array) = &content.array {
        let _ = write!(text, ", within it {}", self::content(&array.content));
    }
    if !content.candidates.is_empty() {
        let names: Vec<&str> = content.candidates.iter().map(|k| k.word()).collect();
        let _ = write!(text, ": {}", names.join(" or "));
    }
    text
}

fn volume_group(out: &mut Page, group: &VolumeGroup) {
    out.push_str("  ");
    let missing = match group.missing_pvs.len() {
        0 => String::new(),
        n => format!(", {n} physical volumes MISSING"),
    };
    let text = format!(
        "volume group {}: {} extents of {}, {} free{missing}",
        group.name,
        group.extents,
        Bytes(group.extent_bytes).rounded(),
        group.free_extents
    );
    wrap(out, &text, 2, 4);
    for volume in &group.logical_volumes {
        let kinds = volume.segments.first().map_or("no segments", |s| &*s.kind);
        let holds = match &volume.content {
            Some(found) => content(found),
            None if volume.merging => "not looked at: a snapshot is merged into it".to_owned(),
            None => "not looked at".to_owned(),
        };
        let _ = write!(
            out,
            "    {} {:>11}  {:<9} ",
            padded(&cut(&volume.name, 20), 20),
            Bytes(volume.bytes).rounded(),
            cut(kinds, 9)
        );
        wrap(out, &holds, 48, CONTENT_INDENT);
    }
}

fn boot(out: &mut Page, disk: &Disk) {
    let mut signs = Vec::new();
    if let Some(n) = disk.boot.esp {
        signs.push(format!("EFI System Partition {n}"));
    }
    if let Some(n) = disk.boot.bios_boot_partition {
        signs.push(format!("BIOS boot partition {n}"));
    }
    if let Some(n) = disk.boot.active_partition {
        signs.push(format!("active partition {n}"));
    }
    if disk.boot.boot_code {
        signs.push("code in sector 0".into());
    }
    if !signs.is_empty() {
        out.push_str("  ");
        wrap(out, &format!("boot: {}", signs.join(", ")), 2, 4);
    }
}
