//! Which entry starts, and situations from public reports.

use super::is_found;
use crate::subjects::next_start::facts::sample::{LAYOUTS, LINE, Layout, OTHER, RELEASE, environment};

/// An entry of grub.cfg in one line.
fn one_line(title: &str, release: &str) -> String {
    format!("menuentry '{title}' {{ linux16 /vmlinuz-{release} {LINE}; initrd16 /initramfs-{release}.img; }}\n")
}

fn starts(release: &str, layout: Layout) -> String {
    format!("starts {release} from /boot on {} with root vg_root/lv_root: complete", layout.partition())
}

#[test]
fn the_entry_for_once_is_the_one_that_starts_next_and_the_default_behind_it_counts_too() {
    for layout in LAYOUTS {
        let (once, saved) = (layout.id(OTHER), layout.id(RELEASE));
        let block = environment(&format!("saved_entry={saved}\nnext_entry={once}\nkernelopts={LINE}\n"));
        let host = layout.host().with(&layout.block(), block);
        is_found(&host, "pass", &starts(OTHER, layout));
        let host = host.without(&format!("boot/vmlinuz-{RELEASE}"));
        is_found(&host, "warn", "the start after the next one: it ends at the files of the entry");
    }
}

#[test]
fn a_fallback_starts_where_the_files_of_the_default_are_missing() {
    for layout in LAYOUTS {
        let text = std::fs::read_to_string(layout.host().path().join(layout.config())).unwrap();
        let host = layout.host().with(&layout.config(), format!("{text}set fallback=1\n"));
        is_found(&host, "pass", &starts(RELEASE, layout));
        let host = host.without(&format!("boot/vmlinuz-{RELEASE}"));
        is_found(&host, "warn", "GRUB starts its fallback");
    }
}

#[test]
fn entries_in_one_line_submenus_and_a_sourced_file_are_counted() {
    let layout = Layout::El7Bios;
    let with = |script: &str| layout.host().with("boot/grub2/grub.cfg", script);
    let menu = |default: &str| {
        let (new, old) = (one_line("new", RELEASE), one_line("old", OTHER));
        with(&format!("{default}\nmenuentry 'Memory test' {{ linux16 /memtest }}\n{new}submenu 'more' {{\n{old}}}\n"))
    };
    is_found(&menu("set default=1"), "pass", &starts(RELEASE, layout));
    is_found(&menu("default=1"), "pass", &starts(RELEASE, layout));
    is_found(&menu("set default='new'"), "pass", &starts(RELEASE, layout));
    is_found(&menu("set default='more>old'"), "pass", &starts(OTHER, layout));
    is_found(&menu("set default=2"), "pass", &starts(OTHER, layout));
    is_found(&menu("set default=0"), "block", "GRUB does not find /memtest");
    let host =
        with("set default=mine\nsource $prefix/custom.cfg\n").with("boot/grub2/custom.cfg", one_line("mine", OTHER));
    is_found(&host, "pass", &starts(OTHER, layout));
    is_found(&with("menuentry 'Windows' { chainloader +1 }\n"), "unknown", "starts no Linux kernel");
}

#[test]
fn an_entry_with_the_devices_of_the_machine_that_made_it_does_not_start() {
    let layout = Layout::El8Bios;
    let foreign = "root=/dev/loop0p2 ro resume=UUID=deadbeef-0000-4000-8000-00000000dead rd.lvm.lv=vg_build/root";
    let host = layout.host().replacing(&layout.entry(RELEASE), "$kernelopts $tuned_params", foreign);
    is_found(&host, "block", "it ends at the kernel command line: root=/dev/loop0p2");
}

#[test]
fn options_that_only_the_script_sets_count_where_the_block_has_none() {
    let layout = Layout::El8Bios;
    let block = environment(&format!("saved_entry={}\n", layout.id(RELEASE)));
    let host = layout.host().with(&layout.block(), block);
    is_found(&host, "pass", "complete");
    let foreign = "root=/dev/mapper/vg_old-lv_root ro resume=UUID=deadbeef-0000-4000-8000-00000000dead";
    is_found(&host.replacing(&layout.config(), LINE, foreign), "block", "root=/dev/mapper/vg_old-lv_root");
}

#[test]
fn a_file_of_an_entry_that_grub_passes_over_changes_no_default() {
    for layout in [Layout::El8Bios, Layout::El8Uefi] {
        let host = layout.host().with("boot/loader/entries/m-5.4.17-2136.400.1.el8uek.x86_64.conf", "");
        is_found(&host, "pass", &starts(RELEASE, layout));
    }
}
