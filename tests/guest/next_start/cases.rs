//! What is changed on a node before it is started again.

use crate::guest::Firmware::{self, Bios, Uefi};

pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) firmware: Firmware,
    /// Bash, in /boot, with `$grub`, `$release` and the functions beside it.
    pub(super) change: &'static str,
}

const fn case(name: &'static str, firmware: Firmware, change: &'static str) -> Case {
    Case { name, firmware, change }
}

/// Nodes that do not start.
pub(super) const BROKEN: &[Case] = &[
    case("a root volume that does not exist", Bios, "line 's#vg_root-lv_root#vg_root-lv_gone rootdelay=1#'"),
    case("a root by the UUID of nothing", Bios, "line \"s#root=[^ ]*#root=UUID=$nobody rootdelay=1#\""),
    case("a kernel that is cut off", Bios, "cut_off vmlinuz-$release"),
    case("an initramfs that is cut off", Bios, "cut_off initramfs-$release.img"),
    case("a path without its slash", Bios, "sed -i 's#linux /vmlinuz#linux vmlinuz#' $grub/grub.cfg"),
    case(
        "a file system that grub searches for and nothing has",
        Uefi,
        "sed -i \"s#--set=root [0-9a-f-]*#--set=root $nobody#\" $grub/grub.cfg",
    ),
    case("an initramfs that is missing", Bios, "rm initramfs-$release.img"),
    case("a menu without entries", Bios, "head | write"),
    case("no configuration", Bios, "rm $grub/grub.cfg"),
    case(
        "a device of fstab that does not exist",
        Bios,
        "echo \"UUID=$nobody /srv ext4 x-systemd.device-timeout=5 0 0\" >>/etc/fstab",
    ),
    case("a file system of another type in fstab", Bios, "sed -i 's#/images ext4#/images xfs#' /etc/fstab"),
    case("a boot program that is empty", Uefi, ": >efi/EFI/BOOT/BOOTX64.EFI"),
    case("the emergency target", Bios, "line 's#$# systemd.unit=emergency.target#'"),
    case(
        "an initramfs of another kernel",
        Bios,
        "mkdir -p /run/other/lib/modules/5.4.17-1.el8uek.x86_64; archive /run/other lib >initramfs-$release.img",
    ),
];

/// Nodes that start.
pub(super) const UNUSUAL: &[Case] = &[
    case(
        "an index without set, and entries in one line",
        Bios,
        r#"{
  head | sed '/^if/,/^fi/d'
  echo 'default=1'
  echo 'menuentry "Memory test" { echo none; }'
  echo "menuentry one { $(entry | sed '1d;$d' | tr '\n' ';') }"
} | write"#,
    ),
    case(
        "an entry in a submenu",
        Bios,
        r#"{
  head
  echo 'export common' # a submenu sees nothing else
  echo "submenu 'More' --id more {"
  entry | sed "s#^menuentry .*#menuentry 'Linux' --id linux {#"
  echo '}'
  echo 'set default="more>linux"'
} | write"#,
    ),
    case(
        "a root by its UUID",
        Uefi,
        r#"uuid=$(blkid --match-tag UUID --output value /dev/mapper/vg_root-lv_root)
line "s#root=[^ ]*#root=UUID=$uuid#""#,
    ),
    case(
        "an entry in a file that is sourced",
        Bios,
        "entry >$grub/custom.cfg; { head; echo 'source $prefix/custom.cfg'; } | write",
    ),
    case(
        "an entry for the next start alone",
        Bios,
        r#"{
  head
  echo 'if [ -n "$next_entry" ]; then set default="$next_entry"; set next_entry=; save_env next_entry; fi'
  entry
  echo "menuentry gone { linux /gone; }"
} | write
grub-editenv $grub/grubenv set next_entry="Oracle Linux Server ($release)" saved_entry=gone"#,
    ),
    case(
        "an archive before the initramfs",
        Bios,
        "early >/run/both.img; cat initramfs-$release.img >>/run/both.img; cat /run/both.img >initramfs-$release.img",
    ),
    case(
        "a device of fstab that may be missing",
        Bios,
        "echo \"UUID=$nobody /srv ext4 nofail,x-systemd.device-timeout=2 0 0\" >>/etc/fstab",
    ),
    case("two initramfs files", Bios, "early >early.img; sed -i 's#initrd /#initrd /early.img /#' $grub/grub.cfg"),
    case("a default by its number", Bios, "grub-editenv $grub/grubenv set saved_entry=0"),
    case(
        "a function, a condition and a kernel by a variable",
        Bios,
        r#"{
  head
  echo 'function choose { if [ "$1" = y -a -n "$prefix" ]; then set default=0; else set default=7; fi; }'
  echo 'choose y'
  entry | sed "s#linux /vmlinuz-$release#set k=/vmlinuz-$release; linux \$k#"
} | write"#,
    ),
    case(
        "a link to the kernel",
        Bios,
        "ln -s vmlinuz-$release current; sed -i \"s#linux /vmlinuz-$release#linux /current#\" $grub/grub.cfg",
    ),
    case(
        "a fallback",
        Bios,
        "{ head; echo 'menuentry gone { linux /gone; }'; entry; echo 'set default=0; set fallback=1'; } | write",
    ),
    case(
        "a stub that hands over",
        Uefi,
        r#"mkdir -p grub2
cp $grub/grub.cfg $grub/grubenv grub2/
{
  echo "search --no-floppy --fs-uuid --set=dev $(findmnt --noheadings --output UUID /boot)"
  echo 'set prefix=($dev)/grub2'
  echo 'export prefix'
  echo 'configfile $prefix/grub.cfg'
} >$grub/grub.cfg"#,
    ),
];
