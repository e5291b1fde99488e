//! `scan` in a node against its lsblk and its LVM, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::guest::Guest;
use crate::{OKV_HOST, json};

/// What is said of each thing, by name.
type Fields = BTreeMap<String, String>;

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The word for a content, where the words differ.
fn kind(content: &str) -> &str {
    match content {
        "LVM2_member" => "lvm2-pv",
        "blank" | "unknown" => "", // the tools tell no zeros from bytes without a signature
        other => other,
    }
}

/// The device node of a partition.
fn node(disk: &str, partition: &Value) -> String {
    let between = if disk.ends_with(|c: char| c.is_ascii_digit()) { "p" } else { "" };
    format!("{disk}{between}{partition}")
}

fn ours(disks: &Value) -> Fields {
    let mut fields = Fields::new();
    let mut say =
        |what: &str, field: &str, value: String| assert!(fields.insert(format!("{what} {field}"), value).is_none());
    for disk in disks.as_array().unwrap() {
        let path = disk["path"].as_str().unwrap();
        say(path, "bytes", text(&disk["bytes"]));
        say(path, "sector", text(&disk["sector_bytes"]));
        say(path, "table", text(&disk["table"]["kind"]));
        say(path, "table uuid", text(&disk["table"]["uuid"]).trim_start_matches("0x").to_owned());
        for partition in disk["partitions"].as_array().unwrap() {
            let node = node(path, &partition["number"]);
            say(&node, "start", text(&partition["start_bytes"]));
            say(&node, "bytes", text(&partition["bytes"]));
            say(&node, "type", text(&partition["type"]));
            say(&node, "name", text(&partition["name"]));
            content(&node, &partition["content"], &mut say);
        }
        for group in disk["volume_groups"].as_array().unwrap() {
            for volume in group["logical_volumes"].as_array().unwrap() {
                let node = format!("/dev/mapper/{}-{}", text(&group["name"]), text(&volume["name"]));
                say(&node, "bytes", text(&volume["bytes"]));
                say(&node, "lvm uuid", text(&volume["uuid"]));
                let extents = volume["segments"].as_array().unwrap().iter().map(|segment| {
                    let stripe = &segment["stripes"][0];
                    format!("{} {} {}", text(&segment["type"]), segment["extents"], stripe["start_extent"])
                });
                say(&node, "segments", extents.collect::<Vec<_>>().join(", "));
                content(&node, &volume["content"], &mut say);
            }
        }
    }
    fields
}

fn content(node: &str, content: &Value, say: &mut impl FnMut(&str, &str, String)) {
    say(node, "content", kind(&text(&content["kind"])).to_owned());
    say(node, "content uuid", text(&content["uuid"]));
    say(node, "content label", text(&content["label"]));
}

fn theirs(guest: &Guest) -> Fields {
    let mut fields = Fields::new();
    let mut say =
        |what: &str, field: &str, value: String| assert!(fields.insert(format!("{what} {field}"), value).is_none());
    let columns = "PATH,TYPE,SIZE,LOG-SEC,PTTYPE,PTUUID,START,PARTTYPE,PARTLABEL,FSTYPE,UUID,LABEL";
    let lsblk = json(guest, &format!("udevadm settle; lsblk --json --bytes --list --output {columns}"), 0);
    for device in lsblk["blockdevices"].as_array().unwrap() {
        let path = device["path"].as_str().unwrap();
        say(path, "bytes", text(&device["size"]));
        match device["type"].as_str().unwrap() {
            "disk" => {
                let table = text(&device["pttype"]);
                let table = if table == "dos" {
                    "mbr"
                } else if table.is_empty() {
                    "none"
                } else {
                    table.as_str()
                };
                say(path, "sector", text(&device["log-sec"]));
                say(path, "table", table.to_owned());
                say(path, "table uuid", text(&device["ptuuid"]));
            }
            "part" => {
                say(path, "start", (device["start"].as_u64().unwrap() * 512).to_string());
                say(path, "type", text(&device["parttype"]));
                say(path, "name", text(&device["partlabel"]));
            }
            "lvm" => {}
            other => panic!("{path} is a {other}"),
        }
        if device["type"] != "disk" {
            say(path, "content", kind(&text(&device["fstype"])).to_owned());
            say(path, "content uuid", text(&device["uuid"]));
            say(path, "content label", text(&device["label"]));
        }
    }
    let lvs = "lvs --reportformat json --segments --options vg_name,lv_name,lv_uuid,segtype,seg_size_pe,seg_pe_ranges \
               --sort vg_name,lv_name,seg_start";
    let mut segments: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for segment in json(guest, lvs, 0)["report"][0]["seg"].as_array().unwrap() {
        let node = format!("/dev/mapper/{}-{}", text(&segment["vg_name"]), text(&segment["lv_name"]));
        let range = text(&segment["seg_pe_ranges"]); // DEVICE:FIRST-LAST
        let first = range.rsplit_once(':').and_then(|(_, extents)| extents.split_once('-')).unwrap().0;
        let shown = format!("{} {} {first}", text(&segment["segtype"]), text(&segment["seg_size_pe"]));
        segments.entry((node, text(&segment["lv_uuid"]))).or_default().push(shown);
    }
    for ((node, uuid), shown) in segments {
        say(&node, "lvm uuid", uuid);
        say(&node, "segments", shown.join(", "));
    }
    fields
}

/// Neither says anything that the other does not.
pub(crate) fn scan_says_what_the_tools_say(guest: &Guest) {
    let scan = json(guest, &format!("{OKV_HOST} scan --format json"), 0);
    let (ours, theirs) = (ours(&scan), theirs(guest));
    assert!(ours.len() > 20, "{ours:#?}");
    let differences: Vec<_> = ours
        .keys()
        .chain(theirs.keys().filter(|key| !ours.contains_key(*key)))
        .filter(|key| ours.get(*key) != theirs.get(*key))
        .map(|key| format!("{key}: scan {:?}, tools {:?}", ours.get(key), theirs.get(key)))
        .collect();
    assert!(differences.is_empty(), "{differences:#?}");
}
