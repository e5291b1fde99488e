//! Boot entries that the real kernel-install of systemd writes, as the boot loader's menu reads them. Takes root: /boot
//! is another folder in a mount namespace of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use okv_host::host::{Firmware, Probed, Root};
use okv_host::subjects::boot::{Loader, boot_loader};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OLD: &str = "4.14.35-2047.504.2.el7uek.x86_64";
const NEW: &str = "5.4.17-2136.329.3.1.el8uek.x86_64";
const LINE: &str = "root=/dev/mapper/vg_root-lv_root ro rd.lvm.lv=vg_root/lv_root";

/// Has kernel-install add or remove a kernel in the folder `boot` of `host`.
fn kernel_install(host: &Path, args: &[&str]) {
    // A file system of its own: else the paths of the entry begin at the root.
    let script = "set -e; mount -t tmpfs tmpfs /boot; cp -a \"$0/boot/.\" /boot; kernel-install \"$@\"
        rm -rf \"$0/boot\"; cp -a /boot \"$0/\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", script]).arg(host).args(args).env_clear().env("PATH", "/usr/sbin:/usr/bin");
    command.env("MACHINE_ID", TOKEN).env("KERNEL_INSTALL_CONF_ROOT", host.join("etc/kernel"));
    // No modules are listed, and no initramfs is made: they are given.
    command.env("KERNEL_INSTALL_PLUGINS", "/usr/lib/kernel/install.d/90-loaderentry.install");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn add(host: &Path, release: &str) {
    let file = |name: &str| {
        let path = host.join(format!("etc/{name}"));
        fs::write(&path, format!("{name} of {release}")).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    kernel_install(host, &["add", release, &file("vmlinuz"), &file("initrd")]);
}

fn menu(host: &Path) -> Loader {
    let found = boot_loader(&Root::fixture(host).unwrap(), &Probed::Known(Firmware::Bios), "/boot");
    found.known().unwrap_or_else(|| panic!("{found:?}")).clone()
}

#[test]
fn entries_of_kernel_install_are_read_with_their_files_and_options_and_the_newest_is_first() {
    let dir = tempfile::tempdir().unwrap();
    let host = dir.path();
    for folder in ["boot/grub2", "etc/kernel"] {
        fs::create_dir_all(host.join(folder)).unwrap();
    }
    fs::write(host.join("etc/os-release"), "VERSION_ID=\"8.8\"\n").unwrap();
    fs::write(host.join("etc/kernel/install.conf"), "layout=bls\nBOOT_ROOT=/boot\n").unwrap();
    fs::write(host.join("etc/kernel/cmdline"), LINE).unwrap();
    fs::write(host.join("boot/grub2/grub.cfg"), "load_env\nset default=\"${saved_entry}\"\nblscfg\n").unwrap();
    add(host, NEW);
    add(host, OLD);

    let loader = menu(host);
    let places: Vec<&str> = loader.entries.iter().map(|entry| entry.linux.as_str()).collect();
    assert_eq!(places, [NEW, OLD].map(|release| format!("/{TOKEN}/{release}/linux")));
    for entry in &loader.entries {
        assert!(entry.lacks.is_empty() && entry.initrd.len() == 1 && entry.unknown.is_none(), "{entry:?}");
        let words = entry.args.join(" ");
        assert!(words.starts_with(LINE) && words.ends_with(&format!("systemd.machine_id={TOKEN}")), "{words}");
    }
    let default = loader.default.known().unwrap();
    assert!(default.entry.from.ends_with(&format!("{TOKEN}-{NEW}.conf")) && default.because == "the first entry");

    kernel_install(host, &["remove", NEW]);
    let left = menu(host);
    assert_eq!(left.entries.iter().map(|entry| entry.linux.as_str()).collect::<Vec<_>>(), [places[1]]);
}
