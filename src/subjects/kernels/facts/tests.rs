//! Hosts in directories: what lies where decides what is known.

use std::fs;

use super::*;
use crate::host::{Firmware, cmdline, fstab, mounts};
use crate::subjects::boot::Loader;
use crate::subjects::kernels::survivor::Missing;

const NEW: &str = "5.4.17-2136.329.3.1.el8uek.x86_64";
const OLD: &str = "4.14.35-2047.504.2.el7uek.x86_64";
const ROOT_ONLY: &str = "97 1 253:1 / / rw - xfs /dev/mapper/vg_root-lv_root rw\n";
const WITH_BOOT: &str =
    "97 1 253:1 / / rw - xfs /dev/mapper/vg_root-lv_root rw\n98 97 8:2 / /boot rw - ext4 /dev/sda2 rw\n";
const FSTAB: &str = "/dev/mapper/vg_root-lv_root / xfs defaults 0 0\nUUID=x /boot ext4 noauto 0 0\n";

struct TestHost(tempfile::TempDir);

/// An initramfs with the folder of modules of this kernel and nothing else.
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

impl TestHost {
    /// A host with these mounts; /etc/fstab has a line for /boot.
    fn new(mountinfo: &str) -> Self {
        let host = Self(tempfile::tempdir().unwrap());
        host.write("proc/self/mountinfo", mountinfo);
        host.write("proc/sys/kernel/osrelease", format!("{NEW}\n"));
        host.write("proc/cmdline", "ro fips=1\n");
        host.write("etc/fstab", FSTAB);
        host
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// All files and the entry of a kernel; the boot loader finds its files below `prefix`.
    fn has_kernel(&self, release: &str, prefix: &str) {
        let mut start = vec![0; 1024];
        start[0x1f1] = 1;
        start[0x1fe..0x206].copy_from_slice(b"\x55\xaa\0\0HdrS");
        self.write(&format!("boot/vmlinuz-{release}"), start);
        self.write(&format!("boot/initramfs-{release}.img"), initramfs(release));
        self.write(&format!("boot/.vmlinuz-{release}.hmac"), "0123");
        self.write(&format!("lib/modules/{release}/kernel/fs/x.ko"), "");
        self.write(&format!("lib/modules/{release}/modules.dep"), "kernel/fs/x.ko:\n");
        let files = format!("linux {prefix}/vmlinuz-{release}\ninitrd {prefix}/initramfs-{release}.img\n");
        let entry = format!("title UEK ({release})\nversion {release}\n{files}options $kernelopts\n");
        self.write(&format!("boot/loader/entries/m-{release}.conf"), entry);
    }

    fn has_grub(&self, folder: &str, saved: &str) {
        let script = "load_env\nset default=\"${saved_entry}\"\nsearch --no-floppy --fs-uuid --set=root 1-2\nblscfg\n";
        self.write(&format!("{folder}/grub.cfg"), script);
        let block = format!("# GRUB Environment Block\nsaved_entry={saved}\nkernelopts=root=/dev/x\n####");
        self.write(&format!("{folder}/grubenv"), block);
    }

    fn kernels(&self, firmware: Firmware) -> Kernels {
        let root = Root::fixture(self.0.path()).unwrap();
        let beside = Beside {
            mounts: &mounts::gather(&root),
            fstab: &fstab::gather(&root),
            cmdline: &cmdline::gather(&root),
            firmware: &Probed::Known(firmware),
            images: &Images::default(),
        };
        gather_beside(&root, beside, installed(&root, &crate::io::tool::Host))
    }
}

fn loader(kernels: &Kernels) -> &Loader {
    kernels.boot.known().unwrap().seen().unwrap().loader.known().unwrap()
}

#[test]
fn a_kernel_with_all_its_parts_can_boot_and_the_saved_entry_is_the_default() {
    let host = TestHost::new(WITH_BOOT);
    host.has_kernel(NEW, "");
    host.has_kernel(OLD, "");
    host.has_grub("boot/grub2", &format!("m-{OLD}"));
    let kernels = host.kernels(Firmware::Bios);
    assert_eq!(kernels.running, Probed::Known(NEW.to_owned()));
    assert_eq!((kernels.missing(NEW), kernels.missing(OLD)), (Ok(vec![]), Ok(vec![])));
    let default = loader(&kernels).default.known().unwrap();
    assert_eq!(default.entry.release.as_deref(), Some(OLD));
    assert_eq!(default.because, "saved_entry of /boot/grub2/grubenv");
    let boot = kernels.boot.known().unwrap().seen().unwrap();
    assert_eq!((boot.files.len(), boot.bytes_of(NEW)), (6, 1024 + initramfs(NEW).len() as u64 + 4));
}

#[test]
fn every_part_that_is_not_there_is_missed() {
    let file = |name: &str| format!("boot/{name}");
    let cases = [
        (file(&format!("vmlinuz-{NEW}")), vec![Missing::Kernel(None), Missing::Entry]),
        (file(&format!("initramfs-{NEW}.img")), vec![Missing::Initramfs(None), Missing::Entry]),
        (file(&format!(".vmlinuz-{NEW}.hmac")), vec![Missing::Hmac]),
        (file(&format!("loader/entries/m-{NEW}.conf")), vec![Missing::Entry]),
        (format!("lib/modules/{NEW}/modules.dep"), vec![Missing::Modules]),
    ];
    for (path, missing) in cases {
        let host = TestHost::new(WITH_BOOT);
        host.has_kernel(NEW, "");
        host.has_grub("boot/grub2", "0");
        fs::remove_file(host.0.path().join(&path)).unwrap();
        assert_eq!(host.kernels(Firmware::Bios).missing(NEW), Ok(missing), "{path}");
    }
}

#[test]
fn a_file_that_is_empty_cut_off_full_of_zeros_or_of_another_kernel_is_no_initramfs_of_it() {
    let whole = initramfs(NEW);
    let half = &whole[..whole.len() / 2];
    let other = initramfs(OLD);
    for (bytes, wrong) in
        [(&b""[..], "byte"), (b"\0\0\0\0", "byte"), (half, "byte"), (&other, "no modules of this kernel")]
    {
        let host = TestHost::new(WITH_BOOT);
        host.has_kernel(NEW, "");
        host.has_grub("boot/grub2", "0");
        host.write(&format!("boot/initramfs-{NEW}.img"), bytes);
        let missing = host.kernels(Firmware::Bios).missing(NEW).unwrap();
        let is_it = matches!(&missing[..], [Missing::Initramfs(Some(why))] if why.contains(wrong));
        assert!(is_it, "{missing:?}");
    }
}

#[test]
fn with_boot_not_mounted_files_below_the_mount_point_are_listed_and_prove_nothing() {
    let host = TestHost::new(ROOT_ONLY);
    host.has_kernel(NEW, "");
    host.has_grub("boot/grub2", "0");
    let kernels = host.kernels(Firmware::Bios);
    let Probed::Known(Boot::NotMounted { line: 2, shadowed }) = &kernels.boot else { panic!("{kernels:?}") };
    assert_eq!(shadowed.len(), 3);
    assert!(kernels.missing(NEW).unwrap_err().contains("not mounted"));
}

#[test]
fn a_boot_that_waits_to_be_mounted_is_not_looked_into() {
    let waiting = format!("{ROOT_ONLY}98 97 0:40 / /boot rw - autofs systemd-1 rw\n");
    let host = TestHost::new(&waiting);
    host.has_kernel(NEW, "");
    let kernels = host.kernels(Firmware::Bios);
    assert_eq!(kernels.boot, Probed::Known(Boot::NotMounted { line: 2, shadowed: vec![] }));
    host.write("etc/fstab", "");
    assert!(matches!(host.kernels(Firmware::Bios).boot, Probed::Unreadable(_)));

    let host = TestHost::new(&format!("{WITH_BOOT}99 98 0:41 / /boot/efi rw - autofs systemd-1 rw\n"));
    host.has_kernel(NEW, "");
    host.has_grub("boot/efi/EFI/redhat", "0");
    assert!(host.kernels(Firmware::Uefi { bits: None }).missing(NEW).unwrap_err().contains("/boot/efi is not mounted"));
}

#[test]
fn a_boot_that_fstab_does_not_know_is_a_part_of_the_root_file_system() {
    let host = TestHost::new(ROOT_ONLY);
    host.write("etc/fstab", "/dev/x / xfs defaults 0 0\n");
    host.has_kernel(NEW, "/boot");
    host.has_grub("boot/grub2", "0");
    assert_eq!(host.kernels(Firmware::Bios).missing(NEW), Ok(vec![]));
    // The boot loader's path is not that of a file system of its own.
    host.has_kernel(NEW, "");
    assert_eq!(host.kernels(Firmware::Bios).missing(NEW), Ok(vec![Missing::Entry]));
}

#[test]
fn under_uefi_the_configuration_of_the_system_partition_counts() {
    let host = TestHost::new(WITH_BOOT);
    host.has_kernel(NEW, "");
    host.has_kernel(OLD, "");
    host.has_grub("boot/grub2", "0");
    let kernels = host.kernels(Firmware::Uefi { bits: None });
    let boot = kernels.boot.known().unwrap().seen().unwrap();
    assert!(matches!(&boot.loader, Probed::Unreadable(why) if why.contains("System Partition")), "{boot:?}");

    host.has_grub("boot/efi/EFI/redhat", &format!("m-{OLD}"));
    fs::create_dir_all(host.0.path().join("boot/efi/EFI/BOOT")).unwrap();
    let kernels = host.kernels(Firmware::Uefi { bits: None });
    assert_eq!(loader(&kernels).config, "/boot/efi/EFI/redhat/grub.cfg");
    assert_eq!(loader(&kernels).default.known().unwrap().entry.release.as_deref(), Some(OLD));

    let stub = "search --no-floppy --fs-uuid --set=dev 1-2\nset prefix=($dev)/grub2\nexport $prefix\n\
                configfile $prefix/grub.cfg\n";
    host.write("boot/efi/EFI/redhat/grub.cfg", stub);
    let kernels = host.kernels(Firmware::Uefi { bits: None });
    assert_eq!(loader(&kernels).config, "/boot/grub2/grub.cfg");
    assert_eq!(loader(&kernels).default.known().unwrap().entry.release.as_deref(), Some(NEW));

    host.has_grub("boot/efi/EFI/redhat", "0");
    host.has_grub("boot/efi/EFI/oracle", "0");
    let kernels = host.kernels(Firmware::Uefi { bits: None });
    assert!(matches!(&kernels.boot.known().unwrap().seen().unwrap().loader, Probed::Unreadable(_)));
}

#[test]
fn a_default_that_names_nothing_is_not_taken_for_the_first_entry() {
    let host = TestHost::new(WITH_BOOT);
    host.has_kernel(NEW, "");
    for saved in ["m-gone", "7"] {
        host.has_grub("boot/grub2", saved);
        let kernels = host.kernels(Firmware::Bios);
        let why = format!("saved_entry of /boot/grub2/grubenv: \"{saved}\" names no entry of the menu");
        assert_eq!(loader(&kernels).default, Probed::Unreadable(why));
    }
    // Without one, GRUB takes the first.
    host.has_grub("boot/grub2", "");
    assert_eq!(loader(&host.kernels(Firmware::Bios)).default.known().unwrap().because, "the first entry");
}

#[test]
fn what_cannot_be_read_is_never_an_empty_answer() {
    let host = TestHost::new(WITH_BOOT);
    host.has_kernel(NEW, "");
    let bios = || host.kernels(Firmware::Bios);
    let seen = |kernels: &Kernels| kernels.boot.known().unwrap().seen().unwrap().loader.clone();
    assert_eq!(seen(&bios()), Probed::Absent);
    assert!(bios().missing(NEW).is_err());
    for (path, text) in [
        ("boot/grub2/grub.cfg", "menuentry x {\n"),
        ("boot/grub2/grubenv", "saved_entry=0\n"),
        ("boot/loader/entries/bad.conf", "title x\0\n"),
        ("etc/fstab", "x\n"),
        ("proc/self/mountinfo", ""),
    ] {
        let host = TestHost::new(WITH_BOOT);
        host.has_kernel(NEW, "");
        host.has_grub("boot/grub2", "0");
        host.write(path, text);
        assert!(host.kernels(Firmware::Bios).missing(NEW).is_err(), "{path}");
    }
    assert!(matches!(bios().installed, Probed::Unreadable(why) if why.contains("rpm-qa.txt")));
    host.write("proc/sys/kernel/osrelease", "../x\n");
    assert!(matches!(bios().running, Probed::Unreadable(_)));
}
