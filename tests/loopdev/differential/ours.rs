//! Our scan's JSON in the fields that the peers' answers are compared with.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::peers::{ABSENT, Fields, or_absent};

/// The table, the partitions and the content of one disk.
pub(crate) fn disk_fields(disk: &Value) -> Fields {
    let mut fields = Fields::new();
    let table = &disk["table"];
    fields.insert("table.kind".into(), string(&table["kind"]));
    fields.insert("table.uuid".into(), string(&table["uuid"]));
    content("content", &disk["content"], &mut fields);
    let partitions = disk["partitions"].as_array().cloned().unwrap_or_default();
    let mut numbers: Vec<_> = partitions.iter().filter_map(|p| p["number"].as_u64()).collect();
    numbers.sort_unstable();
    fields.insert("partitions".into(), numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(","));
    for partition in &partitions {
        let number = partition["number"].as_u64().unwrap_or_default();
        let mut put = |name: &str, value: String| drop(fields.insert(format!("partition.{number}.{name}"), value));
        for name in ["start_bytes", "bytes", "type", "uuid", "name"] {
            put(name, string(&partition[name]));
        }
        let mut flags: Vec<_> = partition["flags"].as_array().into_iter().flatten().map(string).collect();
        flags.sort();
        put("flags", flags.join(","));
        // What the kernel calls PARTUUID on an MBR is made of the disk's identifier and the number.
        let from_disk = table["uuid"].as_str().map(|id| format!("{}-{number:02x}", id.trim_start_matches("0x")));
        put(
            "partuuid",
            if table["kind"] == "mbr" { or_absent(from_disk.as_deref()) } else { string(&partition["uuid"]) },
        );
        content(&format!("partition.{number}.content"), &partition["content"], &mut fields);
    }
    fields
}

fn content(under: &str, content: &Value, fields: &mut Fields) {
    let kind = match content["kind"].as_str().unwrap_or_default() {
        // What these are is said elsewhere, or there is nothing to say: no peer tells them apart.
        "blank" | "unknown" | "extended" | "partitioned" => "nothing",
        kind => kind,
    };
    fields.insert(format!("{under}.kind"), kind.to_owned());
    for name in ["uuid", "label", "version"] {
        fields.insert(format!("{under}.{name}"), string(&content[name]));
    }
}

/// The volume groups on all the disks of a case. `nodes` gives the device of a disk's partition.
pub(crate) fn volume_group_fields(disks: &[Value], node: impl Fn(&Path, Option<u64>) -> PathBuf) -> Fields {
    let mut fields = Fields::new();
    let (mut vgs, mut lvs) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    // A group on two disks is told with each of them.
    for vg in disks.iter().flat_map(|d| d["volume_groups"].as_array().into_iter().flatten()) {
        if !seen.insert(string(&vg["uuid"])) {
            continue;
        }
        let name = string(&vg["name"]);
        let mut put = |field: &str, value: String| drop(fields.insert(format!("vg.{name}.{field}"), value));
        for field in ["uuid", "extent_bytes", "extents", "free_extents", "seqno"] {
            put(field, string(&vg[field]));
        }
        let pvs = vg["physical_volumes"].as_array().cloned().unwrap_or_default();
        put("missing_pvs", vg["missing_pvs"].as_array().map_or(0, Vec::len).to_string());
        put("physical_volumes", pvs.len().to_string());
        let exported = vg["flags"].as_array().into_iter().flatten().any(|f| f == "exported");
        put("exported", exported.to_string());
        for pv in &pvs {
            let mut put = |field: &str, value: String| put(&format!("pv.{}.{field}", string(&pv["uuid"])), value);
            for field in ["extents", "free_extents", "first_extent_bytes"] {
                put(field, string(&pv[field]));
            }
            let device = pv["path"].as_str().map(|disk| node(Path::new(disk), pv["partition"].as_u64()));
            put("device", device.map_or(ABSENT.into(), |d| d.display().to_string()));
        }
        for lv in vg["logical_volumes"].as_array().into_iter().flatten() {
            let lv_name = format!("vg.{name}.lv.{}", string(&lv["name"]));
            for field in ["uuid", "bytes"] {
                fields.insert(format!("{lv_name}.{field}"), string(&lv[field]));
            }
            let segments: Vec<_> = lv["segments"].as_array().into_iter().flatten().map(segment_text).collect();
            fields.insert(format!("{lv_name}.segments"), segments.join(" "));
            content(&format!("{lv_name}.content"), &lv["content"], &mut fields);
            lvs.push(lv_name);
        }
        vgs.push(name);
    }
    vgs.sort();
    lvs.sort();
    fields.insert("vgs".into(), vgs.join(","));
    fields.insert("lvs".into(), lvs.join(","));
    fields
}

fn segment_text(segment: &Value) -> String {
    let stripes = segment["stripes"].as_array().into_iter().flatten();
    let stripes: Vec<_> = stripes.map(|s| format!("{}:{}", string(&s["pv"]), s["start_extent"])).collect();
    let [kind, start, size, stripe] = ["type", "start_extent", "extents", "stripe_bytes"].map(|f| string(&segment[f]));
    format!("{kind}@{start}+{size}[{stripe}]={}", stripes.join(","))
}

/// A value as text, without the quotes of a string.
fn string(value: &Value) -> String {
    match value {
        Value::Null => ABSENT.to_owned(),
        Value::String(text) => or_absent(Some(text)),
        other => other.to_string(),
    }
}
