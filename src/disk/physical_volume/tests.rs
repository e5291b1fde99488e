use super::*;
use crate::disk::format::content::Kind;
use crate::disk::format::lvm2::checksum;
use crate::disk::format::lvm2::sample::{AREA, AREA_BYTES, BYTES, LABEL, Sample, id, linear, text};
use crate::io::image::{Faulty, Memory, Recording};

/// Reads `bytes` as a volume, and checks that nothing was read that is not there.
fn reading(bytes: Vec<u8>) -> Option<Reading> {
    let head = bytes[..bytes.len().min(16 << 10)].to_vec();
    let volume = Memory::new(bytes);
    let recording = Recording::new(&volume);
    let reading = read(&recording, &head);
    assert!(recording.reads().iter().all(|range| range.end() <= volume.bytes()));
    reading
}

fn words(reading: &Reading) -> Vec<ProblemId> {
    reading.problems.iter().map(|problem| problem.id).collect()
}

fn group(reading: &Reading) -> &VolumeGroup {
    match &reading.metadata {
        Metadata::Group { group, .. } => group,
        other => panic!("{other:?}: {:?}", reading.problems),
    }
}

fn sample_text() -> String {
    text(3, &[1, 2], &(linear("a", 11, 4, 0, 0) + &linear("b", 12, 4, 1, 0)))
}

/// A copy of the first area, header and all, as the second one.
fn with_second_area(mut sample: Sample) -> Sample {
    let second = BYTES - AREA_BYTES;
    sample.put64(LABEL + 120, second as u64);
    sample.put64(LABEL + 128, AREA_BYTES as u64);
    sample.bytes.copy_within(LABEL + 136..LABEL + 144, LABEL + 152);
    sample.put(LABEL + 136, &[0; 8]);
    sample.bytes.copy_within(AREA..AREA + AREA_BYTES, second);
    let mut header = sample.bytes[second..second + 512].to_vec();
    header[24..32].copy_from_slice(&(second as u64).to_le_bytes());
    let crc = checksum(&[&header[4..]]);
    header[..4].copy_from_slice(&crc.to_le_bytes());
    sample.put(second, &header);
    sample.sealed()
}

#[test]
fn a_small_group_is_read_from_the_head_alone() {
    let sample = Sample::new(1, &sample_text());
    let volume = Memory::new(sample.bytes);
    let recording = Recording::new(&volume);
    let mut head = vec![0; 16 << 10];
    volume.read_at(&mut head, 0).unwrap();
    let reading = read(&recording, &head).unwrap();
    assert_eq!((group(&reading).name.as_str(), words(&reading)), ("vg0", vec![]));
    assert_eq!(reading.found.content.kind, Kind::Lvm2Pv);
    assert_eq!(reading.found.content.uuid.unwrap().to_string(), id(1));
    assert_eq!(recording.reads(), []);
}

#[test]
fn a_text_outside_the_head_is_one_read_and_a_wrapped_one_two() {
    for (offset, reads) in [(20_000, 1), (AREA_BYTES - 100, 1), (AREA_BYTES - 1, 1)] {
        let sample = Sample::with_text_at(1, &sample_text(), offset);
        let volume = Memory::new(sample.bytes);
        let recording = Recording::new(&volume);
        let mut head = vec![0; 16 << 10];
        volume.read_at(&mut head, 0).unwrap();
        let reading = read(&recording, &head).unwrap();
        assert_eq!((group(&reading).seqno, recording.reads().len()), (3, reads), "{offset}");
        // With less in hand it is the same group.
        assert_eq!(read(&volume, &head[..2048]).unwrap(), reading);
    }
}

#[test]
fn a_bit_that_flips_anywhere_in_the_used_bytes_is_reported() {
    let good = Sample::new(1, &sample_text());
    let text_len = sample_text().len() + 1;
    let text_at = AREA + 512;
    for at in (LABEL..LABEL + 512).chain(AREA..AREA + 512).chain(text_at..text_at + text_len) {
        let mut bytes = good.bytes[..16 << 10].to_vec();
        bytes[at] ^= 0x10;
        let volume = Memory::new(good.bytes.clone());
        let reading = read(&volume, &bytes).unwrap();
        assert!(!reading.problems.is_empty() || !reading.found.problems.is_empty(), "byte {at}");
        assert_eq!(reading.metadata, Metadata::Damaged, "byte {at}");
    }
}

#[test]
fn a_bit_that_flips_under_a_right_checksum_never_panics() {
    let good = Sample::new(1, &sample_text()).bytes;
    let text_len = sample_text().len() + 1;
    let volume = Memory::new(good.clone());
    for at in (LABEL + 20..LABEL + 160).chain(AREA + 4..AREA + 100).chain(AREA + 512..AREA + 512 + text_len) {
        for bit in 0..8 {
            let mut bent = Sample { bytes: good[..16 << 10].to_vec() };
            bent.bytes[at] ^= 1 << bit;
            if at >= AREA + 512 {
                let crc = checksum(&[&bent.bytes[AREA + 512..][..text_len]]);
                bent.put(AREA + 56, &crc.to_le_bytes());
            }
            let _ = read(&volume, &bent.sealed().bytes);
        }
    }
}

#[test]
fn a_volume_cut_at_any_sector_is_reported_as_damaged() {
    let good = with_second_area(Sample::new(1, &sample_text())).bytes;
    for cut in (0..BYTES).step_by(512) {
        match reading(good[..cut].to_vec()) {
            None => assert!(cut <= LABEL, "{cut}"),
            Some(reading) => assert!(words(&reading).contains(&ProblemId::LvmDamaged), "{cut}"),
        }
    }
}

#[test]
fn claims_beyond_the_volume_or_the_ring_are_reported_without_a_read() {
    let claims = [
        (AREA + 40, u64::MAX),
        (AREA + 40, 1 << 60),
        (AREA + 40, 511),
        (AREA + 40, AREA_BYTES as u64),
        (AREA + 40, 0),
        (AREA + 48, 1 << 60),
        (AREA + 48, 1 << 44),
        (AREA + 48, 0),
        (AREA + 48, u64::MAX),
        (AREA + 24, 0),
        (AREA + 32, 1 << 60),
        (AREA + 32, 512),
        (AREA + 32, 0),
        (AREA + 32, u64::MAX),
        (LABEL + 104, 1 << 60),
        (LABEL + 104, BYTES as u64 - 512),
        (LABEL + 104, 1),
        (LABEL + 112, 1 << 60),
        (LABEL + 112, 0),
        (LABEL + 64, 1 << 60),
    ];
    for (at, value) in claims {
        let reading = reading(Sample::new(1, &sample_text()).bent(at, value).bytes).unwrap();
        assert_eq!(words(&reading), [ProblemId::LvmDamaged], "{value} at {at}: {:?}", reading.problems);
    }
    // All of label, area and text grown together, beyond the volume.
    let mut huge = Sample::new(1, &sample_text());
    for at in [LABEL + 64, LABEL + 112, AREA + 32] {
        huge.put64(at, 1 << 50);
    }
    let reading = reading(huge.bent(AREA + 48, 1 << 44).bytes).unwrap();
    assert_eq!(words(&reading), [ProblemId::LvmDamaged; 2]);
}

#[test]
fn a_text_of_a_huge_volume_is_not_read_beyond_its_cap() {
    struct Endless(Vec<u8>);
    impl Image for Endless {
        fn bytes(&self) -> u64 {
            1 << 50
        }
        fn read_at(&self, buf: &mut [u8], _at: u64) -> Result<(), ReadError> {
            assert!(buf.len() <= 16 << 20);
            buf.fill(b' ');
            Ok(())
        }
    }
    for (bytes, longest) in [(1_u64 << 44, false), ((16 << 20) + 1, false), (16 << 20, true)] {
        let mut sample = Sample::new(1, "");
        for at in [LABEL + 112, AREA + 32] {
            sample.put64(at, 1 << 45);
        }
        let volume = Endless(sample.bent(AREA + 48, bytes).bytes);
        let reading = read(&volume, &volume.0[..16 << 10]).unwrap();
        assert_eq!(words(&reading), [ProblemId::LvmDamaged]);
        let checked = reading.problems[0].message.contains("checksum");
        assert_eq!(checked, longest, "{:?}", reading.problems);
    }
}

#[test]
fn a_sound_text_that_does_not_parse_is_reported_with_its_offset_on_the_volume() {
    let (good, offset) = (sample_text(), AREA_BYTES - 100);
    let bad = good.replace("extent_size = 128", "extent_size = x");
    let reading = reading(Sample::with_text_at(1, &bad, offset).bytes).unwrap();
    let wrapped = AREA + 512 + bad.find("= x").unwrap() + 2 - 100;
    assert_eq!(reading.metadata, Metadata::Damaged);
    assert!(reading.problems[0].message.contains(&format!("at byte {wrapped}:")), "{:?}", reading.problems);
}

#[test]
fn an_orphan_and_a_volume_with_ignored_metadata_are_normal() {
    let mut orphan = Sample::new(1, "");
    orphan.put(AREA + 40, &[0; 24]);
    let orphan = reading(orphan.sealed().bytes).unwrap();
    assert_eq!((orphan.metadata, orphan.problems), (Metadata::Empty, vec![]));

    let mut ignored = Sample::new(1, &sample_text());
    ignored.put(AREA + 60, &[1]);
    let ignored = reading(ignored.sealed().bytes).unwrap();
    assert_eq!((ignored.metadata, ignored.problems), (Metadata::Absent, vec![]));

    let mut without = Sample::new(1, &sample_text());
    without.put(LABEL + 104, &[0; 48]);
    let without = reading(without.sealed().bytes).unwrap();
    assert_eq!((without.metadata, without.problems), (Metadata::Absent, vec![]));
}

#[test]
fn a_second_area_stands_in_for_a_first_that_is_damaged_ignored_or_unreadable() {
    let sound = reading(with_second_area(Sample::new(1, &sample_text())).bytes).unwrap();
    assert_eq!((group(&sound).seqno, words(&sound)), (3, vec![]));

    let mut damaged = with_second_area(Sample::new(1, &sample_text()));
    damaged.put(AREA + 600, b"?");
    let second = reading(damaged.bytes).unwrap();
    assert_eq!((group(&second), words(&second)), (group(&sound), vec![ProblemId::LvmDamaged]));

    let mut ignored = with_second_area(Sample::new(1, &sample_text()));
    ignored.put(AREA + 60, &[1]);
    let second = reading(ignored.sealed().bytes).unwrap();
    assert_eq!((group(&second), words(&second)), (group(&sound), vec![]));

    let volume = Memory::new(with_second_area(Sample::with_text_at(1, &sample_text(), 30_000)).bytes);
    let mut head = vec![0; 16 << 10];
    volume.read_at(&mut head, 0).unwrap();
    let faulty = Faulty::new(&volume, ByteRange::new(4096 + 30_000, 512).unwrap());
    let second = read(&faulty, &head).unwrap();
    assert_eq!((group(&second), words(&second)), (group(&sound), vec![ProblemId::ReadError]));
}

#[test]
fn no_label_is_no_physical_volume() {
    assert_eq!(reading(vec![0; 1 << 20]), None);
    assert_eq!(reading(Vec::new()), None);
}
