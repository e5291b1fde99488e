use super::fields::{dashed_id, parse_id};
use super::layout::Layout;
use super::metadata_area::Header;
use super::sample::{self, Sample, id, linear, logical, text};
use super::text::{Bad, Item, Text, Value, unescape};
use super::volume_group::{AreaOf, SegmentKind};
use super::*;
use crate::base::ids::Id;
use std::time::{Duration, Instant};

fn values(source: &str) -> Result<Vec<Value<'_>>, Bad> {
    let mut text = Text::new(source.as_bytes());
    let mut values = Vec::new();
    assert_eq!(text.item()?, Item::Setting(b"a"));
    text.each(|_, value| {
        values.push(value);
        Ok(())
    })?;
    match text.item()? {
        Item::EndOfText => Ok(values),
        _ => Err(text.bad("more")),
    }
}

#[test]
fn values_are_strings_integers_of_64_bits_floats_and_arrays_of_them() {
    assert_eq!(values("a=1"), Ok(vec![Value::Integer(1)]));
    assert_eq!(values("a = -9223372036854775808 # b = 2"), Ok(vec![Value::Integer(i64::MIN)]));
    assert_eq!(values("a = 9223372036854775807\n"), Ok(vec![Value::Integer(i64::MAX)]));
    assert_eq!(values("a = 1.5"), Ok(vec![Value::Float]));
    assert_eq!(values("a = []"), Ok(vec![]));
    assert_eq!(
        values("a\n=\t[ \"x ]#\", -3 , # no\n \"\"]\0 rubbish"),
        Ok(vec![Value::String(b"x ]#"), Value::Integer(-3), Value::String(b"")])
    );
    assert_eq!(unescape(br#"a \"b\" \\"#), "a \"b\" \\");
    assert_eq!(values(r#"a = "\"\\""#), Ok(vec![Value::String(br#"\"\\"#)]));
}

#[test]
fn what_breaks_the_grammar_is_told_with_its_place() {
    for bad in
        ["a", "a =", "a = b", "a = [1", "a = [1 2]", "a = [[1]]", "a = \"x", "a = \"\\", "a = }", "a = 1 }", "= 1"]
    {
        let mut text = Text::new(bad.as_bytes());
        let result = text.item().and_then(|_| text.skip_value()).and_then(|()| text.item());
        assert!(result != Ok(Item::EndOfText), "{bad}: {result:?}");
    }
    for number in ["9223372036854775808", "-9223372036854775809", "1-2", "--1", "+", ".", "1e", "1.2.3"] {
        assert_eq!(values(&format!("a = {number}")).map_err(|bad| bad.at), Err(4), "{number}");
    }
}

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
fn segments_that_contradict_each_other_are_told_and_counted_once() {
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
fn a_label_has_to_be_right_in_every_field() {
    let good = Sample::new(5, "");
    let label = label::find(&good.bytes).unwrap().unwrap();
    assert_eq!((label.at, label.uuid.to_string(), label.device_bytes), (512, id(5), 2 << 20));
    assert_eq!(label.metadata_areas, [crate::base::units::ByteRange::new(4096, 60 << 10).unwrap()]);
    assert_eq!(label.extension, Some(label::Extension { version: 2, in_use: true, bootloader_areas: vec![] }));
    for at in 0..512 {
        for bit in 0..8 {
            let mut bytes = good.bytes[..2048].to_vec();
            bytes[sample::LABEL + at] ^= 1 << bit;
            assert!(matches!(label::find(&bytes), Some(Err(_))), "byte {at} bit {bit}");
        }
    }
    for header in [0, 31, 472, 481, 511, 512, 0xffff_ffff_u32] {
        let mut bent = Sample::new(5, "");
        bent.put(sample::LABEL + 20, &header.to_le_bytes());
        let bad = label::find(&bent.sealed().bytes).unwrap();
        assert!(bad.is_err(), "{header}: {bad:?}");
    }
    // A list that never ends, and an area that ends beyond 2^64.
    let mut full = Sample::new(5, "");
    full.put(sample::LABEL + 72, &[7; 440]);
    assert!(label::find(&full.sealed().bytes).unwrap().is_err());
    assert!(label::find(&Sample::new(5, "").bent(sample::LABEL + 112, u64::MAX).bytes).unwrap().is_err());
}

#[test]
fn a_sound_label_is_preferred_to_a_damaged_one_before_it() {
    let mut bytes = Sample::new(5, "").bytes;
    bytes.copy_within(512..1024, 0);
    assert_eq!(label::find(&bytes).unwrap().unwrap().at, 512);
    bytes[600] ^= 1;
    assert_eq!(label::find(&bytes).unwrap().unwrap_err().at, 8);
    assert_eq!(label::find(&[0; 2048]), None);
    assert_eq!(label::find(&[]), None);
    assert_eq!(label::find(b"LABELONE").map(|l| l.is_err()), Some(true));
}

#[test]
fn the_signature_tells_identity_and_size() {
    let bytes = Sample::new(5, "").bytes;
    let windows = Windows::new(bytes.len() as u64).with(0, &bytes[..4096]);
    let found = find(&windows).unwrap();
    assert_eq!(found.content.uuid.unwrap().to_string(), id(5));
    assert_eq!((found.content.kind, found.content.bytes), (Kind::Lvm2Pv, Some(2 << 20)));
    assert_eq!(found.problems, []);
    assert!(find(&Windows::new(1 << 20).with(0, &[0; 4096])).is_none());
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
    assert!(lots < few * 20 * 5, "1,000 volumes took {few:?}, 20,000 took {lots:?}");
}

#[test]
fn an_identifier_has_32_characters_and_dashes_anywhere() {
    let id = Some(Id::Lvm(*b"F1eDfYPyykfcfxndX2ebS94MHfsMfFyH"));
    assert_eq!(parse_id(b"F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH"), id);
    assert_eq!(dashed_id(b"F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH"), id);
    assert_eq!(parse_id(b"F1eDfYPyykfcfxndX2ebS94MHfsMfFyH"), id);
    assert_eq!(parse_id(b"-F1eDfYP-yykfcf-xndX2eb-S94MHfsMfFyH-"), id);
    for bad in ["", "F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFy", "F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyHx"] {
        assert_eq!(parse_id(bad.as_bytes()), None, "{bad}");
    }
    let good = b"F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH";
    for at in 0..good.len() {
        let mut bad = *good;
        bad[at] = b'_';
        assert_eq!((parse_id(&bad), dashed_id(&bad)), (None, None), "{at}");
    }
}

#[test]
fn an_identifier_in_a_text_is_taken_with_dashes_elsewhere_too_and_its_string_has_to_end() {
    let plain = "F1eDfYPyykfcfxndX2ebS94MHfsMfFyH";
    let dashed = "F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH";
    let group = |uuid: &str| {
        let text = format!(
            "vg {{\nid = {uuid}\nseqno = 1\nextent_size = 8192\n}}\ncontents = \"Text Format Volume Group\"\nversion = 1\n"
        );
        VolumeGroup::parse(text.as_bytes()).map(|group| group.uuid).map_err(|bad| bad.why)
    };
    let id = Id::Lvm(plain.as_bytes().try_into().unwrap());
    for uuid in [format!("\"{plain}\""), format!("\"{dashed}\""), format!("# why\n\t\"{dashed}\" # so")] {
        assert_eq!(group(&uuid), Ok(id), "{uuid}");
    }
    assert!(group(&format!("\"{dashed}")).is_err());
    assert!(group(&format!("\"{dashed}x\"")).is_err());
    assert!(group(dashed).is_err());
}

#[test]
fn numbers_are_the_same_whether_digits_alone_or_not() {
    let one = |number: &str| {
        let text = format!("{number} next = 1");
        let mut text = Text::new(text.as_bytes());
        let value = text.one_integer::<i64>().ok()?;
        (text.item() == Ok(Item::Setting(b"next"))).then_some(value)
    };
    for (number, value) in [
        ("0", Some(0)),
        ("007", Some(7)),
        ("+7", Some(7)),
        ("-7", Some(-7)),
        ("9223372036854775807", Some(i64::MAX)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("9223372036854775808", None),
        ("12.5", None),
        ("12e3", None),
        ("12-3", None),
        ("12+", None),
        ("-", None),
    ] {
        assert_eq!(one(number), value, "{number}");
    }
}
