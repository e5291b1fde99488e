//! Configurations that reach what is not known, or ask for too much; grub-emu is asked about the rest.

use std::collections::BTreeMap;

use super::*;
use crate::host::Probed;
use crate::subjects::boot::facts::loader::files::FileKind;
use crate::subjects::boot::facts::loader::menu::{Entry, Item, entries};

/// Files by their path.
#[derive(Default)]
struct Texts(BTreeMap<String, String>);

impl Files for Texts {
    fn read(&self, path: &str) -> Probed<Vec<u8>> {
        match self.0.get(path).map(String::as_str) {
            None => Probed::Absent,
            Some("unreadable") => Probed::Unreadable(format!("{path}: Input/output error")),
            Some(text) => Probed::Known(text.as_bytes().to_vec()),
        }
    }

    fn kind(&self, path: &str) -> Probed<FileKind> {
        match self.read(path) {
            Probed::Known(text) => Probed::Known(FileKind::File { is_empty: text.is_empty() }),
            Probed::Unreadable(why) => Probed::Unreadable(why),
            Probed::Absent => Probed::Absent,
        }
    }

    fn names(&self, folder: &str) -> Probed<Vec<String>> {
        let names = self.0.keys().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
        let names: Vec<String> = names.map(str::to_owned).collect();
        if names.is_empty() { Probed::Absent } else { Probed::Known(names) }
    }
}

const PATH: &str = "/boot/grub2/grub.cfg";

fn read(files: &[(&str, &str)]) -> Result<Menu, String> {
    let files = Texts(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect());
    let start = Start { files: &files, boot: "/boot", path: PATH, device: Device::Own, without: &[] };
    follow(&start).map(Option::unwrap)
}

fn menu(text: &str) -> Result<Menu, String> {
    read(&[(PATH, text)])
}

fn first(menu: &Menu) -> Entry {
    entries(&menu.items).first().map(|entry| (*entry).clone()).unwrap()
}

fn refused(text: &str) -> String {
    menu(text).expect_err(text)
}

#[test]
fn a_condition_that_is_not_known_matters_only_where_the_menu_depends_on_it() {
    let known = "if loadfont unicode; then set gfxmode=auto; fi\nif sleep 1; then true; fi\nmenuentry a { linux /a }\n";
    assert_eq!(first(&menu(known).unwrap()).title, "a");

    let why = refused("true\nif keystatus --shift; then menuentry a { linux /a }; fi\n");
    assert_eq!(why, "/boot/grub2/grub.cfg line 2: whether keystatus succeeds");
    let why = refused("if keystatus; then menuentry a { linux /a }; else menuentry b { linux /b }; fi\n");
    assert!(why.contains("line 1"), "{why}");
    for text in [
        "while keystatus; do true; done",
        "function f { if keystatus; then return; fi; menuentry a { true; }; }\nf",
        "if keystatus; then source $prefix/x; exit; fi",
    ] {
        refused(text);
    }
}

#[test]
fn a_default_that_depends_on_what_is_not_known_is_not_known_and_the_menu_is() {
    let menu = menu("if keystatus; then set default=1; else set default=0; fi\nmenuentry a { linux /a }\n").unwrap();
    assert!(menu.default.as_ref().unwrap_err().contains("line 1: whether keystatus succeeds"), "{menu:?}");
    assert_eq!(first(&menu).unknown, None);
    // The same on both ways is known.
    let same = super::tests::menu("if keystatus; then set default=1; else set default=1; fi\n").unwrap();
    assert_eq!(same.default.as_deref(), Ok("1"));
    // So is what is set behind it.
    let later = super::tests::menu("if keystatus; then set default=1; fi\nset default=2\n").unwrap();
    assert_eq!(later.default.as_deref(), Ok("2"));
    for text in ["probe --set=default -u $root", "read default", "regexp --set 1:default x y", "set default=$cmdpath"] {
        let menu = super::tests::menu(text).unwrap();
        assert!(menu.default.is_err() || text.contains("cmdpath"), "{text}: {menu:?}");
    }
}

#[test]
fn what_an_entry_does_that_is_not_known_concerns_that_entry_alone() {
    let text = "menuentry a { if keystatus; then linux /a; else linux /b; fi }\nmenuentry b { linux /b x=$y }\n\
                menuentry c { read y; linux /c x=$y }\nmenuentry d { eval x }\nmenuentry e { linux /e* }\n";
    let menu = menu(text).unwrap();
    let unknown: Vec<bool> = entries(&menu.items).iter().map(|entry| entry.unknown.is_some()).collect();
    assert_eq!(unknown, [true, false, true, true, true]);
    let c = entries(&menu.items)[2].clone();
    assert_eq!((c.linux.as_str(), c.args.len()), ("/c", 0));
    assert!(c.unknown.unwrap().contains("line 3: what read finds"));
}

#[test]
fn what_cannot_be_followed_makes_the_menu_unknown_with_file_and_line() {
    for (text, why) in [
        ("true\neval 'menuentry a { true }'\n", "line 2: okv-host does not follow eval"),
        ("legacy_configfile /menu.lst\n", "line 1: okv-host does not follow"),
        ("linux /a; boot\n", "line 1: boot comes before the menu"),
        ("source (hd1,gpt3)/x.cfg\n", "only the firmware knows"),
        ("set root=(hd1,gpt3)\nsource /x.cfg\n", "line 2"),
        ("read x\nsource $x\n", "line 2: a file that it reads is not known"),
        ("read x\nmenuentry $x { true }\n", "line 2: a name in the menu is not known"),
        ("read x\n$x a\n", "line 2: which command this is"),
        ("menuentry { true }\n", "an entry without a title"),
        ("menuentry a\n", "an entry without what it does"),
        ("menuentry a --gone x { true }\n", "an option of menuentry"),
        ("menuentry a {\n", "cut off"),
        ("if [ x = x ]; then\n  source /grub2/x.cfg\nfi\n", "line 2: a file that it reads cannot be read"),
    ] {
        let found = read(&[(PATH, text), ("/boot/grub2/x.cfg", "unreadable")]).expect_err(text);
        assert!(found.contains(why) && found.contains(PATH), "{text}: {found}");
    }
    // What is not a script is refused with its own path.
    let found = read(&[(PATH, "source $prefix/x.cfg"), ("/boot/grub2/x.cfg", "true\n}\n")]).unwrap_err();
    assert!(found.starts_with("/boot/grub2/x.cfg: line 2"), "{found}");
}

#[test]
fn no_configuration_takes_more_than_is_set_aside_for_it() {
    for text in [
        "while true; do x=1; done",
        "function f { f; }\nf",
        "source $prefix/grub.cfg",
        "configfile $prefix/grub.cfg",
        "set a=aaaaaaaaaaaaaaaaaaaaaaaaa\nwhile true; do set a=$a$a; done",
        "for a in 1 2 3 4 5 6 7 8 9; do for b in $a $a $a; do while true; do menuentry x { true; }; done; done; done",
        "submenu a { submenu b { submenu c { submenu d { submenu e { submenu f { submenu g { submenu h { submenu i {\n\
         menuentry x { true; } } } } } } } } } }",
    ] {
        let began = std::time::Instant::now();
        refused(text);
        assert!(began.elapsed().as_secs() < 10, "{text}");
    }
    assert!(menu(&"( ".repeat(1000).replacen("( ", "[ ( ", 1)).is_ok());
}

#[test]
fn the_device_that_an_entry_searches_for_is_kept() {
    let text = "set root='hd0,msdos1'\nsearch --no-floppy --fs-uuid --set=root --hint-bios=hd0 1-2\n\
                menuentry a { linux /a }\nmenuentry b { search --label --set root3 data; set root=$root3; linux /b }\n\
                menuentry c { set root=(hd1,gpt2); linux /c }\nmenuentry d { linux (hd2)/d }\n\
                menuentry e { search.fs_uuid 3-4 root hd0; linux /e }\n";
    let menu = menu(text).unwrap();
    let found = |by: &str, value: &str| Device::Found { by: by.into(), value: value.into(), else_system: false };
    let devices: Vec<Device> = entries(&menu.items).iter().map(|entry| entry.device.clone()).collect();
    let named = |name: &str| Device::Named(name.into());
    assert_eq!(devices[0], found("fs_uuid", "1-2"));
    assert_eq!(devices[2..], [named("hd1,gpt2"), named("hd2"), found("fs_uuid", "3-4")]);
    assert_eq!(first(&super::tests::menu("menuentry a { linux ($root)/a }").unwrap()).device, Device::Own);
}

const BLS: &str = "set boot=$root\nset default=\"${saved_entry}\"\nif [ -z \"${kernelopts}\" ]; then\n\
                   set kernelopts=\"root=/dev/fallback ro\"\nfi\ninsmod blscfg\nblscfg\nmenuentry last { true }\n";

#[test]
fn files_of_entries_become_entries_in_their_place() {
    let new = "title New\nversion 5.4.17-2\nlinux /vmlinuz-5.4.17-2.x86_64\n\
               initrd /new.img $tuned_initrd\ninitrd /more.img\noptions $kernelopts $tuned_params \"a b\"\n";
    let old = "title Old\nversion 4.14\nlinux vmlinuz-old\noptions root=x";
    let menu = read(&[
        (PATH, BLS),
        ("/boot/loader/entries/m-1.conf", old),
        ("/boot/loader/entries/m-0.conf", new),
        ("/boot/loader/entries/none.conf", "title x\nversion 9\n"),
        ("/boot/loader/entries/.hidden.conf", new),
    ])
    .unwrap();
    let all = entries(&menu.items);
    assert_eq!(all.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["New", "Old", "last"]);
    assert_eq!(all[0].args, ["root=/dev/fallback", "ro", "a b"]);
    assert_eq!(all[0].initrd, ["/new.img", "/more.img"]);
    assert_eq!((all[0].id.as_str(), all[0].from.as_str()), ("m-0", "/boot/loader/entries/m-0.conf"));
    assert_eq!((all[1].linux.as_str(), all[1].unknown.as_ref()), ("vmlinuz-old", None));
    assert_eq!(menu.skipped.len(), 1, "{:?}", menu.skipped);
    assert!(menu.skipped[0].0.ends_with("none.conf"));
}

#[test]
fn variables_of_the_block_reach_the_files_of_entries() {
    let block = "# GRUB Environment Block\nkernelopts=root=/dev/block ro \ntuned_params=x=1\ntuned_initrd=/t.img\n###";
    let one = "title One\nlinux /a\ninitrd /a.img $tuned_initrd\noptions $kernelopts $tuned_params\n";
    let script = format!("load_env\n{BLS}");
    let files = [(PATH, script.as_str()), ("/boot/grub2/grubenv", block), ("/boot/loader/entries/1.conf", one)];
    let entry = first(&read(&files).unwrap());
    assert_eq!(entry.args, ["root=/dev/block", "ro", "x=1"]);
    assert_eq!(entry.initrd, ["/a.img", "/t.img"]);
    // Without options, the default ones.
    let script = format!("set default_kernelopts='x y'\n{BLS}");
    let files = [(PATH, script.as_str()), ("/boot/loader/entries/1.conf", "title a\nlinux /a\n")];
    assert_eq!(first(&read(&files).unwrap()).args, ["x", "y"]);
}

#[test]
fn a_file_of_an_entry_that_grub_cannot_run_makes_that_entry_unknown() {
    let entry = |options: &str| {
        let text = format!("title a\nlinux /a\noptions {options}\n");
        first(&read(&[(PATH, BLS), ("/boot/loader/entries/1.conf", &text)]).unwrap())
    };
    assert!(entry("root=x").unknown.is_none());
    for options in ["${kernelopts}", "a | b", "it's", "a; } b"] {
        assert!(entry(options).unknown.is_some(), "{options}");
    }
    let folder = read(&[(PATH, &BLS.replace("set boot", "set blsdir=/x\nset boot")), ("/boot/x/1.conf", "linux /a\n")]);
    assert_eq!(first(&folder.unwrap()).title, "/a");
    assert!(read(&[(PATH, "blscfg default\n")]).is_err());
    assert!(read(&[(PATH, "set boot=(hd7)\nblscfg\n")]).is_err());
    assert!(read(&[(PATH, BLS), ("/boot/loader/entries/1.conf", "unreadable")]).is_err());
}

#[test]
fn a_damaged_configuration_does_no_harm() {
    let text =
        "load_env\nif [ \"$a\" = b ]; then set default=1; fi\nsubmenu s { menuentry a { linux /a $x; } }\nblscfg\n";
    crate::host::damage::battery(text.as_bytes(), |text| menu(&String::from_utf8_lossy(text)));
}

#[test]
fn a_submenu_has_its_entries_and_they_see_what_is_exported() {
    let menu = menu("set a=1\nexport b\nset b=2\nsubmenu s --id i { menuentry x { linux /x a$a b$b } }\n").unwrap();
    let Item::Submenu { title, id, items } = &menu.items[0] else { panic!("{menu:?}") };
    assert_eq!((title.as_str(), id.as_str(), items.len()), ("s", "i", 1));
    assert_eq!(first(&menu).args, ["a", "b2"]);
}
