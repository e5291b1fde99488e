//! `blkid -p -o export`: what whole disks, partitions and logical volumes hold, and partition entries.

use std::path::Path;

use super::{ABSENT, Fields, or_absent};
use crate::support::blkid::{Answer, probe};
use crate::support::tools::ToolFailed;

/// What blkid says of a whole disk: its table or its content.
pub(crate) fn disk(device: &Path) -> Result<Fields, ToolFailed> {
    let answer = probe(device, &[])?;
    let mut fields = Fields::new();
    content("content", &answer, &mut fields);
    let table = match answer.get("PTTYPE") {
        Some("gpt") => "gpt",
        Some("dos") => "mbr",
        _ => "none",
    };
    if !answer.ambiguous {
        fields.insert("table.kind".into(), table.into());
        let uuid = answer.get("PTUUID").map(|uuid| if table == "mbr" { format!("0x{uuid}") } else { uuid.to_owned() });
        fields.insert("table.uuid".into(), or_absent(uuid.as_deref()));
    }
    Ok(fields)
}

/// What blkid says of partition `number`, a device of its own: its content and its entry in the table.
pub(crate) fn partition(device: &Path, number: u32) -> Result<Fields, ToolFailed> {
    let answer = probe(device, &[])?;
    let mut fields = Fields::new();
    content(&format!("partition.{number}.content"), &answer, &mut fields);
    let mut put = |name: &str, value: String| drop(fields.insert(format!("partition.{number}.{name}"), value));
    // PART_ENTRY_OFFSET and _SIZE are in units of 512 bytes whatever the sector size.
    let sectors = |name| answer.get(name).and_then(|n| n.parse::<u64>().ok()).map(|n| (n * 512).to_string());
    if answer.get("PART_ENTRY_NUMBER").is_none() {
        return Ok(fields);
    }
    assert_eq!(answer.get("PART_ENTRY_NUMBER"), Some(number.to_string().as_str()), "{}", device.display());
    put("start_bytes", or_absent(sectors("PART_ENTRY_OFFSET").as_deref()));
    put("bytes", or_absent(sectors("PART_ENTRY_SIZE").as_deref()));
    let is_mbr = answer.get("PART_ENTRY_SCHEME") == Some("dos");
    let kind = or_absent(answer.get("PART_ENTRY_TYPE"));
    put("type", if is_mbr { format!("0x{:0>2}", kind.trim_start_matches("0x")) } else { kind });
    put("name", or_absent(answer.get("PART_ENTRY_NAME")));
    put("partuuid", or_absent(answer.get("PART_ENTRY_UUID")));
    let bits = answer.get("PART_ENTRY_FLAGS").and_then(|f| u64::from_str_radix(f.trim_start_matches("0x"), 16).ok());
    put("flags", if is_mbr { mbr_flags(bits, number) } else { gpt_flags(bits.unwrap_or_default()) });
    Ok(fields)
}

/// What blkid says of a part of a device; `name` is the field that the answer's fields go under.
pub(crate) fn part(device: &Path, start: u64, bytes: u64, name: &str) -> Result<Fields, ToolFailed> {
    let (start, bytes) = (format!("--offset={start}"), format!("--size={bytes}"));
    let mut fields = Fields::new();
    content(name, &probe(device, &[&start, &bytes])?, &mut fields);
    Ok(fields)
}

fn content(under: &str, answer: &Answer, fields: &mut Fields) {
    let mut put = |name: &str, value: String| drop(fields.insert(format!("{under}.{name}"), value));
    if answer.ambiguous {
        return put("kind", "ambiguous".into());
    }
    let kind = match answer.get("TYPE") {
        None => "nothing",
        Some("LVM2_member") => "lvm2-pv",
        Some("LVM1_member") => "lvm1",
        Some("linux_raid_member") => "md",
        Some("crypto_LUKS") => "luks",
        Some("zfs_member") => "zfs",
        Some("oracleasm") => "oracle-asm",
        Some("ddf_raid_member") => "ddf",
        Some("isw_raid_member") => "imsm",
        Some("swsuspend") => "swap",
        Some(same) => same,
    };
    put("kind", kind.into());
    put("uuid", if kind == "nothing" { ABSENT.into() } else { or_absent(answer.get("UUID")) });
    put("label", or_absent(answer.get("LABEL")));
    if let ("luks" | "md", Some(version)) = (kind, answer.get("VERSION")) {
        put("version", version.into());
    }
}

fn gpt_flags(bits: u64) -> String {
    let names = |bit: u32| match bit {
        0 => "required".to_owned(),
        1 => "no-block-io".to_owned(),
        2 => "legacy-bootable".to_owned(),
        _ => format!("bit-{bit}"),
    };
    let mut flags: Vec<_> = (0..64).filter(|bit| bits >> bit & 1 == 1).map(names).collect();
    flags.sort();
    flags.join(",")
}

fn mbr_flags(bits: Option<u64>, number: u32) -> String {
    let active = (bits == Some(0x80)).then_some("active");
    active.into_iter().chain((number > 4).then_some("logical")).collect::<Vec<_>>().join(",")
}
