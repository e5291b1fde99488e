//! What `pvs`, `vgs` and `lvs` print.

use serde_json::{Value, json};

use super::bytes::GROUP_UUID;
use super::{EXTENT, Found};
use crate::node::GROUP;
use crate::world::World;

impl World {
    pub fn report(&self, program: &str) -> String {
        let found = self.scan_volumes();
        let (kind, rows) = match program {
            "pvs" => ("pv", self.physical(&found)),
            "vgs" => ("vg", groups(&found)),
            _ => ("lv", self.logical(&found)),
        };
        json!({"report": [{kind: rows}]}).to_string()
    }

    fn logical(&self, found: &Found) -> Vec<Value> {
        let logical = found.group.iter().flat_map(|group| &group.logical);
        logical
            .filter(|its| !self.pretended.no_volumes.contains(&its.name))
            .map(|its| {
                let active = if self.minor_of(&its.name).is_some() { "active" } else { "" };
                let said = self.pretended.extents.iter().rfind(|(name, _)| *name == its.name);
                let extents = said.map_or(its.extents(), |(_, extents)| *extents);
                json!({"vg_name": GROUP, "lv_name": its.name, "lv_size": (extents * EXTENT).to_string(),
                    "lv_layout": "linear", "lv_role": "public", "lv_tags": its.tag.as_deref().unwrap_or(""),
                    "lv_active": active})
            })
            .collect()
    }
}

impl World {
    fn physical(&self, found: &Found) -> Vec<Value> {
        let row = |name: &str, uuid: &str, group: &str| {
            let (uuid, group) = match self.pretended.volumes.iter().rfind(|(device, _)| device == name) {
                Some((_, Some(group))) => {
                    (if uuid.is_empty() { "pppppp-pppp-pppp-pppp-pppp-pppp-pppppp" } else { uuid }, group.as_str())
                }
                Some((_, None)) => ("", ""),
                None => (uuid, group),
            };
            json!({"pv_name": name, "pv_uuid": uuid, "vg_name": group})
        };
        let volumes = found.volumes.iter().map(|volume| {
            row(&format!("/dev/{}", volume.name), &volume.uuid, if found.is_in_group(volume) { GROUP } else { "" })
        });
        let missing = found.missing();
        let missing = missing.iter().map(|uuid| row("[unknown]", uuid, GROUP));
        let others = found.others.iter().map(|name| row(&format!("/dev/{name}"), "", ""));
        volumes.chain(missing).chain(others).collect()
    }
}

fn groups(found: &Found) -> Vec<Value> {
    let group = found.group.iter();
    group
        .map(|group| {
            json!({"vg_name": GROUP, "vg_uuid": GROUP_UUID, "vg_extent_size": EXTENT.to_string(),
                "vg_free_count": group.free().to_string(), "vg_missing_pv_count": found.missing().len().to_string(),
                "vg_seqno": group.seqno.to_string()})
        })
        .collect()
}
