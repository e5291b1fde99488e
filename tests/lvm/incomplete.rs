//! Groups of which a physical volume is missing or stale.

use super::agreement::agrees;
use super::support::lvm::Lvm;
use super::{first_bytes, read};
use okv_host::disk::ProblemId;
use okv_host::disk::volume_group::{PvOnDisk, assemble};
use okv_host::io::image::{Image, Memory};

#[test]
fn a_group_over_three_volumes_of_which_one_is_missing() {
    let mut lvm = Lvm::new(&[64, 64, 64]);
    lvm.create("gap");
    lvm.lvcreate("-n here -L 8M gap {0}".replace("{0}", lvm.device(0)).as_str());
    lvm.lvcreate("-n there -L 8M gap {1}".replace("{1}", lvm.device(1)).as_str());
    lvm.lvcreate("-n all -i3 -L 24M gap");
    let missing = read(&*lvm.open(1)).label.unwrap().uuid;
    lvm.hide(1);
    let (assembled, problems) = agrees(&lvm);
    assert_eq!(problems, [ProblemId::MissingPv]);
    assert_eq!(assembled.group.missing_pvs, [missing]);
    let looked_at: Vec<bool> = assembled.group.logical_volumes.iter().map(|v| v.content.is_some()).collect();
    assert_eq!(looked_at, [true, false, false]);
}

#[test]
fn a_volume_that_missed_a_change_is_stale_and_the_newest_description_is_used() {
    let lvm = Lvm::new(&[16, 16]);
    lvm.create("behind");
    let mut before = vec![0; 16 << 20];
    lvm.open(1).read_at(&mut before, 0).unwrap();
    lvm.lvcreate("-n data -L 4M behind");
    let (current, problems) = agrees(&lvm);
    assert_eq!(problems, []);

    let images: [Box<dyn Image>; 2] = [Box::new(Memory::new(before)), lvm.open(0)];
    let readings = [read(&*images[0]), read(&*images[1])];
    let paths = [lvm.device(1), lvm.device(0)];
    let pv = |n: usize| PvOnDisk { path: paths[n], partition: None, image: &*images[n], reading: &readings[n] };
    let groups = assemble(&[pv(0), pv(1)], &mut first_bytes);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].group, current.group);
    assert_eq!(groups[0].problems.iter().map(|p| p.id).collect::<Vec<_>>(), [ProblemId::LvmStale]);
    assert!(groups[0].problems[0].message.contains(lvm.device(1)), "{:?}", groups[0].problems);
}
