//! The label of a physical volume that is half made.

use super::*;

const DEVICE: &str = "/dev/sdb1";

/// LVM2 that sees the volume in this group.
struct Pvs(&'static str);

impl Runner for Pvs {
    fn run(&self, _: &Cmd) -> Result<Output, ToolError> {
        let row = serde_json::json!({"pv_name": DEVICE, "pv_uuid": "u", "vg_name": self.0});
        let stdout = serde_json::json!({"report": [{"pv": [row]}]}).to_string().into_bytes();
        Ok(Output { status: Some(0), stdout, ..Output::default() })
    }
}

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
    let host = bench.host(&Pvs(""));
    holding(&bench, &[(512, b"LABELONE"), (1 << 20, b"data")]);
    assert_eq!(host.is_half_made(DEVICE), Ok(true));
    assert!(host.is_not_half_made(DEVICE).is_err());
    host.clear_half_made(DEVICE).unwrap();
    assert_eq!(host.is_not_half_made(DEVICE), Ok(()));
    let bytes = now(&bench);
    assert!(bytes[..1 << 20].iter().all(|byte| *byte == 0) && bytes[1 << 20..].starts_with(b"data"));
    host.clear_half_made(DEVICE).unwrap();
}

#[test]
fn a_whole_physical_volume_and_anything_else_is_not_written_over() {
    for words in [&[(512, &b"LABELONE"[..]), (4100, b" LVM2 x[5A%r0N*>")][..], &[(1080, b"\x53\xef")]] {
        let bench = bench();
        let host = bench.host(&Pvs("vg_root"));
        let before = holding(&bench, words);
        assert_eq!(host.is_half_made(DEVICE), Ok(false));
        assert!(host.clear_half_made(DEVICE).unwrap_err().contains("nothing was written over it"));
        assert!(now(&bench) == before);
    }
}

/// A vgextend was cut off between the mark on the new volume and the metadata of the group.
#[test]
fn a_volume_that_is_marked_as_used_by_a_group_that_has_no_metadata_of_it_is_cleared() {
    let bench = bench();
    let host = bench.host(&Pvs("[unknown]"));
    holding(&bench, &[(512, b"LABELONE"), (4100, b" LVM2 x[5A%r0N*>"), (5000, b"vg_root {"), (1 << 20, b"data")]);
    assert_eq!(host.is_half_made(DEVICE), Ok(true));
    host.clear_half_made(DEVICE).unwrap();
    assert_eq!(host.is_not_half_made(DEVICE), Ok(()));
    let bytes = now(&bench);
    assert!(bytes[..1 << 20].iter().all(|byte| *byte == 0) && bytes[1 << 20..].starts_with(b"data"));
}

/// LVM2 shows what is half made, and its own pvremove(8) refuses it.
#[test]
fn undo_clears_what_a_pvcreate_left_half_made_without_pvremove() {
    let bench = bench();
    holding(&bench, &[(512, b"LABELONE")]);
    let host = bench.host(&Pvs(""));
    let proof = Proof::PhysicalVolume { device: DEVICE.into(), group: None, beside: vec![] };
    let back = crate::engine::Back::by(Program::Pvremove, [DEVICE]);
    let run = ProgramRun::changes(Program::Pvcreate, [DEVICE], proof, back);
    host.take_back_run(&run).unwrap();
    assert_eq!(host.is_half_made(DEVICE), Ok(false));
}

#[test]
fn a_volume_that_is_not_there_is_not_half_made() {
    let bench = bench();
    assert_eq!(bench.host(&Yes).is_half_made(DEVICE), Ok(false));
}

/// Its table lies below it: an undo that took that away would leave the group without the volume.
#[test]
fn a_volume_that_belongs_to_a_group_by_now_is_not_taken_for_one_that_is_gone() {
    for group in ["vg_root", "[unknown]"] {
        let bench = bench();
        let pvs = Pvs(group);
        let host = bench.host(&pvs);
        let before = holding(&bench, &[(512, b"LABELONE"), (4100, b" LVM2 x[5A%r0N*>")]);
        let proof = Proof::PhysicalVolume { device: DEVICE.into(), group: None, beside: vec![] };
        let back = crate::engine::Back::by(Program::Pvremove, [DEVICE]);
        let run = ProgramRun::changes(Program::Pvcreate, [DEVICE], proof, back);
        assert!(host.take_back_run(&run).unwrap_err().contains("stays there"), "{group}");
        let step = Step::new("x", Action::Run(run));
        assert!(host.take_back_begun(&step).unwrap_err().contains("stays there"), "{group}");
        assert!(now(&bench) == before);
    }
}
