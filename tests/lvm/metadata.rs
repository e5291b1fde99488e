//! Where labels and metadata lie, and how many copies of them.

use okv_host::disk::ProblemId;
use okv_host::disk::physical_volume::Metadata;

use super::agreement::agrees;
use super::support::lvm::Lvm;
use super::{first_area, read, scan};

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
fn volumes_without_metadata_and_those_that_ignore_theirs_are_members() {
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
