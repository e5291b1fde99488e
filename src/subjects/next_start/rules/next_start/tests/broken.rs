//! Each link of the chain, broken in each way, in each layout.

use std::os::unix::fs::symlink;

use super::{found, is_found};
use crate::overlay::Host;
use crate::subjects::next_start::facts::sample::{
    BOOT, LAYOUTS, LINE, Layout, OTHER, RELEASE, environment, initramfs, vmlinuz,
};

fn kernel() -> String {
    format!("boot/vmlinuz-{RELEASE}")
}

fn image() -> String {
    format!("boot/initramfs-{RELEASE}.img")
}

/// In each layout: the host that `change` makes of one that starts has this verdict, and the message this part.
#[track_caller]
fn each(verdict: &str, part: &str, change: impl Fn(Host, Layout) -> Host) {
    for layout in LAYOUTS {
        let found = found(&change(layout.host(), layout));
        assert!(found.starts_with(verdict) && found.contains(part), "{layout:?}: {verdict} with {part:?}: {found}");
    }
}

/// The kernel line of all entries, with `old` replaced.
fn with_line(host: Host, layout: Layout, old: &str, new: &str) -> Host {
    let host = host.replacing(&layout.config(), old, new);
    if layout.is_el8() {
        let block = format!("saved_entry={}\nkernelopts={}\n", layout.id(RELEASE), LINE.replace(old, new));
        return host.with(&layout.block(), environment(&block));
    }
    host
}

fn in_place_of(host: Host, path: &str, target: &str) -> Host {
    let host = host.without(path);
    symlink(target, host.path().join(path)).unwrap();
    host
}

fn cut(host: Host, path: &str, length: impl Fn(usize) -> usize) -> Host {
    let bytes = std::fs::read(host.path().join(path)).unwrap();
    host.with(path, &bytes[..length(bytes.len())])
}

#[test]
fn the_configuration_is_missing_dangling_cut_off_ambiguous_or_cannot_be_followed() {
    each("block", "there is no configuration of GRUB", |host, layout| host.without(&layout.config()));
    each("block", "there is no configuration of GRUB", |host, layout| {
        in_place_of(host, &layout.config(), "/gone/grub.cfg")
    });
    // Within a block or within quotes.
    each("unknown", "grub.cfg", |host, layout| {
        let text = std::fs::read_to_string(host.path().join(layout.config())).unwrap();
        let at = text.find(LINE).unwrap() + 5;
        cut(host, &layout.config(), |_| at)
    });
    each("unknown", "grub.cfg line 1: ", |host, layout| {
        let text = std::fs::read_to_string(host.path().join(layout.config())).unwrap();
        host.with(&layout.config(), format!("legacy_configfile /menu.lst\n{text}"))
    });
    for layout in [Layout::El7Uefi, Layout::El8Uefi] {
        let host = layout.host().with("boot/efi/EFI/other/grub.cfg", "set default=0\n");
        is_found(&host, "unknown", "which configuration of GRUB counts is not known");
    }
}

#[test]
fn the_default_names_no_entry_or_the_menu_has_none() {
    each("warn", "\"gone\" names no entry of the menu; GRUB starts the first entry", |host, layout| {
        host.with(&layout.block(), environment(&format!("saved_entry=gone\nkernelopts={LINE}\n")))
    });
    each("block", "the menu has no entry", |host, layout| match layout.is_el8() {
        true => host.without("boot/loader/entries"),
        false => host.with(&layout.config(), "set default=0\n"),
    });
    each("pass", "complete", |host, layout| host.with(&layout.block(), environment(&format!("kernelopts={LINE}\n"))));
}

#[test]
fn an_entry_names_files_that_are_missing_dangling_without_a_slash_or_a_folder() {
    each("block", "GRUB does not find /vmlinuz-", |host, _| host.without(&kernel()));
    each("block", "GRUB does not find /initramfs-", |host, _| host.without(&image()));
    each("block", "GRUB does not find /vmlinuz-", |host, _| in_place_of(host, &kernel(), "/boot/gone"));
    each("block", "GRUB does not find /initramfs-", |host, _| in_place_of(host, &image(), "gone.img"));
    each("block", "GRUB does not find vmlinuz-", |host, layout| {
        let path = layout.entry(RELEASE);
        host.replacing(&path, "/vmlinuz-", "vmlinuz-")
    });
    each("block", "GRUB does not find initramfs-", |host, layout| {
        host.replacing(&layout.entry(RELEASE), "/initramfs-", "initramfs-")
    });
    each("block", "GRUB does not find /initramfs-", |host, _| {
        let host = host.without(&image());
        std::fs::create_dir(host.path().join(image())).unwrap();
        host
    });
}

#[test]
fn grub_searches_for_a_file_system_that_nothing_has_or_that_is_not_boot() {
    for layout in LAYOUTS {
        let other = |uuid: &str| layout.host().replacing(&layout.config(), BOOT, uuid);
        let verdict = if layout.is_uefi() { "block" } else { "warn" };
        is_found(&other("0b0070b0-0000-4000-8000-0000000000ff"), verdict, "which nothing has");
        is_found(&other(&BOOT.to_uppercase()), "pass", "complete");
        is_found(&other("5a5a5a5a-0000-4000-8000-000000000002"), "unknown", "which is not /boot");
    }
}

#[test]
fn a_kernel_is_cut_off_damaged_or_another_one() {
    each("block", "the kernel: /boot/vmlinuz-", |host, _| cut(host, &kernel(), |length| length * 4 / 10));
    each("block", "is damaged at byte 0", |host, _| host.with(&kernel(), ""));
    each("block", "has no modules of 4.14.35-", |host, _| host.with(&kernel(), vmlinuz(OTHER)));
    each("warn", "is by its own header 4.14.35-", |host, _| {
        host.with(&kernel(), vmlinuz(OTHER)).with(&image(), initramfs(OTHER, &["usr/sbin/lvm"]))
    });
    each("unknown", "it is no bzImage", |host, _| host.with(&kernel(), "\x7fELF of something"));
    each("block", "has no .hmac file", |host, _| host.without(&format!("boot/.vmlinuz-{RELEASE}.hmac")));
    each("warn", "has no modules.dep", |host, _| host.without(&format!("lib/modules/{RELEASE}")));
}

#[test]
fn an_initramfs_is_cut_off_another_ones_without_lvm_small_or_cannot_be_read() {
    for part in [0, 1, 4, 9] {
        each("block", "the initramfs: /boot/initramfs-", |host, _| cut(host, &image(), |length| length * part / 10));
    }
    each("block", "has no modules of 5.4.17-", |host, _| host.with(&image(), initramfs(OTHER, &["usr/sbin/lvm"])));
    each("block", "has no lvm", |host, _| host.with(&image(), initramfs(RELEASE, &[])));
    each("unknown", "lzo", |host, _| host.with(&image(), b"\x89LZO\x00\r\n\x1a\n and more"));
    each("block", "the entry loads none", |host, layout| {
        let line = format!("/initramfs-{RELEASE}.img");
        let text = std::fs::read_to_string(host.path().join(layout.entry(RELEASE))).unwrap();
        let kept: Vec<&str> = text.lines().filter(|other| !other.contains(&line)).collect();
        host.with(&layout.entry(RELEASE), kept.join("\n") + "\n")
    });
    let sibling = |name: &str| format!("boot/initramfs-5.4.17-2136.{name}.el8uek.x86_64.img");
    let large = [initramfs(RELEASE, &["usr/sbin/lvm"]), vec![0; 4096]].concat();
    each("warn", "has 756 bytes, and others like it 4852", |host, _| {
        ["1", "2"].iter().fold(host, |host, name| host.with(&sibling(name), &large))
    });
}

#[test]
fn a_word_of_the_line_names_what_does_not_exist_or_something_else() {
    let each_line = |verdict: &str, part: &str, old: &str, new: &str| {
        each(verdict, part, |host, layout| with_line(host, layout, old, new));
    };
    let root = "root=/dev/mapper/vg_root-lv_root";
    each_line("block", "vg_root has no volume lv_gone", root, "root=/dev/mapper/vg_root-lv_gone");
    each_line("block", "root=UUID=deadbeef", root, "root=UUID=deadbeef-0000-4000-8000-00000000dead");
    each_line("block", "which is swap and no file system", root, "root=/dev/mapper/vg_root-lv_swap");
    each_line("warn", "and /etc/fstab line 4 has", root, "root=/dev/mapper/vg_root-lv_var");
    each_line("block", "vg_root has no volume lv_old", "rd.lvm.lv=vg_root/lv_swap", "rd.lvm.lv=vg_root/lv_old");
    each_line("warn", "resume=UUID=deadbeef", "resume=/dev/mapper/vg_root-lv_swap", "resume=UUID=deadbeef");
    each_line("block", "rd.break", "fips=1", "rd.break");
    each_line("block", "emergency mode", "fips=1", "systemd.unit=emergency.target");
}

/// A second disk with the bytes of the first one.
fn with_a_copy_of_its_disk(host: Host) -> Host {
    let read = |path: &str| std::fs::read_to_string(host.path().join("sys/block/sda").join(path)).ok();
    let of_disk = ["dev", "ro", "size", "removable", "queue/logical_block_size", "device/model"].map(str::to_owned);
    let of_part = |number| ["dev", "ro", "start", "size", "partition"].map(|name| format!("sda{number}/{name}"));
    let copied = of_disk.into_iter().chain((1..=3).flat_map(of_part)).filter_map(|path| {
        let text = read(&path)?;
        let minor = text.trim().strip_prefix("8:").and_then(|minor| minor.parse::<u32>().ok());
        Some((path.replace("sda", "sdb"), minor.map_or(text, |minor| format!("8:{}\n", minor + 16))))
    });
    let (copied, disk): (Vec<_>, _) = (copied.collect(), std::fs::read(host.path().join("dev/sda")).unwrap());
    let host = copied.iter().fold(host, |host, (path, text)| host.with(&format!("sys/block/sdb/{path}"), text));
    host.with("dev/sdb", disk)
}

#[test]
fn a_copy_of_the_disk_makes_every_name_ambiguous() {
    each("warn", "GRUB searches for UUID=", |host, _| with_a_copy_of_its_disk(host));
    each("warn", "root=/dev/mapper/vg_root-lv_root (", |host, _| with_a_copy_of_its_disk(host));
    each("warn", "vg_root/lv_root, and there is more than one copy of that: ", |host, _| with_a_copy_of_its_disk(host));
}

#[test]
fn fstab_names_what_does_not_exist_or_cannot_be_mounted() {
    each("block", "line 7: the device for /var does not exist", |host, layout| {
        let host = host.replacing("etc/fstab", "/dev/mapper/vg_root-lv_var ", "UUID=deadbeef ");
        if layout.is_uefi() { host } else { host.replacing("etc/fstab", "# /etc/fstab of a", "#\n# of a") }
    });
    each("block", "is swap and not ext4", |host, _| {
        host.replacing("etc/fstab", "/dev/mapper/vg_root-lv_var ", "/dev/mapper/vg_root-lv_swap ")
    });
    each("block", "/var is not a folder", |host, _| host.with("var", "a file"));
    each("warn", "swap is doubtful", |host, _| {
        host.replacing("etc/fstab", "UUID=5a5a5a5a-0000-4000-8000-000000000002", "/dev/vg_root/lv_gone")
    });
    each("pass", "complete", |host, _| {
        host.replacing("etc/fstab", "/dev/mapper/vg_root-lv_oracle ", "/dev/vg_root/gone ").replacing(
            "etc/fstab",
            "/var/lib/oracle xfs     defaults ",
            "/var/lib/oracle xfs     nofail ",
        )
    });
}
