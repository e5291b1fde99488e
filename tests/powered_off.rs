//! Nodes that are powered off, on disks that the real tools made: root on xfs without LVM, data on a striped volume.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use okv_host::disk::Source;
use serde_json::Value;
use support::loopdev::Loop;
use support::lvm::Lvm;
use support::mkfs;
use support::mount::Mounted;
use support::partitioning::Disk;
use support::tools::{Tool, run};

const MIB: u64 = 1 << 20;
const ROOT_UUID: &str = "aaaaaaaa-1111-4111-8111-000000000001";
const DATA_UUID: &str = "aaaaaaaa-1111-4111-8111-000000000002";
/// Size of the file system of the root, and where it begins on the disk.
const ROOT_MIB: u64 = 320;
const ROOT_AT_MIB: u64 = 1;

/// What only this image has at `/etc/fstab`.
fn table() -> String {
    format!("UUID={ROOT_UUID} / xfs defaults 0 0\nUUID={DATA_UUID} /var/lib/oracle ext4 defaults 0 0\n")
}

/// The files of the node, below `top`.
fn plant(top: &Path, table: &str) {
    for folder in ["etc/ssh", "proc", "sys", "dev", "run", "var/log", "var/lib/oracle", "boot"] {
        fs::create_dir_all(top.join(folder)).unwrap();
    }
    fs::write(top.join("etc/fstab"), table).unwrap();
    fs::write(top.join("etc/hostname"), "okv-xfs\n").unwrap();
    fs::write(top.join("etc/rsyslog.conf"), "*.* @@10.0.0.1:514\n").unwrap();
    let path = |name: &str| top.join(name).to_str().unwrap().to_owned();
    run("ssh-keygen", &["-q", "-N", "", "-t", "rsa", "-b", "2048", "-f", &path("etc/ssh/ssh_host_rsa_key")]);
    fs::write(top.join("etc/ssh/sshd_config"), "HostKey /etc/ssh/ssh_host_rsa_key\n").unwrap();
}

/// A disk with one partition, the root.
struct Node {
    system: Disk,
}

impl Node {
    fn new(table: &str) -> Self {
        let system = Disk::new(ROOT_AT_MIB + ROOT_MIB + 1);
        let script = format!("label: gpt\nstart={ROOT_AT_MIB}MiB, size={ROOT_MIB}MiB, type=linux\n");
        system.tool("sfdisk", &["--quiet"], &script);
        let node = Self { system };
        let root = node.root();
        let device = root.device().to_str().unwrap();
        run("mkfs.xfs", &["-q", "-f", "-m", &format!("uuid={ROOT_UUID}"), device]);
        let mounted = Mounted::writable(&root, "xfs", "nouuid");
        plant(mounted.path(), table);
        node
    }

    fn root(&self) -> Loop {
        Loop::attach_part(&self.system.path(), ROOT_AT_MIB * MIB, ROOT_MIB * MIB).unwrap()
    }
}

/// The volume of `/var/lib/oracle`, in stripes on two disks, with the ISO on it.
fn data() -> Lvm {
    const STRIPE: usize = 64 << 10;
    let lvm = Lvm::new(&[64, 64]);
    lvm.create("vg_data");
    lvm.lvcreate("-n lv_oracle -i2 -I64k -L 32M vg_data");
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path().join("tree");
    fs::create_dir(&tree).unwrap();
    fs::write(tree.join("okv-upgrade-disc-21.8.0.0.0.iso"), vec![7; 3_000_000]).unwrap();
    let image = mkfs::sparse_file(folder.path(), "image", 32 * MIB);
    Tool::new("mke2fs").args(["-q", "-F", "-t", "ext4", "-U", DATA_UUID, "-d"]).arg(&tree).arg(&image).run().unwrap();
    let starts = lvm.report("pvs", "pv_name,pe_start");
    let start: u64 = starts[0]["pe_start"].parse().unwrap();
    for (at, piece) in fs::read(&image).unwrap().chunks(STRIPE).enumerate() {
        lvm.write(at % 2, start + (at / 2 * STRIPE) as u64, piece);
    }
    lvm
}

fn check(disks: &[PathBuf]) -> Value {
    let mut check = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    let output = check.args(["check", "--format", "json", "--image"]).args(disks).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// `verdict subject: message` of each finding of a rule.
fn found(report: &Value, id: &str) -> Vec<String> {
    let of = report["findings"].as_array().unwrap().iter().filter(|finding| finding["id"] == id);
    let word = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    of.map(|finding| format!("{} {}: {}", word(finding, "verdict"), word(finding, "subject"), word(finding, "message")))
        .collect()
}

#[test]
fn a_node_on_xfs_with_data_in_stripes_is_judged_by_its_files() {
    let (node, lvm) = (Node::new(&table()), data());
    let disks = [node.system.path(), lvm.device(0).into(), lvm.device(1).into()];
    let report = check(&disks);
    assert_eq!(report["host"], "okv-xfs");
    assert_eq!(found(&report, "files-read"), ["pass node: each file system of /etc/fstab was read"]);
    assert_eq!(found(&report, "fstab-mounts"), ["pass /etc/fstab: each device that is waited for exists"]);
    assert_eq!(found(&report, "ssh-host-keys"), ["pass sshd: sshd has a host key other than DSA"]);
    assert!(found(&report, "iso-present").iter().any(|said| said.contains("okv-upgrade-disc-21.8.0.0.0.iso")));
    let syslog = found(&report, "syslog-remote");
    assert!(syslog[0].starts_with("confirm 10.0.0.1 port 514 over TCP: only the node itself can try"), "{syslog:?}");
}

#[test]
fn what_lies_on_a_disk_that_was_not_given_is_unknown_and_never_absent() {
    let (node, lvm) = (Node::new(&table()), data());
    let report = check(&[node.system.path(), lvm.device(0).into()]);
    let said = found(&report, "files-read");
    assert!(said[0].starts_with("unknown /var/lib/oracle: its files could not be read: "), "{said:?}");
    for id in ["iso-present", "fstab-mounts"] {
        let said = found(&report, id);
        assert!(said[0].starts_with("unknown "), "{id}: {said:?}");
    }
    let report = check(&[lvm.device(0).into(), lvm.device(1).into()]);
    let said = found(&report, "files-read");
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("unknown node: no file was read: "), "{said:?}");
}

#[test]
fn files_of_an_xfs_whose_log_was_not_replayed_are_not_read() {
    let node = Node::new(&format!("UUID={ROOT_UUID} / xfs defaults 0 0\n"));
    let copy = tempfile::NamedTempFile::new().unwrap();
    {
        let root = node.root();
        let mounted = Mounted::writable(&root, "xfs", "nouuid");
        fs::write(mounted.path().join("etc/late"), "x").unwrap();
        run("sync", &["--file-system", mounted.path().to_str().unwrap()]);
        fs::copy(node.system.path(), copy.path()).unwrap();
    }
    let report = check(&[copy.path().into()]);
    let said = found(&report, "files-read");
    assert!(said[0].contains("its files may be older than what the node last wrote: its log has changes"), "{said:?}");
    assert!(found(&report, "ssh-host-keys")[0].starts_with("unknown "), "{report:#}");
    assert_eq!(found(&check(&[node.system.path()]), "files-read").len(), 1);
    assert!(found(&check(&[node.system.path()]), "files-read")[0].starts_with("pass "));
}

#[test]
fn two_copies_of_a_system_disk_have_no_root_that_is_known() {
    let node = Node::new(&table());
    let copy = tempfile::NamedTempFile::new().unwrap();
    fs::copy(node.system.path(), copy.path()).unwrap();
    let said = found(&check(&[node.system.path(), copy.path().into()]), "files-read");
    assert!(said[0].starts_with("unknown node: no file was read: "), "{said:?}");
}

#[test]
fn the_root_is_found_by_each_name_that_fstab_may_give_it() {
    for name in [
        format!("UUID={ROOT_UUID}"),
        format!("UUID=\"{ROOT_UUID}\""),
        format!("/dev/disk/by-uuid/{ROOT_UUID}"),
        "/dev/sda1".to_owned(),
        "/dev/disk/by-path/pci-0000:00:10.0-scsi-0:0:0:0-part1".to_owned(),
    ] {
        let node = Node::new(&format!("{name} / xfs defaults 0 0\nUUID=\"x\" TYPE=\"ext4\" /u02 ext4 nofail 1 2\n"));
        let report = check(&[node.system.path()]);
        assert_eq!(report["host"], "okv-xfs", "{name}");
        assert!(found(&report, "files-read")[0].starts_with("pass "), "{name}: {:?}", found(&report, "files-read"));
    }
    let node = Node::new("UUID=00000000-0000-4000-8000-000000000000 / xfs defaults 0 0\n");
    assert!(found(&check(&[node.system.path()]), "files-read")[0].starts_with("unknown node: no file was read: "));
}

#[test]
fn a_disk_that_is_given_twice_is_a_wrong_argument() {
    let node = Node::new(&table());
    let disk = node.system.path();
    let link = disk.with_file_name("link");
    fs::hard_link(&disk, &link).unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    let output = run.args(["check", "--image"]).args([&disk, &link]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Give each disk once"));
}

/// What a check of this file refuses, or nothing.
fn refusal(disk: &Path) -> String {
    let mut run = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    let output = run.args(["check", "--image"]).arg(disk).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code() == Some(2), why.contains("lies over it"), "{why}");
    why
}

/// Reported: a copy of a machine with snapshots has the disk from before them under its plain name.
#[test]
fn a_disk_below_a_snapshot_is_not_taken_for_what_the_node_last_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::File::create(path("raw")).unwrap().set_len(1 << 20).unwrap();
    let image = |arguments: &[&str]| {
        let made = Command::new("qemu-img").args(arguments).current_dir(folder.path()).output();
        assert!(made.as_ref().unwrap().status.success(), "{arguments:?}: {made:?}");
    };
    image(&["create", "-f", "qcow2", "-b", "raw", "-F", "raw", "over.qcow2"]);
    image(&["convert", "-O", "vmdk", "-o", "subformat=monolithicFlat", "raw", "okv.vmdk"]);
    image(&["convert", "-O", "vmdk", "raw", "sparse.vmdk"]);
    image(&["create", "-f", "vmdk", "-b", "sparse.vmdk", "-F", "vmdk", "sparse-000001.vmdk"]);
    for name in ["okv.vmdk", "okv-flat.vmdk", "over.qcow2", "sparse-000001.vmdk"] {
        assert!(!refusal(&path(name)).contains("lies over it"), "{name}");
    }
    let snapshot = "# Disk DescriptorFile\nversion=1\nCID=0000000b\nparentCID=0000000a\ncreateType=\"vmfsSparse\"\n\
                    parentFileNameHint=\"okv.vmdk\"\nRW 2048 VMFSSPARSE \"okv-000001-delta.vmdk\"\n";
    fs::write(path("okv-000001.vmdk"), snapshot).unwrap();
    let refused = |name: &str, newer: &str| {
        let why = refusal(&path(name));
        assert!(why.contains(&format!("{newer} lies over it")), "{name}: {why}");
    };
    refused("raw", "over.qcow2");
    refused("sparse.vmdk", "sparse-000001.vmdk");
    refused("okv.vmdk", "okv-000001.vmdk");
    refused("okv-flat.vmdk", "okv-000001.vmdk");
    fs::remove_file(path("okv-000001.vmdk")).unwrap();

    // The names in a copy are those of where it was; an overlay may be encrypted, have a name with a colon, be a link.
    image(&["create", "-f", "qcow2", "-b", "/vm/raw", "-F", "raw", "-u", "file:moved:1", "1M"]);
    fs::remove_file(path("over.qcow2")).unwrap();
    refused("raw", "moved:1");
    let mut encrypted = fs::read(path("moved:1")).unwrap();
    encrypted[35] = 2;
    fs::write(path("moved:1"), encrypted).unwrap();
    refused("raw", "moved:1");
    image(&["create", "-f", "qcow2", "-b", "/vm/moved:1", "-F", "qcow2", "-u", "top", "1M"]);
    refused("raw", "top");
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(path("raw"), elsewhere.path().join("raw")).unwrap();
    assert!(refusal(&elsewhere.path().join("raw")).contains("top lies over it"));

    // A hint without a parent, and an overlay of another disk of that name.
    fs::write(path("okv-000001.vmdk"), snapshot.replace("parentCID=0000000a", "parentCID=ffffffff")).unwrap();
    assert!(!refusal(&path("okv.vmdk")).contains("lies over it"));
    let other = elsewhere.path().join("sparse.vmdk");
    fs::write(&other, "").unwrap();
    fs::remove_file(path("sparse-000001.vmdk")).unwrap();
    let hint = format!("parentFileNameHint=\"{}\"", other.display());
    fs::write(path("b.vmdk"), snapshot.replace("parentFileNameHint=\"okv.vmdk\"", &hint)).unwrap();
    assert!(!refusal(&path("sparse.vmdk")).contains("lies over it"));
}

/// As `*.vmdk` gives them.
#[test]
fn a_descriptor_and_its_extent_are_one_disk() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("okv-flat.vmdk"), vec![0; 1 << 20]).unwrap();
    let text = "# Disk DescriptorFile\nversion=1\nCID=0000000b\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n\
                RW 2048 FLAT \"okv-flat.vmdk\" 0\n";
    fs::write(folder.path().join("okv.vmdk"), text).unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    let output = run.current_dir(folder.path()).args(["check", "--image", "okv-flat.vmdk", "okv.vmdk"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Give each disk once"));
}

/// A root by a name that only the node can tell is one where nothing else can be the root.
#[test]
fn beside_a_volume_that_was_not_looked_into_a_root_must_be_sure() {
    let fstab = |source: &str| format!("{source} / xfs defaults 0 0\n");
    let is_found = |table: &str, is_merging: bool| {
        let node = Node::new(table);
        let (system, data) = (node.system.path(), data());
        let disks = [system.as_path(), Path::new(data.device(0)), Path::new(data.device(1))];
        let sources: Arc<[Source]> = Arc::new(disks.map(Source::open));
        let mut node = okv_host::host::Node::of_disks(&sources);
        let volumes =
            node.disks.iter_mut().flat_map(|disk| &mut disk.volume_groups).flat_map(|g| &mut g.logical_volumes);
        volumes.filter(|_| is_merging).for_each(|volume| (volume.merging, volume.content) = (true, None));
        okv_host::host::powered_off::open(&sources, &node).map(|_| ()).map_err(|why| why.to_string())
    };
    assert_eq!(is_found(&fstab(&format!("UUID={ROOT_UUID}")), true), Ok(()));
    assert_eq!(is_found(&fstab("/dev/sda1"), false), Ok(()));
    let why = is_found(&fstab("/dev/sda1"), true).unwrap_err();
    assert!(why.contains("may have the root") && why.contains("a snapshot is merged into it"), "{why}");
}

#[test]
fn an_answer_never_takes_the_place_of_a_disk_that_is_read() {
    let node = Node::new(&table());
    let disk = node.system.path();
    let before = fs::metadata(&disk).unwrap().len();
    let link = disk.with_file_name("link");
    fs::hard_link(&disk, &link).unwrap();
    for (command, file) in [("check", &disk), ("check", &link), ("runbook", &disk)] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_okv-host"));
        run.arg(command).arg("--image").arg(&disk).args(["--output", &format!("json:{}", file.display())]);
        let output = run.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let other = disk.with_file_name("other");
    fs::copy(&disk, &other).unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    run.args(["check", "--image"]).arg(&disk).args(["--output", &format!("json:{}", other.display())]);
    assert_eq!(run.output().unwrap().status.code(), Some(6), "a large file that is no report");
    assert_eq!((fs::metadata(&disk).unwrap().len(), fs::metadata(&other).unwrap().len()), (before, before));
}

/// The points of the mounts that `files-read` passes, and what it says else.
fn points(table: &str, change: impl FnOnce(&Path)) -> Vec<String> {
    let node = Node::new(table);
    {
        let root = node.root();
        change(Mounted::writable(&root, "xfs", "nouuid").path());
    }
    let report = check(&[node.system.path()]);
    [found(&report, "files-read"), found(&report, "fstab-mounts")].concat()
}

#[test]
fn mount_points_are_those_that_the_start_would_find() {
    let root = format!("UUID={ROOT_UUID} / xfs defaults 0 0\n");
    let own = |point: &str| format!("{root}UUID={ROOT_UUID} {point} xfs defaults 0 0\n");
    let read = "pass node: each file system of /etc/fstab was read";
    assert_eq!(points(&own("/srv//x/"), |_| {})[0], read);
    let said = points(&own("/data"), |top| fs::write(top.join("data"), "").unwrap());
    assert_eq!(said[0], "unknown /data: its files could not be read: its mount point is no folder");
    assert!(said[1].starts_with("block /etc/fstab line 2: "), "{said:?}");
    let said = points(&own("/data"), |top| std::os::unix::fs::symlink("srv", top.join("data")).unwrap());
    assert_eq!(said[0], read);
    let twice = format!("{}LABEL=other /data xfs defaults 0 0\n", own("/data"));
    assert!(points(&twice, |_| {})[0].starts_with("unknown /data: its files could not be read: lines 2 and 3 "));
    let many: String = (0..300).map(|n| format!("LABEL=x /{n} ext4 defaults 0 0\n")).collect();
    assert!(points(&format!("{root}{many}"), |_| {})[0].contains("more than 256 lines"));
}

#[test]
fn files_below_a_file_system_in_memory_are_not_those_of_the_disk() {
    let node = Node::new(&format!("UUID={ROOT_UUID} / xfs defaults 0 0\ntmpfs /etc/ssh tmpfs defaults 0 0\n"));
    let report = check(&[node.system.path()]);
    assert!(!found(&report, "ssh-host-keys")[0].starts_with("pass "), "{:?}", found(&report, "ssh-host-keys"));
    assert!(found(&report, "files-read")[0].starts_with("pass "));
}
