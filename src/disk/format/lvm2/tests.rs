mod grammar;
mod labels;

use super::layout::Layout;
use super::metadata_area::Header;
use super::sample::{self, Sample, id, linear, logical, text};
use super::volume_group::{AreaOf, SegmentKind};
use super::*;
use crate::base::ids::Id;
use std::time::{Duration, Instant};

#[test]
fn the_text_becomes_a_group() {
    let volumes = [
        linear("swap", 11, 4, 0, 8),
        logical(
            "1st",
            12,
            6,
            "type = \"striped\" stripe_count = 2 stripe_size = 16 stripes = [\"pv0\", 0, \"pv1\", 5]",
        ),
        logical("pool", 13, 9, "type = \"thin-pool+X\" pool = \"t\" other { deep { } }"),
    ];
    let group = VolumeGroup::parse(text(42, &[1, 2], &volumes.concat()).as_bytes()).unwrap();
    assert_eq!((group.name.as_str(), group.seqno, group.extent_bytes), ("vg0", 42, 65536));
    assert_eq!(group.uuid.to_string(), id(900));
    assert_eq!(group.flags, ["resizeable", "read"]);
    let second = &group.physical_volumes[1];
    assert_eq!((second.uuid.to_string(), second.first_extent_bytes, second.extents), (id(2), 65536, 31));
    assert_eq!((second.device_hint.as_deref(), second.device_bytes), (Some("/dev/sd1"), Some(2 << 20)));
    let [swap, first, pool] = group.logical_volumes.as_slice() else { panic!("{group:?}") };
    assert_eq!((swap.name.as_str(), swap.visible, &*swap.segments[0].type_name()), ("swap", true, "linear"));
    assert_eq!((first.segments[0].stripe_bytes, first.segments[0].area_extents()), (8192, 3));
    assert_eq!(first.segments[0].areas[1].of, AreaOf::Physical(1));
    assert_eq!(pool.segments[0].kind, SegmentKind::Other("thin-pool".into()));
    assert_eq!(Layout::of(&group), Layout { allocated: vec![7, 3], contradictions: vec![] });
}

#[test]
fn sections_may_come_in_any_order_and_physical_volumes_have_any_name() {
    let source = text(1, &[1, 2], &linear("a", 3, 2, 1, 0)).replace("pv0", "Pv").replace("pv1", "pv0");
    let (start, rest) = source.split_once("physical_volumes").unwrap();
    let (physical, rest) = rest.split_once("logical_volumes").unwrap();
    let (logical, end) = rest.split_once("}\n}\n}\n}\n").unwrap();
    let swapped = format!("{start}logical_volumes{logical}}}\n}}\n}}\nphysical_volumes{physical}}}\n{end}");
    let group = VolumeGroup::parse(swapped.as_bytes()).unwrap();
    assert_eq!(group, VolumeGroup::parse(source.as_bytes()).unwrap());
    assert_eq!(group.logical_volumes[0].segments[0].areas[0].of, AreaOf::Physical(1));
}

#[test]
fn a_text_that_lacks_something_or_names_what_is_not_there_is_refused() {
    let good = text(7, &[1], &linear("a", 2, 2, 0, 0));
    let refused = [
        ("seqno = 7", ""),
        ("seqno = 7", "seqno = -7"),
        ("extent_size = 128", "extent_size = 0"),
        ("extent_size = 128", "extent_size = 9223372036854775807"),
        ("pe_count = 31", "pe_count = 4294967296"),
        ("pe_start = 128", ""),
        ("\"aaaaaa-0000-0000-0000-0000-0000-000002\"", "\"aaaaaa\""),
        ("\"pv0\", 0", "\"pv9\", 0"),
        ("\"pv0\", 0", "\"pv0\""),
        ("\"pv0\", 0", "0, \"pv0\""),
        ("\"pv0\", 0", "\"pv0\", -1"),
        ("stripe_count = 1", "stripe_count = 2"),
        ("stripe_count = 1", "stripe_count = 0"),
        ("segment_count = 1", "segment_count = 2"),
        ("extent_count = 2", "extent_count = 0"),
        ("start_extent = 0", ""),
        ("version = 1", "version = 2"),
        ("contents = \"Text", "contents = \"test"),
        ("vg0 {", "v\u{1b}0 {"),
        ("a {", "b/a {"),
        ("# Generated", "vg1 { }\n# Generated"),
    ];
    assert!(VolumeGroup::parse(good.as_bytes()).is_ok());
    for (from, to) in refused {
        assert!(good.contains(from), "{from}");
        let bad = VolumeGroup::parse(good.replacen(from, to, 1).as_bytes());
        assert!(bad.is_err(), "{from} -> {to}: {bad:?}");
    }
    for cut in 0..good.find("# Generated").unwrap() {
        assert!(VolumeGroup::parse(&good.as_bytes()[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn any_byte_may_change_to_any_other_and_the_parser_survives() {
    let good = text(7, &[1, 2], &(linear("a", 2, 2, 0, 0) + &linear("b", 3, 2, 1, 4)));
    let mut bytes = good.into_bytes();
    for at in 0..bytes.len() {
        let was = bytes[at];
        for now in [0, b'"', b'\\', b'{', b'}', b'[', b']', b'=', b'#', b'9', b'-', 0xff, was ^ 1] {
            bytes[at] = now;
            if let Ok(group) = VolumeGroup::parse(&bytes) {
                let _ = Layout::of(&group);
            }
        }
        bytes[at] = was;
    }
}

#[test]
fn a_million_levels_or_values_or_brackets_end_quickly() {
    let good = text(7, &[1], "");
    let deep = "x {".repeat(1_000_000);
    let array = format!("x = [{}]\n", "1,".repeat(1_000_000));
    for filling in [deep.as_str(), &"[".repeat(1_000_000), &"x={".repeat(500_000), &array, &"\\\"".repeat(500_000)] {
        for place in ["vg0 {", "physical_volumes {", "logical_volumes {", "pv0 {", "# Generated"] {
            let begin = Instant::now();
            assert!(VolumeGroup::parse(good.replacen(place, &format!("{place}\n{filling}"), 1).as_bytes()).is_err());
            assert!(begin.elapsed() < Duration::from_secs(2), "{place}");
        }
    }
}

#[test]
fn segments_that_contradict_each_other_are_reported_and_counted_once() {
    let layout = |volumes: &str| Layout::of(&VolumeGroup::parse(text(1, &[1], volumes).as_bytes()).unwrap());
    let shared = layout(&(linear("a", 2, 10, 0, 0) + &linear("b", 3, 3, 0, 5) + &linear("c", 4, 5, 0, 9)));
    assert_eq!((shared.allocated, shared.contradictions.len()), (vec![14], 2));
    let beyond = layout(&linear("a", 2, 10, 0, 25));
    assert_eq!((beyond.allocated, beyond.contradictions.len()), (vec![6], 1));
    let far = layout(&linear("a", 2, u32::MAX, 0, u32::MAX));
    assert_eq!((far.allocated, far.contradictions.len()), (vec![0], 1));
    let gap = layout(&linear("a", 2, 10, 0, 0).replace("start_extent = 0", "start_extent = 3"));
    assert!(gap.contradictions[0].contains("nothing lies at its extents 0 to 2"), "{gap:?}");
    let two = "segment2 { start_extent = 9 extent_count = 4 type = \"zero\" }\nsegment1 {";
    let twice = linear("a", 2, 10, 0, 0).replace("segment1 {", two).replace("segment_count = 1", "segment_count = 2");
    assert!(layout(&twice).contradictions[0].contains("two segments lie at its extents 9 to 9"));
    let many: String = (0..100).map(|n| linear(&format!("l{n}"), n, 1, 0, 3)).collect();
    assert_eq!(layout(&many).contradictions.len(), 16);
}

#[test]
fn a_text_is_found_within_its_ring_and_nowhere_else() {
    let sample = Sample::with_text_at(5, &"x".repeat(1999), sample::AREA_BYTES - 500);
    let header = Header::parse(&sample.bytes[sample::AREA..][..512], 4096).unwrap();
    let pieces = header.pieces(&header.committed.unwrap()).unwrap();
    assert_eq!((pieces.first.start(), pieces.first.len()), (4096 + (60 << 10) - 500, 500));
    assert_eq!((pieces.second.start(), pieces.second.len()), (4096 + 512, 1500));
    assert_eq!((pieces.locate(499), pieces.locate(500)), (4096 + (60 << 10) - 1, 4096 + 512));

    let ring = (sample::AREA_BYTES - 512) as u64;
    let location = |offset, bytes| metadata_area::TextLocation { offset, bytes, checksum: 0 };
    assert!(header.pieces(&location(512, ring)).is_ok() && header.pieces(&location(9999, ring)).is_ok());
    for (offset, bytes) in [
        (0, 100),
        (511, 100),
        (ring + 512, 1),
        (512, ring + 1),
        (512, 0),
        (u64::MAX, 1),
        (512, u64::MAX),
        (u64::MAX, u64::MAX),
        (600, 1 << 60),
    ] {
        assert!(header.pieces(&location(offset, bytes)).is_err(), "{bytes} at {offset}");
    }
}

#[test]
fn reading_grows_in_line_with_the_text() {
    let many = |count: u32| -> String {
        let volumes: String = (0..count).map(|n| linear(&format!("lv{n}"), n, 1, 0, n)).collect();
        text(1, &[1], &volumes)
    };
    let time = |source: &str| {
        let once = || {
            let begin = Instant::now();
            let group = VolumeGroup::parse(source.as_bytes()).unwrap();
            std::hint::black_box(Layout::of(&group));
            begin.elapsed()
        };
        (0..5).map(|_| once()).min().unwrap()
    };
    let (few, lots) = (time(&many(1_000)), time(&many(20_000)));
    assert!(lots < few * 20 * 10, "1,000 volumes took {few:?}, 20,000 took {lots:?}");
}
