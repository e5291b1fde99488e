//! Hosts in directories: el7 and el8, BIOS and UEFI.

use std::fs;

use super::*;

const NEW: &str = "5.4.17-2136.329.3.1.el8uek.x86_64";
const OLD: &str = "4.14.35-2047.504.2.el7uek.x86_64";
const EFI: &str = "boot/efi/EFI/redhat";

struct TestHost(tempfile::TempDir);

impl TestHost {
    /// A host of that release, with the files of both kernels.
    fn new(release: &str) -> Self {
        let host = Self(tempfile::tempdir().unwrap());
        host.write("etc/os-release", &format!("NAME=\"Oracle Linux Server\"\nVERSION_ID=\"{release}\"\n"));
        for kernel in [NEW, OLD] {
            host.write(&format!("boot/vmlinuz-{kernel}"), "");
            host.write(&format!("boot/initramfs-{kernel}.img"), "");
        }
        host
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn block(&self, folder: &str, variables: &str) {
        self.write(&format!("{folder}/grubenv"), &format!("# GRUB Environment Block\n{variables}#####"));
    }

    /// The files of entries, as kernel-install makes them.
    fn entries(&self) {
        for kernel in [NEW, OLD] {
            let text = format!(
                "title UEK {kernel}\nversion {kernel}\nlinux /vmlinuz-{kernel}\ninitrd /initramfs-{kernel}.img \
                 $tuned_initrd\noptions $kernelopts $tuned_params\ngrub_users $grub_users\n"
            );
            self.write(&format!("boot/loader/entries/m-{kernel}.conf"), &text);
        }
    }

    fn look(&self, firmware: Firmware) -> Probed<Loader> {
        boot_loader(&Root::fixture(self.0.path()).unwrap(), &Probed::Known(firmware), "/boot")
    }

    fn loader(&self) -> Loader {
        match self.look(Firmware::Bios) {
            Probed::Known(loader) => loader,
            other => panic!("{other:?}"),
        }
    }
}

fn started(default: &Probed<DefaultEntry>) -> &str {
    default.known().unwrap().entry.release.as_deref().unwrap()
}

/// As grub2-mkconfig of el8 writes it.
const EL8: &str = r#"
set pager=1
if [ -f ${config_directory}/grubenv ]; then
  load_env -f ${config_directory}/grubenv
elif [ -s $prefix/grubenv ]; then
  load_env
fi
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="${saved_entry}"
fi
if [ x"${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
export menuentry_id_option
if loadfont $font ; then
  set gfxmode=auto
  load_video
  insmod gfxterm
fi
terminal_output console
if [ x$feature_timeout_style = xy ] ; then
  set timeout_style=menu
  set timeout=5
else
  set timeout=5
fi
insmod part_msdos
set root='hd0,msdos1'
if [ x$feature_platform_search_hint = xy ]; then
  search --no-floppy --fs-uuid --set=root --hint-bios=hd0,msdos1 --hint='hd0,msdos1'  1-2
else
  search --no-floppy --fs-uuid --set=root 1-2
fi
set boot='hd0,msdos1'
search --no-floppy --fs-uuid --set=boot 1-2
if [ -z "${kernelopts}" ]; then
  set kernelopts="root=/dev/mapper/vg_root-lv_root ro fallback "
fi
insmod blscfg
blscfg
if [ "${boot_success}" = "1" -o "${boot_indeterminate}" = "1" ]; then
  set last_boot_ok=1
else
  set last_boot_ok=0
fi
if [ "${boot_indeterminate}" ]; then increment boot_indeterminate; fi
if [ x$grub_platform = xefi ]; then
  menuentry 'System setup' $menuentry_id_option 'uefi-firmware' {
  	fwsetup
  }
fi
if [ -f  ${config_directory}/custom.cfg ]; then
  source ${config_directory}/custom.cfg
elif [ -z "${config_directory}" -a -f  $prefix/custom.cfg ]; then
  source $prefix/custom.cfg;
fi
"#;

#[test]
fn el8_starts_the_saved_entry_with_the_options_of_the_block_or_of_the_fallback() {
    let host = TestHost::new("8.8");
    host.entries();
    host.write("boot/grub2/grub.cfg", EL8);
    host.block("boot/grub2", &format!("saved_entry=m-{OLD}\nkernelopts=root=/dev/x ro\n"));
    let loader = host.loader();
    let default = loader.default.known().unwrap();
    assert_eq!((started(&loader.default), default.because.as_str()), (OLD, "saved_entry of /boot/grub2/grubenv"));
    assert_eq!(default.entry.args, ["root=/dev/x", "ro"]);
    assert_eq!((default.entry.lacks.len(), loader.entries.len(), loader.once), (0, 2, None));
    assert_eq!(default.entry.device, Device::Found { by: "fs_uuid".into(), value: "1-2".into(), else_system: false });

    host.block("boot/grub2", "");
    let loader = host.loader();
    let default = loader.default.known().unwrap();
    assert_eq!((started(&loader.default), default.because.as_str()), (NEW, "the first entry"));
    assert_eq!(default.entry.args, ["root=/dev/mapper/vg_root-lv_root", "ro", "fallback"]);
}

#[test]
fn the_next_boot_alone_may_start_another_entry() {
    let host = TestHost::new("8.8");
    host.entries();
    host.write("boot/grub2/grub.cfg", EL8);
    host.block("boot/grub2", &format!("saved_entry=m-{NEW}\nnext_entry=m-{OLD}\n"));
    let loader = host.loader();
    assert_eq!((started(&loader.default), loader.next.as_deref()), (NEW, Some(&*format!("m-{OLD}"))));
    let once = loader.once.unwrap();
    assert_eq!((started(&once), &*once.known().unwrap().because), (OLD, "next_entry of /boot/grub2/grubenv"));
    host.block("boot/grub2", &format!("saved_entry=m-{NEW}\nnext_entry=gone\n"));
    assert!(matches!(host.loader().once, Some(Probed::Unreadable(why)) if why.contains("\"gone\" names no entry")));
}

#[test]
fn under_uefi_the_configuration_is_on_the_system_partition_and_its_files_where_it_searches() {
    let host = TestHost::new("8.8");
    host.entries();
    host.write(&format!("{EFI}/grub.cfg"), EL8);
    host.block(EFI, &format!("saved_entry=m-{OLD}\n"));
    let uefi = Firmware::Uefi { bits: None };
    let Probed::Known(loader) = host.look(uefi) else { panic!() };
    assert_eq!((started(&loader.default), loader.config.as_str()), (OLD, "/boot/efi/EFI/redhat/grub.cfg"));
    assert_eq!(loader.environment(), "/boot/efi/EFI/redhat/grubenv");
    assert_eq!(loader.entries.last().unwrap().title, "System setup");

    // A stub hands over, and the other configuration has its own block.
    host.write(
        &format!("{EFI}/grub.cfg"),
        "search --no-floppy --root-dev-only --fs-uuid --set=dev 1-2\nset prefix=($dev)/grub2\n\
         export $prefix\nconfigfile $prefix/grub.cfg\n",
    );
    host.write("boot/grub2/grub.cfg", EL8);
    host.block("boot/grub2", &format!("saved_entry=m-{NEW}\n"));
    let Probed::Known(loader) = host.look(uefi) else { panic!() };
    assert_eq!((started(&loader.default), loader.config.as_str()), (NEW, "/boot/grub2/grub.cfg"));

    // Without a search, the entries would be on the system partition itself.
    host.write(&format!("{EFI}/grub.cfg"), "blscfg\n");
    assert!(matches!(host.look(uefi), Probed::Known(loader) if loader.entries.is_empty()));
}

#[test]
fn a_default_is_read_as_the_release_reads_it_and_both_have_to_agree_where_that_is_not_known() {
    let menu = format!(
        "set default='4 old'\nmenuentry new {{ linux /vmlinuz-{NEW}; }}\n\
         menuentry '4 old' {{ linux /vmlinuz-{OLD}; }}\n"
    );
    for (release, expected) in [("7.9", None), ("8.8", Some(OLD)), ("12", None)] {
        let host = TestHost::new(release);
        host.write("boot/grub2/grub.cfg", &menu);
        let loader = host.loader();
        assert_eq!(loader.default.known().and_then(|default| default.entry.release.as_deref()), expected, "{release}");
        host.write("boot/grub2/grub.cfg", &menu.replace("'4 old'\nmenuentry new", "0\nmenuentry new"));
        assert_eq!(started(&host.loader().default), NEW);
    }
}

#[test]
fn files_that_are_not_where_the_entry_says_are_lacked() {
    let host = TestHost::new("7.9");
    for (path, lacks) in [
        (format!("/vmlinuz-{NEW}"), false),
        (format!("($root)/vmlinuz-{NEW}"), false),
        (format!("vmlinuz-{NEW}"), true),
        (format!("($root)vmlinuz-{NEW}"), true),
        (format!("/boot/vmlinuz-{NEW}"), true),
        ("/loader".to_owned(), true),
    ] {
        host.write("boot/loader/x", "");
        host.write(
            "boot/grub2/grub.cfg",
            &format!("menuentry a {{ linux {path} ro; initrd /initramfs-{NEW}.img; }}\n"),
        );
        let entry = host.loader().entries[0].clone();
        let shown = path.rsplit(')').next().unwrap();
        assert_eq!(entry.lacks, Vec::from_iter(lacks.then_some(shown)), "{path}");
    }
}

#[test]
fn a_file_of_an_entry_that_names_no_kernel_is_passed_over_and_the_others_stay() {
    let host = TestHost::new("8.8");
    host.entries();
    host.write("boot/grub2/grub.cfg", EL8);
    host.write("boot/loader/entries/m-9.conf", "");
    let loader = host.loader();
    assert_eq!((loader.entries.len(), started(&loader.default)), (2, NEW));
    assert_eq!(loader.skipped.len(), 1);
    assert_eq!(loader.skipped[0].0, "/boot/loader/entries/m-9.conf");
    std::os::unix::fs::symlink("gone", host.0.path().join("boot/loader/entries/m-8.conf")).unwrap();
    assert_eq!(host.loader().skipped.len(), 2);
}

#[test]
fn entries_that_are_tried_behind_the_default_are_known() {
    let host = TestHost::new("7.9");
    let menu = format!("set fallback='1 0'\nmenuentry a {{ linux /vmlinuz-{NEW}; }}\nmenuentry b {{ linux /b; }}\n");
    host.write("boot/grub2/grub.cfg", &menu);
    let titles: Vec<String> = host.loader().fallback.into_iter().map(|entry| entry.title).collect();
    assert_eq!(titles, ["b", "a"]);
}

#[test]
fn what_cannot_be_read_is_not_taken_for_a_menu() {
    let host = TestHost::new("7.9");
    assert_eq!(host.look(Firmware::Bios), Probed::Absent);
    host.write("boot/grub2/grub.cfg", "menuentry a {\n");
    assert!(matches!(host.look(Firmware::Bios), Probed::Unreadable(why) if why.contains("grub.cfg: it is cut off")));
    host.write("boot/grub2/grub.cfg", "load_env\nmenuentry a { true; }\n");
    host.write("boot/grub2/grubenv", "no block");
    assert!(matches!(host.look(Firmware::Bios), Probed::Unreadable(why) if why.contains("grubenv")));
    host.write("boot/grub2/grub.cfg", "true\n");
    host.block("boot/grub2", "");
    assert_eq!(host.loader().default, Probed::Absent);
}
