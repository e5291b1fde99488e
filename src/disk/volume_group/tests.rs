use super::*;
use crate::disk::format::content::Kind;
use crate::disk::format::lvm2::sample::{AREA, LABEL, Sample, id, linear, logical, text};
use crate::disk::physical_volume::read;
use crate::io::image::Memory;

struct Pv {
    path: String,
    image: Memory,
    reading: Reading,
}

fn pv(path: &str, sample: Sample) -> Pv {
    let reading = read(&Memory::new(sample.bytes.clone()), &sample.bytes[..16 << 10]).unwrap();
    Pv { path: path.into(), image: Memory::new(sample.bytes), reading }
}

fn assembled(pvs: &[Pv]) -> Vec<Assembled> {
    let mut identify = |image: &dyn Image| {
        let mut first = [0; 4];
        image.read_at(&mut first, 0).unwrap();
        let problem = Problem::new(ProblemId::ContentDamaged, "told by the content");
        (Content::new(Kind::Unknown).label(crate::base::bytes::label(&first)), vec![problem])
    };
    let pvs: Vec<_> = pvs
        .iter()
        .map(|pv| PvOnDisk { path: &pv.path, partition: Some(3), image: &pv.image, reading: &pv.reading })
        .collect();
    assemble(&pvs, &mut identify)
}

fn ids(group: &Assembled) -> Vec<ProblemId> {
    group.problems.iter().map(|p| p.id).filter(|id| *id != ProblemId::ContentDamaged).collect()
}

#[test]
fn volumes_are_laid_over_their_disks_and_identified() {
    let text = text(3, &[1, 2], &(linear("a", 11, 4, 0, 2) + &linear("b", 12, 4, 1, 0)));
    let mut first = Sample::new(1, &text);
    first.put((64 << 10) * 3, b"here");
    let group = &assembled(&[pv("d1", first), pv("d2", Sample::new(2, &text))])[0];
    let a = &group.group.logical_volumes[0];
    assert_eq!((a.name.as_str(), a.bytes), ("a", 4 << 16));
    assert_eq!(a.content.as_ref().unwrap().label.as_deref(), Some("here"));
    assert_eq!((group.group.extents, group.group.free_extents, ids(group)), (62, 54, vec![]));
    let d1 = &group.group.physical_volumes[0];
    assert_eq!((d1.path.as_deref(), d1.partition, d1.free_extents), (Some("d1"), Some(3), 27));
    assert_eq!(group.problems[0].message, "logical volume vg0/a: told by the content");
}

#[test]
fn a_missing_volume_is_named_and_what_needs_it_is_not_looked_at() {
    let text = text(3, &[1, 2], &(linear("a", 11, 4, 0, 2) + &linear("b", 12, 4, 1, 0)));
    let group = &assembled(&[pv("d1", Sample::new(1, &text))])[0];
    assert_eq!(group.group.missing_pvs.iter().map(ToString::to_string).collect::<Vec<_>>(), [id(2)]);
    assert_eq!(ids(group), [ProblemId::MissingPv]);
    assert!(group.problems[0].message.contains("/dev/sd1"));
    let looked_at: Vec<bool> = group.group.logical_volumes.iter().map(|v| v.content.is_some()).collect();
    assert_eq!(looked_at, [true, false]);
    assert_eq!(group.group.extents, 62);
}

#[test]
fn a_volume_that_came_back_after_a_change_without_it_counts_as_missing() {
    let text = text(3, &[1, 2], &linear("b", 12, 4, 1, 0));
    let (before, after) = text.split_at(text.find("pv1").unwrap());
    let text = format!("{before}{}", after.replacen("flags = []", "flags = [\"MISSING\"]", 1));
    let group = &assembled(&[pv("d1", Sample::new(1, &text)), pv("d2", Sample::new(2, &text))])[0];
    assert_eq!((group.group.missing_pvs.len(), ids(group)), (1, vec![ProblemId::MissingPv]));
    assert_eq!((group.members.as_slice(), &group.group.logical_volumes[0].content), (&[0, 1][..], &None));
}

#[test]
fn the_highest_version_is_used_and_older_or_other_ones_are_reported() {
    let (old, new) = (text(3, &[1, 2], ""), text(4, &[1, 2], &linear("a", 11, 4, 0, 2)));
    let group = &assembled(&[pv("d1", Sample::new(1, &old)), pv("d2", Sample::new(2, &new))])[0];
    assert_eq!((group.group.seqno, group.group.logical_volumes.len()), (4, 1));
    assert_eq!(ids(group), [ProblemId::LvmStale]);

    let other = text(4, &[1, 2], "");
    let group = &assembled(&[pv("d1", Sample::new(1, &new)), pv("d2", Sample::new(2, &other))])[0];
    assert_eq!((group.group.logical_volumes.len(), ids(group)), (1, vec![ProblemId::LvmStale]));

    let mut empty = Sample::new(2, "");
    empty.put(AREA + 40, &[0; 24]);
    let group = &assembled(&[pv("d1", Sample::new(1, &new)), pv("d2", empty.sealed())])[0];
    assert_eq!(ids(group), [ProblemId::LvmStale]);

    let gone = &assembled(&[pv("d1", Sample::new(1, &text(4, &[1], ""))), pv("d2", Sample::new(2, &old))])[0];
    assert_eq!((gone.members.as_slice(), ids(gone)), (&[0, 1][..], vec![ProblemId::LvmStale]));
    assert!(gone.problems[0].message.contains("no longer"));
}

#[test]
fn one_identity_on_two_disks_and_one_name_on_two_groups_are_reported() {
    let text = text(3, &[1], &linear("a", 11, 4, 0, 2));
    let twice = &assembled(&[pv("d1", Sample::new(1, &text)), pv("d2", Sample::new(1, &text))]);
    assert_eq!((twice.len(), twice[0].members.as_slice()), (1, &[0, 1][..]));
    assert_eq!(ids(&twice[0]), [ProblemId::Duplicate]);
    assert!(twice[0].problems[0].message.contains("d1 partition 3, d2 partition 3"), "{:?}", twice[0].problems);

    let fleet: Vec<Pv> = (0..50).map(|n| pv(&format!("d{n}"), Sample::new(1, &text))).collect();
    let copies = &assembled(&fleet)[0];
    assert_eq!((copies.members.len(), ids(copies)), (50, vec![ProblemId::Duplicate]));
    assert!(copies.problems[0].message.contains("50 times") && copies.problems[0].message.len() < 300);

    let other = text.replace(&id(900), &id(901)).replace(&id(1), &id(2));
    let groups = assembled(&[pv("d1", Sample::new(1, &text)), pv("d2", Sample::new(2, &other))]);
    assert_eq!(groups.iter().map(ids).collect::<Vec<_>>(), [[ProblemId::Duplicate]; 2]);
}

#[test]
fn a_volume_without_metadata_of_its_own_is_found_by_its_identity() {
    let text = text(3, &[1, 2], &linear("b", 12, 4, 1, 0));
    let mut bare = Sample::new(2, &text);
    bare.put(LABEL + 104, &[0; 48]);
    let group = &assembled(&[pv("d1", bare.sealed()), pv("d2", Sample::new(1, &text))])[0];
    assert_eq!((group.members.as_slice(), ids(group)), (&[0, 1][..], vec![]));
    assert!(group.group.logical_volumes[0].content.is_some());
}

#[test]
fn contradictions_are_reported_and_no_volume_is_identified() {
    let text = text(3, &[1], &(linear("a", 11, 4, 0, 2) + &linear("b", 12, 4, 0, 4)));
    let group = &assembled(&[pv("d1", Sample::new(1, &text))])[0];
    assert_eq!(ids(group), [ProblemId::LvmDamaged]);
    assert!(group.group.logical_volumes.iter().all(|v| v.content.is_none()));
    assert_eq!(group.group.free_extents, 25);
}

#[test]
fn hidden_volumes_are_counted_but_not_listed_and_other_types_are_named() {
    let hidden = linear("t_tdata", 12, 4, 0, 0).replace(", \"VISIBLE\"", "");
    let pool = logical("t", 11, 4, "type = \"thin-pool\"\npool = \"t_tdata\"");
    let group = &assembled(&[pv("d1", Sample::new(1, &text(3, &[1], &(pool + &hidden))))])[0];
    let [listed] = group.group.logical_volumes.as_slice() else { panic!("{group:?}") };
    assert_eq!((listed.name.as_str(), &*listed.segments[0].kind), ("t", "thin-pool"));
    assert_eq!((&listed.content, &listed.segments[0].stripes, group.group.free_extents), (&None, &vec![], 27));
}

#[test]
fn sizes_that_overflow_do_not_panic() {
    let huge = text(3, &[1], &linear("a", 11, u32::MAX, 0, 0))
        .replace("extent_size = 128", "extent_size = 36028797018963967")
        .replace("pe_count = 31", "pe_count = 4294967295")
        .replace("pe_start = 128", "pe_start = 36028797018963967");
    let group = &assembled(&[pv("d1", Sample::new(1, &huge))])[0];
    assert_eq!((group.group.logical_volumes[0].bytes, &group.group.logical_volumes[0].content), (u64::MAX, &None));
}

/// A hidden linear volume.
fn part(name: &str, number: u32, extents: u32, start: u32) -> String {
    linear(name, number, extents, 0, start).replace(", \"VISIBLE\"", "")
}

const RAID: &str = "type = \"raid1\"\ndevice_count = 2\nraids = [\"r_m0\", \"r_i0\", \"r_m1\", \"r_i1\"]";
/// Where extent 0 begins, and how long an extent is.
const EXTENT: usize = 64 << 10;

/// A superblock of dm-raid: events, images that failed, and how far the image was made anew.
fn raid_superblock(events: u64, failed: u64, recovered: u64) -> Vec<u8> {
    let words = [0, events, failed, recovered].map(u64::to_le_bytes).concat();
    [b"DmRd".as_slice(), &[0; 4], &words].concat()
}

/// The label of a raid1 whose images begin with "one" and "two".
fn seen_in_raid1(superblocks: [Vec<u8>; 2]) -> Option<String> {
    let parts = [part("r_m0", 12, 1, 0), part("r_i0", 13, 4, 1), part("r_m1", 14, 1, 5), part("r_i1", 15, 4, 6)];
    let text = text(3, &[1], &(logical("r", 11, 4, RAID) + &parts.concat()));
    let mut sample = Sample::new(1, &text);
    for (block, (at, image, name)) in superblocks.into_iter().zip([(0, 1, b"one\0"), (5, 6, b"two\0")]) {
        sample.put(EXTENT * (1 + at), &block);
        sample.put(EXTENT * (1 + image), name);
    }
    let volume = assembled(&[pv("d1", sample)]).remove(0).group.logical_volumes.remove(0);
    assert_eq!((&*volume.segments[0].kind, volume.segments[0].stripes.len()), ("raid1", 0));
    volume.content?.label
}

#[test]
fn a_raid1_is_read_from_an_image_that_all_superblocks_call_whole_and_from_no_other() {
    let whole = |events| raid_superblock(events, 0, u64::MAX);
    let none = || vec![0; 48];
    for (superblocks, seen) in [
        ([none(), none()], Some("one")),
        ([whole(7), whole(7)], Some("one")),
        ([whole(6), whole(7)], Some("two")),
        ([whole(7), raid_superblock(8, 1, u64::MAX)], Some("two")),
        ([raid_superblock(7, 0, 4096), whole(7)], Some("two")),
        ([none(), whole(7)], Some("two")),
        ([raid_superblock(7, 0, 0), raid_superblock(7, 0, 0)], None),
    ] {
        let case = format!("{superblocks:?}");
        assert_eq!(seen_in_raid1(superblocks).as_deref(), seen, "{case}");
    }
}

#[test]
fn a_mirror_a_move_under_way_and_a_cache_that_writes_through_are_followed() {
    let followed = |top: String, parts: &[String]| {
        let mut sample = Sample::new(1, &text(3, &[1], &(top + &parts.concat())));
        sample.put(EXTENT * 2, b"old\0");
        sample.put(EXTENT * 6, b"new\0");
        assembled(&[pv("d1", sample)]).remove(0).group.logical_volumes.remove(0).content.and_then(|c| c.label)
    };
    let is = |label: &str| Some(label.to_owned());
    let legs = [part("m0", 12, 4, 1), part("m1", 13, 4, 5)];
    let mirror = "type = \"mirror\"\nmirror_count = 2\nmirrors = [\"m0\", 0, \"m1\", 0]";
    assert_eq!(followed(logical("m", 11, 4, mirror), &legs), is("old"));
    let moving = "type = \"striped\"\nstripe_count = 1\nstripes = [\"pvmove0\", 0]";
    let moved = "type = \"mirror\"\nmirror_count = 2\nmirrors = [\"pv0\", 1, \"pv0\", 5]";
    let hidden = logical("pvmove0", 12, 4, moved).replace(", \"VISIBLE\"", "");
    assert_eq!(followed(logical("l", 11, 4, moving), &[hidden]), is("old"));
    let cache = |mode: &str| {
        let parts = [
            part("o", 12, 4, 1),
            part("d", 13, 4, 5),
            logical("p", 14, 4, &format!("type = \"cache-pool\"\ncache_mode = \"{mode}\""))
                .replace(", \"VISIBLE\"", ""),
        ];
        followed(logical("c", 11, 4, "type = \"cache\"\ncache_pool = \"p\"\norigin = \"o\""), &parts)
    };
    assert_eq!((cache("writethrough"), cache("writeback")), (is("old"), None));
    for kind in ["writecache", "integrity", "thin", "vdo"] {
        let top = logical("c", 11, 4, &format!("type = \"{kind}\"\norigin = \"o\""));
        assert_eq!(followed(top, &[part("o", 12, 4, 1)]), None, "{kind}");
    }
}

#[test]
fn a_volume_that_is_made_of_itself_has_an_end() {
    let itself = "type = \"striped\"\nstripe_count = 1\nstripes = [\"l\", 0]";
    let group = &assembled(&[pv("d1", Sample::new(1, &text(3, &[1], &logical("l", 11, 4, itself))))])[0];
    assert_eq!(group.group.logical_volumes[0].content, None);
    let raid = "type = \"raid1\"\nraids = [\"r\", \"r\", \"r\", \"r\"]";
    let group = &assembled(&[pv("d1", Sample::new(1, &text(3, &[1], &logical("r", 11, 4, raid))))])[0];
    assert_eq!(group.group.logical_volumes[0].content, None);
}

#[test]
fn a_group_has_its_owner_and_a_volume_the_policy_of_its_group_where_it_has_none() {
    use crate::disk::Allocation;
    let own = linear("b", 12, 4, 0, 8).replacen("segment_count", "allocation_policy = \"cling\"\nsegment_count", 1);
    let text = text(3, &[1], &(linear("a", 11, 4, 0, 2) + &own));
    let plain = &assembled(&[pv("d1", Sample::new(1, &text))])[0].group;
    assert_eq!(plain.system_id, None);
    let policies = |group: &VolumeGroup| group.logical_volumes.iter().map(|v| v.allocation).collect::<Vec<_>>();
    assert_eq!(policies(plain), [Allocation::Normal, Allocation::Cling]);
    let with = "seqno = 3\nsystem_id = \"okv1\"\nallocation_policy = \"contiguous\"";
    let owned = &assembled(&[pv("d1", Sample::new(1, &text.replacen("seqno = 3", with, 1)))])[0].group;
    assert_eq!(owned.system_id.as_deref(), Some("okv1"));
    assert_eq!(policies(owned), [Allocation::Contiguous, Allocation::Cling]);
    let json = serde_json::to_string(plain).unwrap();
    assert!(!json.contains("system_id") && json.matches("allocation").count() == 1, "{json}");
}
