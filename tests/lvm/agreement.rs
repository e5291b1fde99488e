//! The tools as oracles: every field that they and this reader share.

use okv_host::disk::volume_group::Assembled;
use okv_host::disk::{ProblemId, Segment, Stripe, VolumeGroup};

use super::scan;
use super::support::lvm::{Lvm, Row};

/// Compares every field that the tools and this reader share. Gives the only group, and its problems' words.
pub(super) fn agrees(lvm: &Lvm) -> (Assembled, Vec<ProblemId>) {
    let (readings, mut groups) = scan(lvm);
    let pvs = lvm.report("pvs", "pv_name,pv_uuid,dev_size,pv_mda_count,vg_name,pe_start,pv_pe_count,pv_pe_alloc_count");
    for (path, reading) in lvm.visible().zip(&readings) {
        let row = pvs.iter().find(|row| row["pv_name"] == path).unwrap();
        let label = reading.label.as_ref().unwrap();
        assert_eq!(label.uuid.to_string(), row["pv_uuid"]);
        assert_eq!(reading.found.content.uuid, Some(label.uuid));
        assert_eq!(label.device_bytes.to_string(), row["dev_size"]);
        assert_eq!(label.metadata_areas.len().to_string(), row["pv_mda_count"]);
        assert_eq!(reading.problems, [], "{path}");
    }
    assert_eq!(groups.len(), 1);
    let assembled = groups.remove(0);
    let group = &assembled.group;
    let vgs = "vg_name,vg_uuid,vg_extent_size,vg_extent_count,vg_free_count,vg_seqno,vg_missing_pv_count,vg_exported";
    let expected = &lvm.report("vgs", vgs)[0];
    let exported = if group.flags.iter().any(|f| f == "exported") { "exported" } else { "" };
    assert_eq!(
        row(&[
            ("vg_name", &group.name),
            ("vg_uuid", &group.uuid.unwrap()),
            ("vg_extent_size", &group.extent_bytes),
            ("vg_extent_count", &group.extents),
            ("vg_free_count", &group.free_extents),
            ("vg_seqno", &group.seqno),
            ("vg_missing_pv_count", &group.missing_pvs.len()),
            ("vg_exported", &exported),
        ]),
        *expected
    );
    assert_eq!(group.physical_volumes.len(), pvs.iter().filter(|row| row["vg_name"] == group.name).count());
    for pv in &group.physical_volumes {
        let row = pvs.iter().find(|row| row["pv_uuid"] == pv.uuid.to_string()).unwrap();
        assert_eq!(pv.path.as_deref().unwrap_or("[unknown]"), row["pv_name"]);
        assert_eq!(pv.first_extent_bytes.to_string(), row["pe_start"]);
        assert_eq!(pv.extents.to_string(), row["pv_pe_count"]);
        assert_eq!((pv.extents - pv.free_extents).to_string(), row["pv_pe_alloc_count"]);
    }
    // `lvs` shows nothing of an exported group.
    if exported.is_empty() {
        logical_volumes_agree(lvm, group);
    }
    let problems = assembled.problems.iter().map(|p| p.id).collect();
    (assembled, problems)
}

fn logical_volumes_agree(lvm: &Lvm, group: &VolumeGroup) {
    let mut ours: Vec<Row> = Vec::new();
    for volume in &group.logical_volumes {
        for segment in &volume.segments {
            ours.push(row(&[
                ("lv_name", &volume.name),
                ("lv_uuid", &volume.uuid.unwrap()),
                ("lv_size", &volume.bytes),
                ("segtype", &segment.kind),
                ("seg_start_pe", &segment.start_extent),
                ("seg_size_pe", &segment.extents),
                ("seg_pe_ranges", &ranges(group, segment)),
                ("stripe_size", &segment.stripe_bytes),
            ]));
        }
    }
    let fields = "lv_name,lv_uuid,lv_size,segtype,seg_start_pe,seg_size_pe,seg_pe_ranges,stripe_size";
    let mut theirs = lvm.report("lvs --segments", fields);
    for row in &mut theirs {
        // Parts that are logical volumes themselves are not physical extents.
        if !row["seg_pe_ranges"].starts_with("/dev/") && !row["seg_pe_ranges"].starts_with("[unknown]") {
            row.insert("seg_pe_ranges".into(), String::new());
        }
    }
    let key = |row: &Row| (row["lv_name"].clone(), row["seg_start_pe"].parse::<u64>().unwrap());
    ours.sort_by_key(key);
    theirs.sort_by_key(key);
    assert_eq!(ours, theirs);
}

fn row(fields: &[(&str, &dyn ToString)]) -> Row {
    fields.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect()
}

fn ranges(group: &VolumeGroup, segment: &Segment) -> String {
    let each = segment.extents / (segment.stripes.len().max(1) as u64);
    let range = |stripe: &Stripe| {
        let pv = group.physical_volumes.iter().find(|pv| pv.uuid == stripe.pv).unwrap();
        let path = pv.path.as_deref().unwrap_or("[unknown]");
        format!("{path}:{}-{}", stripe.start_extent, stripe.start_extent + each - 1)
    };
    segment.stripes.iter().map(range).collect::<Vec<_>>().join(" ")
}
