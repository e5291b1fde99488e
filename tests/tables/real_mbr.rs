//! MBRs made by the tools.

use super::partitioning::{Disk, attempt, run, same_as_sfdisk};
use super::{CopyState, ProblemId, TableKind, problem_ids, states};

const MBR: (TableKind, CopyState, CopyState) = (TableKind::Mbr, CopyState::Ok, CopyState::Missing);

#[test]
fn four_primaries_by_sfdisk_one_of_them_active() {
    let disk = Disk::new(64);
    disk.tool("sfdisk", &["--quiet"], "label: dos\nsize=4M, bootable\nsize=4M, type=82\nsize=4M, type=8e\ntype=ef\n");
    let reading = disk.scan();
    assert_eq!((states(&reading), problem_ids(&reading)), (MBR, vec![]));
    assert_eq!((reading.boot.active_partition, reading.boot.esp, reading.boot.boot_code), (Some(1), Some(4), false));
    same_as_sfdisk(&disk.name(), &reading);
}

#[test]
fn as_many_logical_partitions_as_sfdisk_can_make_and_list() {
    for count in [20, 56] {
        let disk = Disk::new(256);
        let logical = "size=2M\n".repeat(count);
        disk.tool("sfdisk", &["--quiet"], &format!("label: dos\nsize=1M\nsize=1M\nsize=1M\ntype=5\n{logical}"));
        let reading = disk.scan();
        assert_eq!((states(&reading), problem_ids(&reading), reading.partitions.len()), (MBR, vec![], 4 + count));
        same_as_sfdisk(&disk.name(), &reading);
    }
}

#[test]
fn sixty_logical_partitions_by_parted_which_partx_lists_too() {
    let disk = Disk::new(256);
    let name = disk.name();
    let mut arguments: Vec<String> = ["-s", "-a", "none", &name].map(String::from).into();
    arguments.extend("mklabel msdos mkpart extended 2048s 500000s".split(' ').map(String::from));
    for i in 0..60 {
        let start = 4096 + i * 4096;
        arguments.extend(format!("mkpart logical {start}s {}s", start + 2047).split(' ').map(String::from));
    }
    run("parted", &arguments.iter().map(String::as_str).collect::<Vec<_>>(), "");
    let reading = disk.scan();
    assert_eq!((states(&reading), problem_ids(&reading)), (MBR, vec![]));
    let theirs = run("partx", &["--show", "--noheadings", "-o", "NR,START", &name], "");
    let theirs: Vec<u64> = theirs.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let ours = reading.partitions.iter().flat_map(|p| [u64::from(p.number), p.start_bytes / 512]).collect();
    assert_eq!((reading.partitions.len(), theirs), (61, ours));
}

#[test]
fn logical_partitions_made_from_the_back_to_the_front_by_fdisk() {
    let disk = Disk::new(300);
    let logical = |at: u32| format!("n\nl\n{at}\n+8M\n");
    let keys = ["o\nn\np\n1\n2048\n+8M\nn\ne\n2\n\n\n", &logical(400_000), &logical(200_000), &logical(100_000), "w\n"];
    attempt("fdisk", &[&disk.name()], &keys.concat());
    let reading = disk.scan();
    let starts: Vec<_> = reading.partitions.iter().skip(2).map(|p| p.start_bytes / 512).collect();
    assert_eq!((states(&reading), starts), (MBR, vec![400_000, 200_000, 100_000]));
    same_as_sfdisk(&disk.name(), &reading);
}

#[test]
fn parted_puts_machine_code_and_logical_partitions() {
    let disk = Disk::new(64);
    let name = disk.name();
    let steps = "mklabel msdos mkpart primary 1MiB 9MiB mkpart extended 9MiB 60MiB mkpart logical 10MiB 20MiB mkpart logical 30MiB 40MiB";
    run("parted", &[&["-s", &name], &steps.split(' ').collect::<Vec<_>>()[..]].concat(), "");
    let reading = disk.scan();
    assert_eq!((states(&reading), problem_ids(&reading), reading.boot.boot_code), (MBR, vec![], true));
    same_as_sfdisk(&name, &reading);
}

#[test]
fn the_sector_size_of_a_4096_byte_sector_mbr_is_found_from_its_logical_partitions() {
    let disk = Disk::new(64);
    disk.sfdisk(4096, "label: dos\nsize=4M\ntype=f\nsize=4M\nsize=8M\n");
    let reading = disk.scan();
    assert_eq!((states(&reading), reading.sector.bytes(), problem_ids(&reading)), (MBR, 4096, vec![]));
    same_as_sfdisk(&disk.name(), &reading);
}

#[test]
fn an_mbr_over_a_gpt_is_what_counts() {
    let disk = Disk::new(64);
    disk.tool("sfdisk", &["--quiet"], "label: gpt\nsize=4M\n");
    let other = Disk::new(64);
    other.tool("sfdisk", &["--quiet"], "label: dos\nsize=4M\ntype=83\n");
    disk.write(0, &std::fs::read(other.path()).unwrap()[..512]);
    let reading = disk.scan();
    assert_eq!((states(&reading), problem_ids(&reading)), (MBR, vec![ProblemId::TableDisagrees; 2]));
    same_as_sfdisk(&disk.name(), &reading);
}

#[test]
fn an_odd_boot_flag_does_not_fail_the_table_for_sfdisk_nor_for_us() {
    let disk = Disk::new(64);
    disk.tool("sfdisk", &["--quiet"], "label: dos\nsize=4M\ntype=83\n");
    disk.flip(446, 0x01);
    same_as_sfdisk(&disk.name(), &disk.scan());
}

#[test]
fn an_empty_table_by_sfdisk_is_a_table() {
    let disk = Disk::new(64);
    disk.tool("sfdisk", &["--quiet"], "label: dos\n");
    assert_eq!((states(&disk.scan()), problem_ids(&disk.scan())), (MBR, vec![]));
    same_as_sfdisk(&disk.name(), &disk.scan());
}
