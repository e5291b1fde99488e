//! What reading what starts a host costs, whatever is in the files: memory, and time.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

use super::overlay::Host;

const RELEASE: &str = "5.4.17-2136.330.7.1.el8uek.x86_64";
/// Most memory beside that of a check which has none of these files, in KiB.
const MOST_KIB: i64 = 32 << 10;
/// A build without optimizations takes ten times as long as the released one, which needs under a second for each.
const LONGEST: Duration = Duration::from_secs(60);
const GIB: u64 = 1 << 30;

/// A host that mounts /boot and whose menu loads an initramfs.
fn host() -> Host {
    let mounts = "97 1 253:1 / / rw shared:1 - xfs /dev/mapper/vg_root-lv_root rw\n\
        98 97 8:1 / /boot rw shared:2 - ext4 /dev/sda1 rw\n";
    let entry = format!("menuentry x {{ linux /vmlinuz-{RELEASE} ro\ninitrd /initramfs-{RELEASE}.img\n}}\n");
    Host::named("good-bios")
        .with("proc/self/mountinfo", mounts)
        .with("boot/grub2/grub.cfg", format!("load_env\ninsmod blscfg\nblscfg\n{entry}"))
        .with(&format!("boot/vmlinuz-{RELEASE}"), "")
        .with(&format!("boot/initramfs-{RELEASE}.img"), "")
}

/// A file of 1 GiB that begins like this, with holes behind it.
fn huge(path: &Path, begin: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = File::create(path).unwrap();
    file.set_len(GIB).unwrap();
    file.write_all_at(begin, 0).unwrap();
}

/// Text of this many bytes.
fn text(line: &str, bytes: usize) -> Vec<u8> {
    line.as_bytes().iter().copied().cycle().take(bytes).collect()
}

fn checks(host: &Host) -> Duration {
    let started = Instant::now();
    let mut check = Command::new(assert_cmd::cargo::cargo_bin("okv-host"));
    check.args(["check", "--format", "json", "--root"]).arg(host.path());
    let status = check.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.code().is_some(), "{status}");
    started.elapsed()
}

/// The most memory of any child so far, in KiB.
fn most_kib() -> i64 {
    getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss()
}

#[test]
fn whatever_starts_a_host_is_read_in_32_mib_more_and_in_bounded_time() {
    let host = host();
    let image = host.path().join(format!("boot/initramfs-{RELEASE}.img"));
    let plain = checks(&host);
    let before = most_kib();
    let newc = |name: &str, bytes: u64| {
        let mut head = format!("070701{:08X}{:08X}", 1, 0o100_644);
        [0, 0, 1, 0, bytes, 0, 0, 0, 0, name.len() as u64 + 1, 0].iter().for_each(|f| head += &format!("{f:08X}"));
        head.into_bytes().into_iter().chain(name.bytes()).chain([0]).collect::<Vec<u8>>()
    };
    // lz4 blocks that unpack to more than themselves; a member that is as large as the file; names without end.
    let begins: [(&str, Vec<u8>); 7] = [
        ("nothing", vec![]),
        ("a member of 1 GiB", newc("a", GIB - 200)),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec()),
        ("xz", b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36".to_vec()),
        ("zstd with a window of 128 MiB", b"\x28\xb5\x2f\xfd\0\x88\0\0\0".to_vec()),
        ("lz4", b"\x02\x21\x4c\x18\0\0\x80\0".to_vec()),
        ("lzma", b"\x5d\0\0\0\x01\xff\xff\xff\xff\xff\xff\xff\xff\0".to_vec()),
    ];
    for (name, begin) in &begins {
        huge(&image, begin);
        let took = checks(&host);
        println!("an initramfs of 1 GiB, {name}: {took:.1?} of {plain:.1?}, {} KiB more", most_kib() - before);
        assert!(took < LONGEST, "{name}: {took:?}");
    }
    fs::write(&image, "").unwrap();
    let megabyte = 1 << 20;
    for (path, line) in [
        ("boot/grub2/grub.cfg", "menuentry x { linux /x a=$b; }\n"),
        ("boot/grub2/grub.cfg", "if [ a = $x ]; then set a=$a$a; fi\n"),
        ("boot/grub2/grub.cfg", "{"),
        ("boot/grub2/grubenv", "a=b\n"),
        ("boot/loader/entries/m-1.conf", "options a\n"),
    ] {
        let other = self::host().with(path, text(line, megabyte));
        let took = checks(&other);
        println!("{path} of 1 MiB of {line:?}: {took:.1?}, {} KiB more", most_kib() - before);
        assert!(took < LONGEST, "{path}: {took:?}");
        huge(&other.path().join(path), &text(line, megabyte));
        assert!(checks(&other) < LONGEST, "{path} of 1 GiB");
    }
    assert!(most_kib() - before <= MOST_KIB, "{} KiB more", most_kib() - before);
}
