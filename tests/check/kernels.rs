//! The rules about kernels on a node whose /boot is mounted, whole and with each thing wrong.

use std::fs;
use std::path::Path;

use crate::{Host, judged, of};
use okv_host::subjects::rule::{Finding, Verdict};

const OLD: &str = "4.14.35-2047.504.2.el7uek.x86_64";
const NEW: &str = "5.4.17-2136.329.3.1.el8uek.x86_64";

/// What is wrong, how it is made so, and every finding of `boot-consistent` then.
type Case = (&'static str, Box<dyn FnOnce(&Path)>, Vec<(Verdict, &'static str)>);

fn put(host: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = host.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// An archive with the folder of a kernel's modules and nothing else.
fn initramfs(release: &str) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, mode) in [(format!("lib/modules/{release}"), 0o040_755), ("TRAILER!!!".to_owned(), 0)] {
        let fields: [usize; 13] = [1, mode, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.len() + 1, 0];
        archive.extend(b"070701");
        fields.iter().for_each(|field| archive.extend(format!("{field:08X}").bytes()));
        archive.extend(name.bytes().chain([0]));
        archive.resize(archive.len().next_multiple_of(4), 0);
    }
    archive
}

/// What a kernel has in /boot.
fn kernel(host: &Path, release: &str) {
    let mut start = vec![0; 4096];
    start[0x1fe..0x206].copy_from_slice(b"\x55\xaa\0\0HdrS");
    put(host, &format!("boot/vmlinuz-{release}"), start);
    put(host, &format!("boot/initramfs-{release}.img"), initramfs(release));
    put(host, &format!("boot/.vmlinuz-{release}.hmac"), "0123");
    let files = format!("linux /vmlinuz-{release}\ninitrd /initramfs-{release}.img\n");
    put(host, &format!("boot/loader/entries/m-{release}.conf"), format!("title UEK\n{files}options $kernelopts\n"));
}

fn grub(host: &Path, saved: &str) {
    let script = "load_env\nset default=\"${saved_entry}\"\nsearch --no-floppy --fs-uuid --set=root 1-2\nblscfg\n";
    put(host, "boot/efi/EFI/redhat/grub.cfg", script);
    let block = format!("# GRUB Environment Block\nsaved_entry={saved}\nkernelopts=root=/dev/x ro fips=1\n####");
    put(host, "boot/efi/EFI/redhat/grubenv", block);
}

/// The host kernel-old with /boot mounted and all in order, then changed.
fn mounted(change: impl FnOnce(&Path)) -> Vec<Finding> {
    let host = Host::named("kernel-old");
    let mountinfo = host.path().join("proc/self/mountinfo");
    let mut mounts = fs::read_to_string(&mountinfo).unwrap();
    mounts.push_str("98 97 8:2 / /boot rw - ext4 /dev/sda2 rw\n99 98 8:1 / /boot/efi rw - vfat /dev/sda1 rw\n");
    fs::write(mountinfo, mounts).unwrap();
    kernel(host.path(), OLD);
    kernel(host.path(), NEW);
    grub(host.path(), &format!("m-{NEW}"));
    change(host.path());
    judged(host.path())
}

fn all<'f>(found: &'f [Finding], rule: &str) -> Vec<(Verdict, &'f str)> {
    found.iter().filter(|f| f.id == rule).map(|f| (f.verdict, f.subject.as_str())).collect()
}

#[test]
fn with_boot_mounted_and_all_in_order_everything_agrees() {
    let found = mounted(|_| ());
    assert_eq!(all(&found, "boot-consistent"), [(Verdict::Pass, "node")]);
    assert_eq!(all(&found, "kernel-running-newest"), [(Verdict::Pass, "node")]);
    let old = of(&found, "kernel-old");
    assert_eq!((old.verdict, old.subject.as_str()), (Verdict::Warn, OLD));
    assert_eq!(old.remedy, "After the upgrade, run: okv-host kernel-prune");
    assert!(old.measured.starts_with("kernel-uek, kernel-uek-devel, 126877696 B"), "{old:?}");
}

#[test]
fn each_disagreement_is_reported() {
    let gone = |path: String| move |host: &Path| fs::remove_file(host.join(&path)).unwrap();
    let without_slash = |host: &Path| {
        let path = host.join(format!("boot/loader/entries/m-{NEW}.conf"));
        let text = fs::read_to_string(&path).unwrap().replace(" /", " ");
        fs::write(path, text).unwrap();
    };
    let entry = "/boot/loader/entries/m-5.4.17-2136.329.3.1.el8uek.x86_64.conf";
    let cases: [Case; 11] = [
        (
            "an entry without leading slashes",
            Box::new(without_slash),
            vec![(Verdict::Warn, NEW), (Verdict::Warn, entry)],
        ),
        (
            "a file of an entry that a power cut left empty",
            Box::new(|host| put(host, "boot/loader/entries/m-9.conf", "")),
            vec![(Verdict::Warn, "/boot/loader/entries/m-9.conf")],
        ),
        (
            "an entry that is no script",
            Box::new(move |host| put(host, &entry[1..], "title x\nlinux /vmlinuz\noptions a | b\n")),
            vec![(Verdict::Warn, NEW), (Verdict::Unknown, entry)],
        ),
        (
            "an entry and a package without the kernel",
            Box::new(gone(format!("boot/vmlinuz-{NEW}"))),
            vec![
                (Verdict::Warn, NEW),
                (Verdict::Warn, "/boot/loader/entries/m-5.4.17-2136.329.3.1.el8uek.x86_64.conf"),
            ],
        ),
        (
            "a package without an entry",
            Box::new(gone(format!("boot/loader/entries/m-{OLD}.conf"))),
            vec![(Verdict::Warn, OLD)],
        ),
        (
            "files and an entry of a kernel that is not installed and has no modules",
            Box::new(|host| kernel(host, "5.15.0-3.el8uek.x86_64")),
            vec![
                (Verdict::Warn, "/boot/loader/entries/m-5.15.0-3.el8uek.x86_64.conf"),
                (Verdict::Note, "5.15.0-3.el8uek.x86_64"),
            ],
        ),
        (
            "an initramfs alone",
            Box::new(|host| put(host, "boot/initramfs-5.4.17-1.el8uek.x86_64.img", "070701")),
            vec![(Verdict::Note, "5.4.17-1.el8uek.x86_64")],
        ),
        (
            "a rescue kernel with its entry",
            Box::new(|host| {
                put(host, "boot/vmlinuz-0-rescue-abc", "x");
                put(host, "boot/loader/entries/abc-0-rescue.conf", "title Rescue\nlinux /vmlinuz-0-rescue-abc\n");
            }),
            vec![(Verdict::Note, "/boot")],
        ),
        (
            "modules that no package is of",
            Box::new(|host| put(host, "lib/modules/5.4.17-1.el8uek.x86_64/modules.dep", "x")),
            vec![(Verdict::Note, "/lib/modules/5.4.17-1.el8uek.x86_64")],
        ),
        (
            "a package whose modules are gone, and so what its entry starts",
            Box::new(|host| fs::remove_dir_all(host.join("lib/modules").join(OLD)).unwrap()),
            vec![(Verdict::Warn, OLD), (Verdict::Warn, "/boot/loader/entries/m-4.14.35-2047.504.2.el7uek.x86_64.conf")],
        ),
        ("a default that names nothing", Box::new(|host| grub(host, "m-gone")), vec![(Verdict::Warn, "boot loader")]),
    ];
    for (what, change, expected) in cases {
        assert_eq!(all(&mounted(change), "boot-consistent"), expected, "{what}");
    }
}

#[test]
fn a_boot_loader_that_cannot_be_read_is_unknown_but_for_a_system_partition_that_is_not_mounted() {
    let damaged = mounted(|host| put(host, "boot/efi/EFI/redhat/grub.cfg", "menuentry x {\n"));
    assert_eq!(all(&damaged, "boot-consistent"), [(Verdict::Unknown, "boot loader")]);
    let unmounted = mounted(|host| {
        fs::remove_dir_all(host.join("boot/efi/EFI")).unwrap();
        let mountinfo = host.join("proc/self/mountinfo");
        let mounts = fs::read_to_string(&mountinfo).unwrap();
        let kept: Vec<&str> = mounts.lines().filter(|line| !line.contains("/boot/efi")).collect();
        fs::write(mountinfo, kept.join("\n") + "\n").unwrap();
    });
    assert_eq!(all(&unmounted, "boot-consistent"), [(Verdict::Note, "boot loader")]);
}

#[test]
fn an_old_kernel_that_is_the_default_is_reported_with_what_to_do_first() {
    let found = mounted(|host| grub(host, &format!("m-{OLD}")));
    let old = of(&found, "kernel-old");
    assert_eq!(old.remedy, "After the upgrade, make the newest kernel the default, then run: okv-host kernel-prune");
    assert!(old.message.contains("by default"));
}

#[test]
fn an_answer_of_rpm_that_is_cut_off_is_unknown() {
    let found = mounted(|host| {
        let path = host.join("rpm-qa.txt");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, &text[..text.len() / 2]).unwrap();
    });
    for rule in ["kernel-running-newest", "kernel-old", "boot-consistent"] {
        assert_eq!(of(&found, rule).verdict, Verdict::Unknown, "{rule}");
    }
}
