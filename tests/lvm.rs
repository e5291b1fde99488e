//! Volume groups made by the real tools, read here, and compared with what `pvs`, `vgs` and `lvs` say of them.
//!
//! Needs root, loop devices and lvm2. Device-mapper is not needed: nothing is activated.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.

mod support;

use okv_host::disk::physical_volume::{self, Metadata, Reading};
use okv_host::disk::volume_group::{Assembled, PvOnDisk, assemble};
use okv_host::disk::{ProblemId, Segment, VolumeGroup};
use okv_host::format::content::{Content, Kind};
use okv_host::format::lvm2::metadata_area::Header;
use okv_host::image::{Image, Memory};
use support::lvm::{Lvm, Row};

fn read(image: &dyn Image) -> Reading {
    let mut head = vec![0; 16 << 10];
    image.read_at(&mut head, 0).unwrap();
    physical_volume::read(image, &head).unwrap()
}

/// Every visible device, read and assembled. The "content" of a logical volume is its first eight bytes, as a label.
fn scan(lvm: &Lvm) -> (Vec<Reading>, Vec<Assembled>) {
    let paths: Vec<&str> = lvm.visible().collect();
    let images: Vec<_> = paths.iter().map(|path| okv_host::image::open(path.as_ref()).unwrap()).collect();
    let readings: Vec<_> = images.iter().map(|image| read(&**image)).collect();
    let on_disk = paths.iter().zip(&images).zip(&readings);
    let pvs: Vec<_> =
        on_disk.map(|((path, image), reading)| PvOnDisk { path, partition: None, image: &**image, reading }).collect();
    let groups = assemble(&pvs, &mut first_bytes);
    (readings, groups)
}

fn first_bytes(image: &dyn Image) -> (Content, Vec<okv_host::disk::Problem>) {
    let mut bytes = [0; 8];
    image.read_at(&mut bytes, 0).unwrap();
    (Content::new(Kind::Unknown).label(okv_host::bytes::label(&bytes)), Vec::new())
}

/// Compares every field that the tools and this reader share. Gives the only group, and its problems' words.
fn agrees(lvm: &Lvm) -> (Assembled, Vec<ProblemId>) {
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
    let range = |stripe: &okv_host::disk::Stripe| {
        let pv = group.physical_volumes.iter().find(|pv| pv.uuid == stripe.pv).unwrap();
        let path = pv.path.as_deref().unwrap_or("[unknown]");
        format!("{path}:{}-{}", stripe.start_extent, stripe.start_extent + each - 1)
    };
    segment.stripes.iter().map(range).collect::<Vec<_>>().join(" ")
}

/// The header of the metadata area at 4 KiB, where `pvcreate` puts it.
fn first_area(image: &dyn Image) -> Header {
    let mut sector = [0; 512];
    image.read_at(&mut sector, 4096).unwrap();
    Header::parse(&sector, 4096).unwrap()
}

#[test]
fn a_plain_group_of_three_volumes_one_of_them_in_two_segments() {
    let lvm = Lvm::new(&[256]);
    lvm.create("plain");
    lvm.lvcreate("-n root -L 40M plain");
    lvm.lvcreate("-n swap -L 20M plain");
    lvm.lvcreate("-n 1home -L 12M plain");
    lvm.run("lvextend -L +16M plain/root");
    let (assembled, problems) = agrees(&lvm);
    assert_eq!((problems, assembled.members), (vec![], vec![0]));
    assert_eq!(assembled.group.logical_volumes[0].segments.len(), 2);
    assert_eq!(assembled.group.flags, ["resizeable", "read", "write"]);
}

#[test]
fn the_bytes_of_linear_and_striped_volumes_come_from_where_lvm_says() {
    let lvm = Lvm::new(&[64, 64]);
    lvm.create("bytes");
    lvm.lvcreate("-n first -L 8M bytes");
    lvm.lvcreate("-n striped -i2 -I64k -L 16M bytes");
    lvm.lvcreate("-n last -L 8M bytes");
    let starts = lvm.report("lvs --segments", "lv_name,seg_pe_ranges");
    for row in &starts {
        for (turn, range) in row["seg_pe_ranges"].split(' ').enumerate() {
            let (path, extents) = range.split_once(':').unwrap();
            let start: u64 = extents.split('-').next().unwrap().parse().unwrap();
            let index = if path == lvm.device(0) { 0 } else { 1 };
            lvm.write(
                index,
                (1 << 20) + start * (4 << 20),
                format!("{}{turn}\0", row["lv_name"].get(..5).unwrap_or("last")).as_bytes(),
            );
        }
    }
    let (assembled, _) = agrees(&lvm);
    let label = |n: usize| assembled.group.logical_volumes[n].content.clone().unwrap().label.unwrap();
    assert_eq!([label(0), label(1), label(2)], ["first0", "strip0", "last0"].map(str::to_owned));

    // The second stripe begins where the first one's 64 KiB end.
    let images = [lvm.open(0), lvm.open(1)];
    let readings = [read(&*images[0]), read(&*images[1])];
    let pv = |n: usize| PvOnDisk { path: "", partition: None, image: &*images[n], reading: &readings[n] };
    let mut seen = Vec::new();
    assemble(&[pv(0), pv(1)], &mut |image| {
        let mut bytes = [0; 6];
        image.read_at(&mut bytes, 64 << 10).unwrap();
        seen.push(bytes);
        (Content::new(Kind::Unknown), Vec::new())
    });
    assert_eq!(seen[1], *b"strip1");
}

#[test]
fn metadata_that_wraps_round_the_ring() {
    let lvm = Lvm::new(&[64]);
    lvm.run("pvcreate --metadatasize 60k --dataalignment 64k {0}");
    lvm.run("vgcreate ring {0}");
    lvm.lvcreate("-n data -L 8M ring");
    for round in 0..100 {
        let tag = format!("tag{round}{}", "x".repeat(100));
        lvm.run(&format!("lvchange --addtag {tag} ring/data"));
        let header = first_area(&*lvm.open(0));
        let pieces = header.pieces(&header.committed.unwrap()).unwrap();
        if !pieces.second.is_empty() {
            let (_, problems) = agrees(&lvm);
            assert_eq!(problems, []);
            return;
        }
    }
    panic!("the text never wrapped");
}

#[test]
fn a_label_in_each_of_the_four_sectors() {
    for sector in 0..4 {
        let lvm = Lvm::new(&[32]);
        lvm.run(&format!("pvcreate --labelsector {sector} {{0}}"));
        lvm.run(&format!("vgcreate sector{sector} {{0}}"));
        assert_eq!(agrees(&lvm).1, []);
        assert_eq!(read(&*lvm.open(0)).label.unwrap().at, sector * 512);
    }
}

#[test]
fn two_metadata_areas_of_which_the_first_is_destroyed() {
    let lvm = Lvm::new(&[64]);
    lvm.run("pvcreate --metadatacopies 2 {0}");
    lvm.run("vgcreate twice {0}");
    lvm.lvcreate("-n data -L 8M twice");
    let (sound, _) = agrees(&lvm);
    lvm.write(0, 4096 + 40, &[0xff; 64]);
    let (readings, groups) = scan(&lvm);
    assert_eq!(groups[0].group, sound.group);
    let problems: Vec<_> = readings[0].problems.iter().map(|p| p.id).collect();
    assert_eq!(problems, [ProblemId::LvmDamaged]);
    assert!(readings[0].problems[0].message.contains("at byte 4096"), "{:?}", readings[0].problems);
}

#[test]
fn volumes_without_metadata_or_told_to_ignore_theirs() {
    let lvm = Lvm::new(&[64, 64, 64]);
    lvm.run("pvcreate --metadatacopies 0 {0}");
    lvm.run("pvcreate {1} {2}");
    lvm.run("vgcreate quiet {0} {1} {2}");
    lvm.run("pvchange --metadataignore y {1}");
    lvm.lvcreate("-n data -i3 -L 24M quiet");
    let (assembled, problems) = agrees(&lvm);
    assert_eq!((assembled.members, problems), (vec![0, 1, 2], vec![]));
    let (readings, _) = scan(&lvm);
    assert_eq!([&readings[0].metadata, &readings[1].metadata], [&Metadata::Absent; 2]);
}

#[test]
fn a_group_over_three_volumes_of_which_one_is_missing() {
    let mut lvm = Lvm::new(&[64, 64, 64]);
    lvm.create("gap");
    lvm.lvcreate("-n here -L 8M gap {0}".replace("{0}", lvm.device(0)).as_str());
    lvm.lvcreate("-n there -L 8M gap {1}".replace("{1}", lvm.device(1)).as_str());
    lvm.lvcreate("-n all -i3 -L 24M gap");
    let missing = read(&*lvm.open(1)).label.unwrap().uuid;
    lvm.hide(1);
    let (assembled, problems) = agrees(&lvm);
    assert_eq!(problems, [ProblemId::MissingPv]);
    assert_eq!(assembled.group.missing_pvs, [missing]);
    let looked_at: Vec<bool> = assembled.group.logical_volumes.iter().map(|v| v.content.is_some()).collect();
    assert_eq!(looked_at, [true, false, false]);
}

#[test]
fn an_exported_group() {
    let lvm = Lvm::new(&[64]);
    lvm.create("abroad");
    lvm.lvcreate("-n data -L 8M abroad");
    lvm.run("vgexport abroad");
    let (assembled, problems) = agrees(&lvm);
    assert!(assembled.group.flags.iter().any(|f| f == "exported"));
    assert_eq!(problems, []);
    lvm.run("vgimport abroad");
    assert_eq!(agrees(&lvm).0.group.logical_volumes, assembled.group.logical_volumes);
}

#[test]
fn extents_of_4_kib_and_of_32_mib_and_a_disk_of_4096_byte_sectors() {
    for (sector, extent, size) in [(512, "4k", "60k"), (512, "32m", "64m"), (4096, "4m", "8m")] {
        let lvm = Lvm::with_sectors(sector, &[256]);
        lvm.run("pvcreate {0}");
        lvm.run(&format!("vgcreate -s {extent} extents {{0}}"));
        lvm.lvcreate(&format!("-n data -L {size} extents"));
        assert_eq!(agrees(&lvm).1, [], "{sector} {extent}");
    }
}

#[test]
fn an_orphan_and_a_group_without_volumes() {
    let lvm = Lvm::new(&[64, 64]);
    lvm.run("pvcreate {0} {1}");
    lvm.run("vgcreate empty {1}");
    let (assembled, problems) = agrees(&lvm);
    assert_eq!((assembled.members, problems), (vec![1], vec![]));
    assert_eq!(read(&*lvm.open(0)).metadata, Metadata::Empty);
}

#[test]
fn a_volume_that_missed_a_change_is_stale_and_the_newest_description_is_used() {
    let lvm = Lvm::new(&[16, 16]);
    lvm.create("behind");
    let mut before = vec![0; 16 << 20];
    lvm.open(1).read_at(&mut before, 0).unwrap();
    lvm.lvcreate("-n data -L 4M behind");
    let (current, problems) = agrees(&lvm);
    assert_eq!(problems, []);

    let images: [Box<dyn Image>; 2] = [Box::new(Memory::new(before)), lvm.open(0)];
    let readings = [read(&*images[0]), read(&*images[1])];
    let paths = [lvm.device(1), lvm.device(0)];
    let pv = |n: usize| PvOnDisk { path: paths[n], partition: None, image: &*images[n], reading: &readings[n] };
    let groups = assemble(&[pv(0), pv(1)], &mut first_bytes);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].group, current.group);
    assert_eq!(groups[0].problems.iter().map(|p| p.id).collect::<Vec<_>>(), [ProblemId::LvmStale]);
    assert!(groups[0].problems[0].message.contains(lvm.device(1)), "{:?}", groups[0].problems);
}

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
    assert_eq!(looked_at.map(|v| v.name.as_str()).collect::<Vec<_>>(), ["org", "cow"]);
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
