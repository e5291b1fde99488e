//! Boot sectors of volumes are no partition tables.

use okv_host::disk::Table;

use super::partitioning::{Disk, run, same_as_sfdisk};
use super::{TableKind, problem_ids};

#[test]
fn file_systems_on_a_whole_disk_are_no_table() {
    let makers: [(&str, &[&str]); 9] = [
        ("mkfs.fat", &["-F12", "--mbr=n"]),
        ("mkfs.fat", &["-F16", "--mbr=n"]),
        ("mkfs.fat", &["-F32", "--mbr=n"]),
        ("mkfs.fat", &["-F32", "--mbr=y"]),
        ("mkfs.ntfs", &["-q", "-F", "-f"]),
        ("mkfs.exfat", &[]),
        ("mkfs.ext4", &["-q"]),
        ("mkfs.xfs", &["-q"]),
        ("mkswap", &["-q"]),
    ];
    for (program, arguments) in makers {
        let disk = Disk::new(if program == "mkfs.xfs" { 320 } else { 40 });
        let reading = disk.tool(program, arguments, "").scan();
        assert_eq!((&reading.table, problem_ids(&reading)), (&Table::NONE, vec![]), "{program} {arguments:?}");
    }
}

#[test]
fn a_table_made_over_a_file_system_is_a_table() {
    let disk = Disk::new(40);
    disk.tool("mkfs.fat", &["-F16"], "");
    for (label, kind) in [("dos", TableKind::Mbr), ("gpt", TableKind::Gpt)] {
        disk.tool("sfdisk", &["--quiet", "--wipe=never"], &format!("label: {label}\nsize=4M\n"));
        let reading = disk.scan();
        assert_eq!((reading.table.kind, reading.partitions.len()), (kind, 1));
        same_as_sfdisk(&disk.name(), &reading);
    }
}

#[test]
fn an_iso_image_with_a_table_over_all_of_itself_is_no_table() {
    let disk = Disk::new(1);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "text").unwrap();
    std::fs::remove_file(disk.path()).unwrap();
    let (out, from) = (disk.name(), folder.path().to_str().unwrap().to_owned());
    let arguments = ["-as", "mkisofs", "-quiet", "-V", "TEST", "-partition_offset", "0", "-o", &out, &from];
    run("xorriso", &arguments, "");
    assert_eq!(disk.scan().table.kind, TableKind::None);
}
