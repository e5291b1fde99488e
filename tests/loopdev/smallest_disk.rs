//! The disk that `vg-free` asks for is the smallest one: the real tools make just enough extents on it, and one too few
//! on a disk that is one sector smaller (of a GPT, one MiB).

use crate::support::loopdev::Loop;
use crate::support::lvm::confined;
use crate::support::mkfs::sparse_file;
use crate::support::tools::Tool;
use okv_host::base::units::{MIB, SectorSize, TIB};
use okv_host::disk::smallest_disk;
use serde_json::Value;

/// Extents that a volume group has on a new disk of `bytes` bytes, partitioned as the procedure says.
fn extents_of(bytes: u64, extent_mib: u64) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let disk = sparse_file(dir.path(), "disk", bytes);
    let (label, kind) = if bytes > 2 * TIB { ("gpt", "E6D6D379-F507-44C2-A23C-238F2A3DF928") } else { ("dos", "8e") };
    Tool::new("sfdisk")
        .arg("--quiet")
        .arg(&disk)
        .input(format!("label: {label}\nstart=2048, type={kind}\n"))
        .run()
        .unwrap();
    let table = Tool::new("sfdisk").arg("--json").arg(&disk).run().unwrap();
    let table: Value = serde_json::from_str(&table).unwrap();
    let partition = &table["partitiontable"]["partitions"][0];
    let (start, sectors) = (partition["start"].as_u64().unwrap(), partition["size"].as_u64().unwrap());
    let volume = Loop::attach_part(&disk, start * 512, sectors * 512).unwrap();
    let device = volume.device().to_str().unwrap().to_owned();
    let lvm = |command: &str, arguments: &[&str]| {
        confined(command, dir.path(), std::slice::from_ref(&device)).args(arguments).run().unwrap()
    };
    lvm("pvcreate", &[&device]);
    lvm("vgcreate", &["--physicalextentsize", &format!("{extent_mib}m"), "vg_smallest", &device]);
    lvm("vgs", &["--noheadings", "-o", "vg_extent_count", "vg_smallest"]).trim().parse().unwrap()
}

#[test]
fn the_smallest_disk_to_add_has_just_the_extents_and_one_sector_less_has_one_too_few() {
    for (extents, extent_mib) in [(1, 32), (1820, 32), (1920, 32), (2048, 32), (100, 4), (65_536, 32), (70_000, 32)] {
        let disk = smallest_disk(extents, extent_mib * MIB, SectorSize::S512).unwrap().0;
        assert_eq!(extents_of(disk, extent_mib), extents, "{disk} bytes");
        // The end of a GPT is rounded to whole MiB.
        let less = disk - if disk > 2 * TIB { MIB } else { 512 };
        if extents > 1 {
            assert_eq!(extents_of(less, extent_mib), extents - 1, "{less} bytes");
        }
    }
}
