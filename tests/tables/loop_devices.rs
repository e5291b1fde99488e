//! Real block devices, which tell their sector size. Needs root and loop devices.

use super::partitioning::{Disk, attach, run, same_as_sfdisk, scan};
use super::{CopyState, ProblemId, TableKind, problem_ids, states};
use okv_host::base::units::SectorSize;

#[test]
fn a_4096_byte_sector_device_partitioned_by_sgdisk_and_by_sfdisk() {
    for label in ["gpt", "dos"] {
        let disk = Disk::new(64);
        let device = attach(&disk.path(), 4096);
        if label == "gpt" {
            run("sgdisk", &["-n1:256:+4M", "-n4:4096:+4M", device.device().to_str().unwrap()], "");
        } else {
            let table = "label: dos\nsize=4M\ntype=f\nsize=4M\nsize=4M\n";
            run("sfdisk", &["--quiet", "--no-reread", "--no-tell-kernel", device.device().to_str().unwrap()], table);
        }
        let reading = scan(device.device());
        assert_eq!(
            (reading.sector, reading.table.primary, problem_ids(&reading)),
            (SectorSize::S4096, CopyState::Ok, vec![])
        );
        same_as_sfdisk(device.device().to_str().unwrap(), &reading);
    }
}

#[test]
fn a_table_copied_to_a_device_with_other_sectors_is_not_taken_for_blank() {
    for (made, device_sector) in [(512, 4096), (4096, 512)] {
        let disk = Disk::new(64);
        disk.sfdisk(made, "label: gpt\nsize=4M\n");
        let device = attach(&disk.path(), device_sector);
        let reading = scan(device.device());
        assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Disagrees, CopyState::Disagrees));
        assert_eq!((reading.partitions.len(), problem_ids(&reading)), (0, vec![ProblemId::TableIgnored]));
    }
}
