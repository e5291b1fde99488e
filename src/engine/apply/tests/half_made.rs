//! The label of a physical volume that is half made.

use super::*;

const DEVICE: &str = "/dev/sdb1";

/// A volume of 2 MiB with these words in it.
fn holding(bench: &Bench, words: &[(usize, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![0; 2 << 20];
    words.iter().for_each(|(at, word)| bytes[*at..*at + word.len()].copy_from_slice(word));
    fs::create_dir_all(bench.base.path().join("dev")).unwrap();
    fs::write(bench.base.path().join("dev/sdb1"), &bytes).unwrap();
    bytes
}

fn now(bench: &Bench) -> Vec<u8> {
    fs::read(bench.base.path().join("dev/sdb1")).unwrap()
}

#[test]
fn a_label_alone_is_cleared_and_what_lies_behind_its_metadata_stays() {
    let bench = bench();
    let host = bench.host(&Yes);
    holding(&bench, &[(512, b"LABELONE"), (1 << 20, b"data")]);
    assert_eq!(host.has_label_alone(DEVICE), Ok(true));
    assert!(host.has_no_label_alone(DEVICE).is_err());
    host.clear_label(DEVICE).unwrap();
    assert_eq!(host.has_no_label_alone(DEVICE), Ok(()));
    let bytes = now(&bench);
    assert!(bytes[..1 << 20].iter().all(|byte| *byte == 0) && bytes[1 << 20..].starts_with(b"data"));
    host.clear_label(DEVICE).unwrap();
}

#[test]
fn a_whole_physical_volume_and_anything_else_is_not_written_over() {
    for words in [&[(512, &b"LABELONE"[..]), (4100, b" LVM2 x[5A%r0N*>")][..], &[(1080, b"\x53\xef")]] {
        let bench = bench();
        let host = bench.host(&Yes);
        let before = holding(&bench, words);
        assert_eq!(host.has_label_alone(DEVICE), Ok(false));
        assert!(host.clear_label(DEVICE).unwrap_err().contains("nothing was written over it"));
        assert!(now(&bench) == before);
    }
}

/// LVM2 shows what is half made, and its own pvremove(8) refuses it.
#[test]
fn undo_clears_what_a_pvcreate_left_half_made_without_pvremove() {
    let bench = bench();
    holding(&bench, &[(512, b"LABELONE")]);
    let script = Script::new([]);
    let host = bench.host(&script);
    let proof = Proof::PhysicalVolume { device: DEVICE.into(), group: None, beside: vec![] };
    let back = crate::engine::Back::by(Program::Pvremove, [DEVICE]);
    let run = ProgramRun::changes(Program::Pvcreate, [DEVICE], proof, back);
    host.take_back_run(&run).unwrap();
    assert_eq!(host.has_label_alone(DEVICE), Ok(false));
}

#[test]
fn a_volume_that_is_not_there_is_not_half_made() {
    let bench = bench();
    assert_eq!(bench.host(&Yes).has_label_alone(DEVICE), Ok(false));
}
