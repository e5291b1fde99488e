use super::*;

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
fn the_signature_gives_identity_and_size() {
    let bytes = Sample::new(5, "").bytes;
    let windows = Windows::new(bytes.len() as u64).with(0, &bytes[..4096]);
    let found = find(&windows).unwrap();
    assert_eq!(found.content.uuid.unwrap().to_string(), id(5));
    assert_eq!((found.content.kind, found.content.bytes), (Kind::Lvm2Pv, Some(2 << 20)));
    assert_eq!(found.problems, []);
    assert!(find(&Windows::new(1 << 20).with(0, &[0; 4096])).is_none());
}
