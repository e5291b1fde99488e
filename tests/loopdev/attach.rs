//! Loop devices: what the support attaches it also detaches, and what a scan reads of them is not the past.

use std::fs::{self, File};
use std::path::Path;

use crate::support::loopdev::Loop;
use crate::support::mkfs::sparse_file;
use crate::support::scan::scan;
use crate::support::tools::Tool;

#[test]
fn a_loop_device_is_gone_when_the_test_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = sparse_file(dir.path(), "disk", 1 << 20);
    let attached = Loop::attach(&file, 4096).unwrap();
    let sys = Path::new("/sys/block").join(attached.device().file_name().unwrap());
    assert_eq!(fs::read_to_string(sys.join("queue/logical_block_size")).unwrap().trim(), "4096");
    drop(attached);
    let backing = fs::read_to_string(sys.join("loop/backing_file")).unwrap_or_default();
    assert_ne!(Path::new(backing.trim()), file, "{} is still attached", sys.display());
}

#[test]
fn a_scan_of_a_disk_sees_what_was_written_to_its_partition_since_the_last_scan() {
    let dir = tempfile::tempdir().unwrap();
    let file = sparse_file(dir.path(), "disk", 64 << 20);
    let disk = Loop::attach(&file, 512).unwrap();
    Tool::new("sfdisk").arg("--quiet").arg(disk.device()).input("label: gpt\ntype=L\n").run().unwrap();
    disk.add_partitions().unwrap();
    let partition = disk.partition(1);
    // While the partition is open, the kernel keeps what it has cached of the whole disk.
    let _open = File::open(&partition).unwrap();
    let content = || scan(&[disk.device()])[0]["partitions"][0]["content"]["kind"].clone();
    assert_eq!(content(), "blank");
    Tool::new("mkswap").arg(&partition).run().unwrap();
    assert_eq!(content(), "swap");
}
