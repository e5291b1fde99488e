//! `pvs`, `vgs` and `lvs`: volume groups.

use std::collections::HashMap;

use serde_json::Value;

use super::super::lvm::Lvm;
use super::{Fields, blkid, or_absent};
use crate::support::tools::ToolFailed;

/// What LVM says of the volume groups on the devices it is allowed to see.
pub(crate) fn fields(lvm: &Lvm) -> Result<Fields, ToolFailed> {
    let mut fields = Fields::new();
    if lvm.devices().is_empty() {
        return Ok(fields);
    }
    let pvs = physical_volumes(lvm, &mut fields)?;
    volume_groups(lvm, &mut fields)?;
    logical_volumes(lvm, &pvs, &mut fields)?;
    Ok(fields)
}

/// A physical volume: its identifier and where its extents begin.
struct Pv {
    uuid: String,
    pe_start: u64,
}

fn physical_volumes(lvm: &Lvm, fields: &mut Fields) -> Result<HashMap<String, Pv>, ToolFailed> {
    let mut pvs = HashMap::new();
    for pv in report(lvm, "pvs", "pv", "pv_name,pv_uuid,vg_name,pe_start,pv_pe_count,pv_pe_alloc_count")? {
        let name = text(&pv, "pv_name");
        let uuid = text(&pv, "pv_uuid");
        let vg = text(&pv, "vg_name");
        if !vg.is_empty() {
            let mut put = |field: &str, value: String| drop(fields.insert(format!("vg.{vg}.pv.{uuid}.{field}"), value));
            put("extents", text(&pv, "pv_pe_count"));
            put("free_extents", (number(&pv, "pv_pe_count") - number(&pv, "pv_pe_alloc_count")).to_string());
            let missing = name.starts_with('[');
            put("device", or_absent((!missing).then_some(name.as_str())));
            if !missing {
                put("first_extent_bytes", text(&pv, "pe_start"));
            }
        }
        pvs.insert(name, Pv { uuid, pe_start: number(&pv, "pe_start") });
    }
    Ok(pvs)
}

fn volume_groups(lvm: &Lvm, fields: &mut Fields) -> Result<(), ToolFailed> {
    let mut names = Vec::new();
    let columns = "vg_name,vg_uuid,vg_extent_size,vg_extent_count,vg_free_count,vg_seqno,pv_count,lv_count,\
                   vg_missing_pv_count,vg_exported,vg_extendable";
    for vg in report(lvm, "vgs", "vg", columns)? {
        let name = text(&vg, "vg_name");
        let mut put = |field: &str, value: String| drop(fields.insert(format!("vg.{name}.{field}"), value));
        let same = [
            ("uuid", "vg_uuid"),
            ("extent_bytes", "vg_extent_size"),
            ("extents", "vg_extent_count"),
            ("free_extents", "vg_free_count"),
            ("seqno", "vg_seqno"),
            ("physical_volumes", "pv_count"),
            ("missing_pvs", "vg_missing_pv_count"),
        ];
        for (ours, theirs) in same {
            put(ours, text(&vg, theirs));
        }
        put("exported", (!text(&vg, "vg_exported").is_empty()).to_string());
        names.push(name);
    }
    names.sort();
    fields.insert("vgs".into(), names.join(","));
    Ok(())
}

fn logical_volumes(lvm: &Lvm, pvs: &HashMap<String, Pv>, fields: &mut Fields) -> Result<(), ToolFailed> {
    let columns =
        "vg_name,lv_name,lv_uuid,lv_size,vg_extent_size,segtype,seg_start_pe,seg_size_pe,seg_pe_ranges,stripe_size";
    let mut segments = HashMap::<String, Vec<Value>>::new();
    for segment in report(lvm, "lvs --segments", "seg", columns)? {
        let lv = format!("vg.{}.lv.{}", text(&segment, "vg_name"), text(&segment, "lv_name"));
        segments.entry(lv).or_default().push(segment);
    }
    let mut names: Vec<_> = segments.keys().cloned().collect();
    names.sort();
    fields.insert("lvs".into(), names.join(","));
    for (lv, mut segments) in segments {
        segments.sort_by_key(|s| number(s, "seg_start_pe"));
        fields.insert(format!("{lv}.uuid"), text(&segments[0], "lv_uuid"));
        fields.insert(format!("{lv}.bytes"), text(&segments[0], "lv_size"));
        let texts: Vec<_> = segments.iter().map(|s| segment_text(s, pvs)).collect();
        fields.insert(format!("{lv}.segments"), texts.join(" "));
        if let [one] = &segments[..] {
            content(&lv, one, pvs, fields)?;
        }
    }
    Ok(())
}

/// A segment in one word: `linear@0+375[0]=PVUUID:0`.
fn segment_text(segment: &Value, pvs: &HashMap<String, Pv>) -> String {
    let ranges = text(segment, "seg_pe_ranges");
    let stripes: Vec<_> = ranges
        .split_whitespace()
        .map(|range| {
            let (device, extents) = range.rsplit_once(':').expect("device:first-last");
            let first = extents.split('-').next().unwrap_or_default();
            let uuid = pvs.get(device).map_or(device, |pv| pv.uuid.as_str());
            format!("{uuid}:{first}")
        })
        .collect();
    let [kind, start, size] = ["segtype", "seg_start_pe", "seg_size_pe"].map(|f| text(segment, f));
    format!("{kind}@{start}+{size}[{}]={}", text(segment, "stripe_size"), stripes.join(","))
}

/// What blkid finds in a linear logical volume of one segment, which needs no device-mapper to be read.
fn content(lv: &str, segment: &Value, pvs: &HashMap<String, Pv>, fields: &mut Fields) -> Result<(), ToolFailed> {
    let ranges = text(segment, "seg_pe_ranges");
    let Some((device, extents)) = ranges.rsplit_once(':') else { return Ok(()) };
    let Some(pv) = pvs.get(device) else { return Ok(()) };
    if text(segment, "segtype") != "linear" || device.starts_with('[') {
        return Ok(());
    }
    let first: u64 = extents.split('-').next().and_then(|n| n.parse().ok()).expect("an extent");
    let start = pv.pe_start + first * number(segment, "vg_extent_size");
    fields.extend(blkid::part(device.as_ref(), start, number(segment, "lv_size"), &format!("{lv}.content"))?);
    Ok(())
}

fn report(lvm: &Lvm, command: &str, rows: &str, columns: &str) -> Result<Vec<Value>, ToolFailed> {
    let columns = columns.replace(' ', "");
    let json = lvm.run(&format!("{command} --reportformat json --units b --nosuffix -o {columns}"))?;
    let report: Value = serde_json::from_str(&json).expect("LVM writes JSON");
    Ok(report["report"][0][rows].as_array().cloned().unwrap_or_default())
}

fn text(row: &Value, column: &str) -> String {
    row[column].as_str().unwrap_or_default().to_owned()
}

fn number(row: &Value, column: &str) -> u64 {
    text(row, column).parse().unwrap_or_else(|e| panic!("{column} of {row}: {e}"))
}
