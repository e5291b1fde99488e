//! What the boot loader starts, and what a kernel that stays needs in /boot and /lib/modules.

use super::*;
use crate::subjects::kernels::facts::{BootFile, FileKind};
use crate::subjects::kernels::survivor::Missing;

/// What a test breaks.
type Damage<'t> = Box<dyn Fn(&mut Kernels) + 't>;

#[test]
fn what_the_boot_loader_starts_and_what_the_operator_names_stays() {
    let kernels = node(UEK7, UEK5, singles(&[UEK5, UEK6_EL7, UEK6, UEK7]));
    assert_eq!(removed(&kernels, &[UEK6]), [UEK6_EL7]);
    assert_eq!(
        kept(&kernels, &[UEK6]),
        [format!("{UEK5} boot default"), format!("{UEK6} named by --keep"), format!("{UEK7} running+newest")]
    );
    let prune = plan(&kernels, &request(&[UEK6])).unwrap();
    assert!(prune.notes[0].contains("by default") && prune.notes[1].contains("as you say"), "{:?}", prune.notes);

    let refused = refused(&kernels, &["5.4.17"]);
    assert!(matches!(refused.as_slice(), [("keep-unknown", message)] if message.contains("5.4.17")), "{refused:?}");
    assert_eq!(removed(&good(), &[UEK6]), Vec::<String>::new());
}

#[test]
fn a_default_that_starts_a_kernel_of_no_package_is_refused() {
    for release in [Some("0-rescue-abc"), Some("5.4.17-1.el8uek.x86_64"), None] {
        let mut kernels = example();
        match &mut loader(&mut kernels).default {
            Probed::Known(default) => default.entry.release = release.map(str::to_owned),
            other => panic!("{other:?}"),
        }
        assert_eq!(ids(&kernels), ["boot-default-unknown"], "{release:?}");
    }
}

#[test]
fn with_boot_not_mounted_the_plan_mounts_it_first_and_is_provisional() {
    let mut kernels = example();
    let shadowed = seen(&mut kernels).files.clone();
    kernels.boot = Probed::Known(Boot::NotMounted { line: 5, shadowed });
    let prune = plan(&kernels, &Request::default()).unwrap();
    assert_eq!((prune.mount, prune.remove[0].bytes_boot, prune.boot_free_bytes_after()), (Some(5), None, None));
    assert!(prune.notes[0].contains("8 files of kernels"), "{:?}", prune.notes);
    // What can be told of a survivor without it is told.
    kernels.modules = Probed::Absent;
    assert_eq!(ids(&kernels), ["survivor-not-bootable"]);
}

#[test]
fn a_survivor_that_lacks_a_part_is_refused_with_each_part() {
    let file = |kernels: &mut Kernels, kind: FileKind, change: fn(&mut Vec<BootFile>, usize)| {
        let files = &mut seen(kernels).files;
        let at = files.iter().position(|file| file.kind == kind).unwrap();
        change(files, at);
    };
    let gone = |files: &mut Vec<BootFile>, at: usize| drop(files.remove(at));
    let of = UEK6.to_owned();
    let cases: [(&str, Damage<'_>); 9] = [
        ("vmlinuz in /boot", Box::new(|k| file(k, FileKind::Kernel(of.clone()), gone))),
        ("initramfs in /boot", Box::new(|k| file(k, FileKind::Initramfs(of.clone()), gone))),
        ("FIPS", Box::new(|k| file(k, FileKind::Hmac(of.clone()), gone))),
        (
            "it does not begin",
            Box::new(|k| {
                file(k, FileKind::Initramfs(of.clone()), |f, at| {
                    f[at].wrong = Some("it does not begin as such a file does".into())
                });
            }),
        ),
        ("modules in /lib/modules", Box::new(|k| k.modules = Probed::Absent)),
        (
            "modules in /lib/modules",
            Box::new(|k| match &mut k.modules {
                Probed::Known(folders) => folders.iter_mut().for_each(|folder| folder.has_list = false),
                other => panic!("{other:?}"),
            }),
        ),
        ("a boot entry", Box::new(|k| loader(k).entries.retain(|entry| entry.release.as_deref() != Some(UEK6)))),
        ("a boot entry", Box::new(|k| loader(k).entries.iter_mut().for_each(|e| e.lacks.push("/initramfs".into())))),
        ("a boot entry", Box::new(|k| loader(k).entries.iter_mut().for_each(|e| e.initrd.clear()))),
    ];
    for (part, break_it) in cases {
        let mut kernels = example();
        break_it(&mut kernels);
        let refused = refused(&kernels, &[]);
        let told = refused
            .iter()
            .any(|(id, message)| *id == "survivor-not-bootable" && message.contains(part) && message.contains(UEK6));
        assert!(told, "{part}: {refused:?}");
    }
    // Two survivors, two reasons; and all parts of one in one.
    let mut kernels = node(UEK7, UEK6, singles(&[UEK5, UEK6, UEK7]));
    seen(&mut kernels).files.clear();
    let refused = refused(&kernels, &[]);
    assert_eq!(refused.len(), 2);
    assert!(
        [Missing::Kernel(None), Missing::Initramfs(None), Missing::Hmac]
            .iter()
            .all(|m| refused[0].1.contains(&m.to_string()))
    );
}

#[test]
fn without_fips_no_hmac_is_required_unless_the_entry_sets_fips() {
    let mut kernels = example();
    seen(&mut kernels).files.retain(|file| !matches!(file.kind, FileKind::Hmac(_)));
    assert_eq!(ids(&kernels), ["survivor-not-bootable"]);
    kernels.fips = Probed::Known(false);
    assert_eq!(removed(&kernels, &[]), [UEK5]);
    loader(&mut kernels).entries.iter_mut().for_each(|entry| entry.args.push("fips=1".into()));
    assert_eq!(ids(&kernels), ["survivor-not-bootable"]);
}

#[test]
fn a_file_that_cannot_be_removed_is_refused_and_one_of_a_kernel_that_stays_is_not() {
    let ids_with = |is_immutable: Probed<bool>, release: &str| {
        let mut kernels = example();
        let of = |file: &&mut BootFile| file.kind.release() == Some(release);
        seen(&mut kernels).files.iter_mut().find(of).unwrap().is_immutable = is_immutable;
        kernels
    };
    let gone = removed(&example(), &[])[0].clone();
    assert_eq!(ids(&ids_with(Probed::Known(true), &gone)), ["file-immutable"]);
    assert_eq!(ids(&ids_with(Probed::Unreadable("why".into()), &gone)), ["file-immutable"]);
    assert_eq!(removed(&ids_with(Probed::Known(true), UEK6), &[]), removed(&example(), &[]));
    let mut kernels = example();
    seen(&mut kernels).is_immutable = Probed::Known(true);
    assert_eq!(ids(&kernels), ["file-immutable"]);
}
