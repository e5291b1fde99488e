//! `sfdisk --json`: tables and partitions.

use std::path::Path;

use serde_json::Value;

use super::{ABSENT, Fields, or_absent};
use crate::support::tools::{Tool, ToolFailed};

/// What sfdisk says of the table of `disk`, a device whose sector size the kernel knows.
pub(crate) fn fields(disk: &Path) -> Result<Fields, ToolFailed> {
    let outcome = Tool::new("sfdisk").arg("--json").arg(disk).outcome()?;
    // It has no answer but an exit code for a disk without a table.
    let report: Value = if outcome.code == 0 {
        serde_json::from_str(&outcome.stdout).expect("sfdisk writes JSON")
    } else {
        Value::Null
    };
    Ok(parse(&report["partitiontable"]))
}

fn parse(table: &Value) -> Fields {
    let mut fields = Fields::new();
    let mut put = |name: String, value: String| drop(fields.insert(name, value));
    let sector = table["sectorsize"].as_u64().unwrap_or(512);
    let kind = match table["label"].as_str() {
        Some("gpt") => "gpt",
        Some("dos") => "mbr",
        _ => "none",
    };
    put("table.kind".into(), kind.into());
    put("table.uuid".into(), or_absent(table["id"].as_str().map(str::to_lowercase).as_deref()));
    let mut numbers = Vec::new();
    for part in table["partitions"].as_array().into_iter().flatten() {
        let node = part["node"].as_str().unwrap_or_default();
        let digits = node.len() - node.bytes().rev().take_while(u8::is_ascii_digit).count();
        let number: u32 = node[digits..].parse().expect("a partition's node ends in its number");
        numbers.push(number);
        let mut put = |name: &str, value: String| put(format!("partition.{number}.{name}"), value);
        let bytes = |field: &str| (part[field].as_u64().unwrap_or_default() * sector).to_string();
        put("start_bytes", bytes("start"));
        put("bytes", bytes("size"));
        let kind_of_part = part["type"].as_str().unwrap_or_default().to_lowercase();
        let is_guid = kind == "gpt";
        put("type", if is_guid { kind_of_part } else { format!("0x{kind_of_part:0>2}") });
        let uuid = part["uuid"].as_str().map(str::to_lowercase);
        put("uuid", if is_guid { or_absent(uuid.as_deref()) } else { ABSENT.into() });
        put("name", or_absent(part["name"].as_str()));
        put("flags", flags(part, !is_guid && number > 4));
    }
    numbers.sort_unstable();
    put("partitions".into(), numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(","));
    fields
}

/// Attributes in our words: `RequiredPartition GUID:60,63` is `bit-60,bit-63,required`.
fn flags(part: &Value, logical: bool) -> String {
    let mut flags = Vec::new();
    for word in part["attrs"].as_str().unwrap_or_default().split_whitespace() {
        match word {
            "RequiredPartition" => flags.push("required".to_owned()),
            "NoBlockIOProtocol" => flags.push("no-block-io".to_owned()),
            "LegacyBIOSBootable" => flags.push("legacy-bootable".to_owned()),
            _ => flags.extend(word.trim_start_matches("GUID:").split(',').map(|bit| format!("bit-{bit}"))),
        }
    }
    flags.extend((part["bootable"] == true).then(|| "active".to_owned()));
    flags.extend(logical.then(|| "logical".to_owned()));
    flags.sort();
    flags.join(",")
}
