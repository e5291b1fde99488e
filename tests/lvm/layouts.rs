//! Groups as an administrator makes them.

use okv_host::disk::physical_volume::Metadata;

use super::agreement::agrees;
use super::read;
use super::support::lvm::Lvm;

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
