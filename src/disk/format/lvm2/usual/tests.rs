use super::super::text::{BY_GRAMMAR_ALONE, Text};
use super::super::volume_group::VolumeGroup;

fn both_ways_agree(text: &[u8]) {
    let usual = VolumeGroup::parse(text);
    BY_GRAMMAR_ALONE.set(true);
    let by_grammar = VolumeGroup::parse(text);
    BY_GRAMMAR_ALONE.set(false);
    assert_eq!(usual, by_grammar, "{}", String::from_utf8_lossy(text));
}

/// As LVM2 2.03 writes it: nothing of it is left to the grammar but the sections.
const TEXT: &str = r#"vg {
id = "NRAf4P-K0Bz-U3Y9-EsiU-1MOJ-yWmB-g44xgR"
seqno = 5
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = 8192
max_lv = 0
max_pv = 0
metadata_copies = 0

physical_volumes {

pv0 {
id = "laHrVz-5F8e-6ZIN-vvag-eo80-Qztc-hiOJic"
device = "/dev/sda3"

status = ["ALLOCATABLE"]
flags = []
dev_size = 7071744
pe_start = 2048
pe_count = 863
}
}

logical_volumes {

lv {
id = "gWFs1i-qIuj-lYiv-JRbG-9UT9-8VoT-su7Nob"
status = ["READ", "WRITE", "VISIBLE"]
flags = []
creation_time = 1795818291
creation_host = "vm"
segment_count = 2

segment1 {
start_extent = 0
extent_count = 300

type = "striped"
stripe_count = 1

stripes = [
"pv0", 0
]
}
segment2 {
start_extent = 300
extent_count = 50

type = "striped"
stripe_count = 1

stripes = [
"pv0", 578
]
}
}
}

}
contents = "Text Format Volume Group"
version = 1
"#;

#[test]
fn every_part_of_what_lvm2_writes_is_read_as_usual() {
    let after = |before: &str| Text::new(TEXT.split_once(before).unwrap().1.as_bytes());
    assert!(super::group_head(&mut after("vg {")).is_some());
    assert!(super::physical_volume(&mut after("pv0 {")).is_some());
    assert_eq!(super::logical_head(&mut after("lv {")).map(|(_, segments)| segments), Some(2));
    let mut names = super::Names::default();
    names.push(b"pv0");
    for name in ["segment1 {", "segment2 {"] {
        assert!(super::segment(&mut after(name), &mut names).is_some(), "{name}");
    }
    let group = VolumeGroup::parse(TEXT.as_bytes()).unwrap();
    assert_eq!((group.logical_volumes[0].segments.len(), group.extent_bytes), (2, 8192 * 512));
}

#[test]
fn a_text_with_one_byte_changed_is_read_as_the_grammar_has_it() {
    let text = TEXT.as_bytes();
    both_ways_agree(text);
    for at in 0..text.len() {
        let mut changed = text.to_vec();
        for byte in *b"\0\n\t #{}[]=,\"\\-.e019aZ\xff" {
            changed[at] = byte;
            both_ways_agree(&changed);
        }
    }
}

#[test]
fn a_text_with_a_byte_less_or_more_or_without_its_end_is_read_as_the_grammar_has_it() {
    let text = TEXT.as_bytes();
    for at in 0..text.len() {
        both_ways_agree(&text[..at]);
        both_ways_agree(&[&text[..at], &text[at + 1..]].concat());
        for byte in *b"\0\n \"09-" {
            both_ways_agree(&[&text[..at], &[byte], &text[at..]].concat());
        }
    }
}

#[test]
fn numbers_out_of_range_and_lines_in_another_order_are_read_as_the_grammar_has_them() {
    for number in ["4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "18014398509481984", "-1"]
    {
        for line in TEXT.lines().filter(|line| line.ends_with(|c: char| c.is_ascii_digit())) {
            let name = line.split_once(" = ").map_or("\"pv0\",", |(name, _)| name);
            let with = if name.starts_with('"') { format!("{name} {number}") } else { format!("{name} = {number}") };
            both_ways_agree(TEXT.replace(line, &with).as_bytes());
        }
    }
    let lines: Vec<&str> = TEXT.lines().collect();
    for at in 1..lines.len() {
        let mut swapped = lines.clone();
        swapped.swap(at - 1, at);
        both_ways_agree(swapped.join("\n").as_bytes());
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        both_ways_agree(twice.join("\n").as_bytes());
    }
}
