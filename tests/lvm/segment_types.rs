//! Types of segment that only a kernel with device-mapper makes, and texts that are long: written by hand, taken by
//! `vgcfgrestore`.

use super::agreement::agrees;
use super::first_area;
use super::support::lvm::Lvm;

/// Writes metadata that the tools here cannot make, because no kernel driver is there: `vgcfgrestore` checks it.
fn restore(lvm: &Lvm, group: &str, seqno: u32, logical_volumes: &str) {
    lvm.create(group);
    let pv = &lvm.report("pvs", "pv_uuid,dev_size,pe_start,pv_pe_count")[0];
    let vg = &lvm.report("vgs", "vg_uuid,vg_extent_size")[0];
    let sectors = |bytes: &str| bytes.parse::<u64>().unwrap() / 512;
    let text = format!(
        "contents = \"Text Format Volume Group\"\nversion = 1\ndescription = \"\"\ncreation_host = \"\"\ncreation_time = 1\n\
         {group} {{ id = \"{}\" seqno = {seqno} format = \"lvm2\" status = [\"RESIZEABLE\", \"READ\", \"WRITE\"] flags = []\n\
         extent_size = {} max_lv = 0 max_pv = 0 metadata_copies = 0\nphysical_volumes {{ pv0 {{ id = \"{}\"\n\
         device = \"\" status = [\"ALLOCATABLE\"] flags = [] dev_size = {} pe_start = {} pe_count = {} }} }}\n\
         logical_volumes {{\n{logical_volumes}\n}} }}\n",
        vg["vg_uuid"],
        sectors(&vg["vg_extent_size"]),
        pv["pv_uuid"],
        sectors(&pv["dev_size"]),
        sectors(&pv["pe_start"]),
        pv["pv_pe_count"],
    );
    let file = lvm.file("metadata", &text);
    lvm.run(&format!("vgcfgrestore --force -f {} {group}", file.display()));
}

/// Text of logical volumes, the extents of linear ones given out one after another.
#[derive(Default)]
struct Volumes {
    text: String,
    count: u32,
    next: u32,
}

impl Volumes {
    fn add(&mut self, name: &str, status: &str, extents: u32, segment: &str) {
        self.count += 1;
        self.text += &format!(
            "{name} {{ id = \"aaaaaa-0000-0000-0000-0000-0000-{:06}\" status = [\"READ\", \"WRITE\"{status}] flags = []\n\
             segment_count = 1 segment1 {{ start_extent = 0 extent_count = {extents} {segment} }} }}\n",
            self.count
        );
    }

    fn shown(&mut self, name: &str, extents: u32, segment: &str) {
        self.add(name, ", \"VISIBLE\"", extents, segment);
    }

    fn linear(&mut self, name: &str, status: &str, extents: u32) {
        let stripes = format!("type = \"striped\" stripe_count = 1 stripes = [\"pv0\", {}]", self.next);
        self.add(name, status, extents, &stripes);
        self.next += extents;
    }

    fn hidden(&mut self, names: &[&str], extents: u32) {
        names.iter().for_each(|name| self.linear(name, "", extents));
    }
}

#[test]
fn raid_mirror_thin_cache_snapshot_and_a_move_under_way_are_named_and_their_extents_counted() {
    let mut v = Volumes::default();
    let raid = "raids = [\"r_rmeta_0\", \"r_rimage_0\", \"r_rmeta_1\", \"r_rimage_1\"]";
    v.shown("r", 10, &format!("type = \"raid1\" device_count = 2 region_size = 4096 {raid}"));
    v.hidden(&["r_rmeta_0", "r_rmeta_1"], 1);
    v.hidden(&["r_rimage_0", "r_rimage_1"], 10);
    let mirror = "mirror_count = 2 region_size = 4096";
    let legs = "mirror_log = \"m_mlog\" mirrors = [\"m_mimage_0\", 0, \"m_mimage_1\", 0]";
    v.shown("m", 10, &format!("type = \"mirror\" {mirror} {legs}"));
    v.hidden(&["m_mimage_0", "m_mimage_1"], 10);
    v.hidden(&["m_mlog"], 1);
    let pool = "metadata = \"tp_tmeta\" pool = \"tp_tdata\" transaction_id = 1 chunk_size = 128 zero_new_blocks = 1";
    v.shown("tp", 10, &format!("type = \"thin-pool\" discards = \"passdown\" {pool}"));
    v.hidden(&["tp_tmeta", "lvol0_pmspare"], 1);
    v.hidden(&["tp_tdata"], 10);
    v.shown("th", 100, "type = \"thin\" thin_pool = \"tp\" transaction_id = 0 device_id = 1");
    v.linear("org", ", \"VISIBLE\"", 12);
    v.linear("cow", "", 3);
    v.shown("snapshot0", 12, "type = \"snapshot\" chunk_size = 8 origin = \"org\" cow_store = \"cow\"");
    // Its extents may be what they were before the merge, also where that has not begun: they are not looked into.
    v.linear("merged", ", \"VISIBLE\"", 12);
    v.linear("merging", "", 3);
    v.shown("snapshot1", 12, "type = \"snapshot\" chunk_size = 8 origin = \"merged\" merging_store = \"merging\"");
    v.shown("ca", 10, "type = \"cache\" cache_pool = \"cp_cpool\" origin = \"ca_corig\"");
    v.hidden(&["ca_corig"], 10);
    let cache = "metadata_format = 2 chunk_size = 128 cache_mode = \"writethrough\" policy = \"smq\"";
    let parts = "data = \"cp_cpool_cdata\" metadata = \"cp_cpool_cmeta\"";
    v.add("cp_cpool", "", 5, &format!("type = \"cache-pool\" {parts} {cache}"));
    v.hidden(&["cp_cpool_cdata", "cp_cpool_cmeta"], 5);
    v.shown("er", 7, "type = \"error\"");
    let (from, to) = (v.next, v.next + 4);
    let moved = format!("extents_moved = 0 mirrors = [\"pv0\", {from}, \"pv0\", {to}]");
    v.add("pvmove0", ", \"PVMOVE\", \"LOCKED\"", 4, &format!("type = \"mirror\" {mirror} {moved}"));
    v.add("moving", ", \"VISIBLE\", \"LOCKED\"", 4, "type = \"striped\" stripe_count = 1 stripes = [\"pvmove0\", 0]");

    let lvm = Lvm::new(&[1024]);
    restore(&lvm, "kinds", 9, &v.text);
    let (assembled, problems) = agrees(&lvm);
    assert_eq!(problems, []);
    assert_eq!(assembled.group.extents - assembled.group.free_extents, u64::from(v.next) + 8);
    let looked_at = assembled.group.logical_volumes.iter().filter(|v| v.content.is_some());
    let merging = assembled.group.logical_volumes.iter().filter(|v| v.merging);
    assert_eq!(merging.map(|v| v.name.as_str()).collect::<Vec<_>>(), ["merged"]);
    assert_eq!(looked_at.map(|v| v.name.as_str()).collect::<Vec<_>>(), ["r", "m", "org", "cow", "ca", "moving"]);
}

#[test]
fn three_hundred_volumes_in_a_text_far_longer_than_one_read() {
    let mut v = Volumes::default();
    (0..300).for_each(|n| v.linear(&format!("lv{n}"), ", \"VISIBLE\"", 1 + n % 3));
    let lvm = Lvm::new(&[4096]);
    restore(&lvm, "many", 7, &v.text);
    let (assembled, problems) = agrees(&lvm);
    assert_eq!(problems, []);
    assert_eq!(assembled.group.logical_volumes.len(), 300);
    assert!(first_area(&*lvm.open(0)).committed.unwrap().bytes > 64 << 10);
}
