//! Package sets and boot loaders, and what becomes of them.

use super::*;
use crate::subjects::kernels::facts::sample::{UEK5, UEK6, UEK6_EL7, UEK7, good, kernel, loader, node, package, seen};
use crate::subjects::kernels::facts::{BootFile, Family, FileKind, Installed};
use crate::subjects::kernels::survivor::Missing;

mod steps;

const UEK8: &str = "6.12.0-1.23.3.2.el8uek.x86_64";
const RHCK: &str = "4.18.0-513.5.1.el8_9.x86_64";
const SINGLE: &[&str] = &["kernel-uek"];

/// What a test breaks.
type Damage<'t> = Box<dyn Fn(&mut Kernels) + 't>;
/// What a test replaces by a reason.
type Change = fn(&mut Kernels, String);

/// Kernels of these releases, each of one package.
fn singles(releases: &[&str]) -> Vec<Kernel> {
    releases.iter().map(|release| kernel(release, SINGLE)).collect()
}

fn request(keep: &[&str]) -> Request {
    Request { keep: keep.iter().map(|release| (*release).to_owned()).collect() }
}

fn removed(kernels: &Kernels, keep: &[&str]) -> Vec<String> {
    let prune = plan(kernels, &request(keep)).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    prune.remove.into_iter().map(|removal| removal.release).collect()
}

fn kept(kernels: &Kernels, keep: &[&str]) -> Vec<String> {
    let prune = plan(kernels, &request(keep)).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let word = |kept: &Kept| kept.because.iter().map(|because| because.word()).collect::<Vec<_>>().join("+");
    prune.keep.iter().map(|kept| format!("{} {}", kept.release, word(kept))).collect()
}

fn refused(kernels: &Kernels, keep: &[&str]) -> Vec<(&'static str, String)> {
    let refusal = plan(kernels, &request(keep)).expect_err("a refusal");
    refusal.reasons.into_iter().map(|reason| (reason.id, reason.message)).collect()
}

fn ids(kernels: &Kernels) -> Vec<&'static str> {
    refused(kernels, &[]).into_iter().map(|(id, _)| id).collect()
}

fn installed(kernels: &mut Kernels) -> &mut Installed {
    match &mut kernels.installed {
        Probed::Known(installed) => installed,
        other => panic!("{other:?}"),
    }
}

/// The node of the procedure's example.
fn example() -> Kernels {
    node(UEK6, UEK6, vec![kernel(UEK5, &["kernel-uek", "kernel-uek-devel"]), kernel(UEK6, SINGLE)])
}

#[test]
fn the_example_of_the_procedure_loses_the_old_kernel_with_its_devel_and_nothing_else() {
    let prune = plan(&example(), &Request::default()).unwrap();
    let [removal] = prune.remove.as_slice() else { panic!("{prune:?}") };
    assert_eq!(removal.release, UEK5);
    assert_eq!(
        removal.nevras,
        ["kernel-uek-0:4.14.35-2047.504.2.el7uek.x86_64", "kernel-uek-devel-0:4.14.35-2047.504.2.el7uek.x86_64"]
    );
    assert_eq!((removal.bytes_root, removal.bytes_boot), (120_000_000, Some((61 << 20) + 200)));
    assert_eq!((prune.boot_free_bytes, prune.boot_free_bytes_after()), (Some(300 << 20), Some((361 << 20) + 200)));
    assert_eq!((prune.mount, removal.is_left_over, prune.notes.len()), (None, false, 0));
    assert_eq!(kept(&example(), &[]), [format!("{UEK6} running+newest+boot default")]);
}

#[test]
fn the_contradictory_sample_of_the_procedure_is_refused_naming_both() {
    let mut kernels = example();
    kernels.running = Probed::Known(UEK6_EL7.into());
    let refused = refused(&kernels, &[]);
    let [("running-unowned", message)] = refused.as_slice() else { panic!("{refused:?}") };
    assert!(message.contains(UEK6_EL7) && message.contains(UEK6), "{message}");
}

#[test]
fn a_running_kernel_that_is_not_the_newest_is_refused_naming_both() {
    let kernels = node(UEK6_EL7, UEK6, singles(&[UEK5, UEK6_EL7, UEK6]));
    let refused = refused(&kernels, &[]);
    let [("running-not-newest", message)] = refused.as_slice() else { panic!("{refused:?}") };
    assert!(message.contains(UEK6_EL7) && message.contains(UEK6), "{message}");
    // Also where nothing could be removed: after the reboot, something can.
    assert_eq!(ids(&node(UEK5, UEK5, singles(&[UEK5, UEK6]))), ["running-not-newest"]);
}

#[test]
fn sets_of_kernels_lose_what_is_older_than_the_newest_in_the_order_of_rpm() {
    let cases: [(&str, &str, &[&str], &[&str]); 7] = [
        ("one kernel", UEK6, &[UEK6], &[]),
        // By their text, 5.15 would come before 5.4.
        ("5.15 against 5.4", UEK7, &[UEK6, UEK7], &[UEK6]),
        ("three old at once", UEK7, &[UEK6, UEK5, UEK7, UEK6_EL7], &[UEK5, UEK6_EL7, UEK6]),
        ("two builds of one version", UEK6, &[UEK6, UEK6_EL7], &[UEK6_EL7]),
        ("6.12 against 5.15", UEK8, &[UEK7, UEK8], &[UEK7]),
        ("a kernel of another family beside", UEK6, &[RHCK, UEK6], &[]),
        ("a newer one of another family", UEK5, &[RHCK, UEK5], &[]),
    ];
    for (what, running, releases, expected) in cases {
        let kernels = node(running, running, singles(releases));
        assert_eq!(removed(&kernels, &[]), expected, "{what}");
    }
    let prune = plan(&node(UEK6, UEK6, singles(&[RHCK, UEK6])), &Request::default()).unwrap();
    assert_eq!(prune.notes, [format!("{RHCK} is of another family and stays")]);
}

#[test]
fn a_split_kernel_goes_as_a_whole_in_one_transaction() {
    let uek7 = ["kernel-uek", "kernel-uek-core", "kernel-uek-devel", "kernel-uek-modules"];
    let uek8 =
        ["kernel-uek", "kernel-uek-core", "kernel-uek-modules", "kernel-uek-modules-core", "kernel-uek-modules-extra"];
    let kernels = node(UEK8, UEK8, vec![kernel(UEK6, SINGLE), kernel(UEK7, &uek7), kernel(UEK8, &uek8)]);
    let prune = plan(&kernels, &Request::default()).unwrap();
    let names = |at: usize| {
        let nevras = prune.remove[at].nevras.iter();
        nevras.map(|nevra| nevra.split_once("-0:").unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (prune.remove.len(), names(0), names(1)),
        (2, vec!["kernel-uek".to_owned()], uek7.map(str::to_owned).into())
    );
}

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
                    f[at].wrong = Some("it does not begin as such a file does")
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
fn without_fips_no_hmac_is_asked_for_unless_the_entry_says_fips() {
    let mut kernels = example();
    seen(&mut kernels).files.retain(|file| !matches!(file.kind, FileKind::Hmac(_)));
    assert_eq!(ids(&kernels), ["survivor-not-bootable"]);
    kernels.fips = Probed::Known(false);
    assert_eq!(removed(&kernels, &[]), [UEK5]);
    loader(&mut kernels).entries.iter_mut().for_each(|entry| entry.args.push("fips=1".into()));
    assert_eq!(ids(&kernels), ["survivor-not-bootable"]);
}

#[test]
fn nothing_to_remove_is_success_and_asks_nothing_of_boot() {
    let mut kernels = good();
    kernels.boot = Probed::Unreadable("/boot: input/output error".into());
    kernels.modules = Probed::Absent;
    let prune = plan(&kernels, &Request::default()).unwrap();
    assert_eq!((prune.remove.len(), prune.mount), (0, None));
}

#[test]
fn what_could_not_be_looked_at_is_refused() {
    let why = || "input/output error".to_owned();
    let cases: [(&str, Change); 8] = [
        ("kernels-unknown", |k, why| k.running = Probed::Unreadable(why)),
        ("kernels-unknown", |k, why| k.installed = Probed::Unreadable(why)),
        ("boot-unknown", |k, why| k.boot = Probed::Unreadable(why)),
        ("boot-unknown", |k, why| seen(k).loader = Probed::Unreadable(why)),
        ("boot-default-unknown", |k, why| loader(k).default = Probed::Unreadable(why)),
        ("survivor-unknown", |k, why| k.modules = Probed::Unreadable(why)),
        ("survivor-unknown", |k, why| k.fips = Probed::Unreadable(why)),
        ("boot-once-set", |k, why| loader(k).next = Some(why)),
    ];
    for (id, change) in cases {
        let mut kernels = example();
        change(&mut kernels, why());
        let refused = refused(&kernels, &[]);
        assert!(
            matches!(refused.as_slice(), [(found, message)] if *found == id && message.contains(&why())),
            "{refused:?}"
        );
    }
    let absent: [fn(&mut Kernels); 3] =
        [|k| seen(k).loader = Probed::Absent, |k| loader(k).default = Probed::Absent, |k| k.boot = Probed::Absent];
    for (change, id) in absent.into_iter().zip(["boot-unknown", "boot-default-unknown", "boot-unknown"]) {
        let mut kernels = example();
        change(&mut kernels);
        assert_eq!(ids(&kernels), [id]);
    }
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
fn with_boot_not_mounted_the_plan_says_so_and_is_provisional() {
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
fn modules_from_elsewhere_and_packages_of_two_kernels_are_in_the_way() {
    let mut kernels = example();
    installed(&mut kernels).kernels[0].guests.push(package("kmod-acfs", "1.0-1.x86_64"));
    let refused = refused(&kernels, &[]);
    assert!(matches!(refused.as_slice(), [("foreign-modules", m)] if m.contains("kmod-acfs-0:1.0-1")), "{refused:?}");
    assert_eq!(removed(&kernels, &[UEK5]), Vec::<String>::new());

    let mut kernels = example();
    let of_both = installed(&mut kernels).kernels[1].packages[0].clone();
    installed(&mut kernels).kernels[0].packages.push(of_both);
    assert_eq!(ids(&kernels), ["package-shared"]);
}

#[test]
fn a_run_that_was_cut_off_between_the_packages_of_a_kernel_is_finished() {
    let mut kernels = node(UEK6, UEK6, vec![kernel(UEK5, &["kernel-uek-devel"]), kernel(UEK6, SINGLE)]);
    installed(&mut kernels).kernels[0].has_image = false;
    let prune = plan(&kernels, &Request::default()).unwrap();
    assert!(prune.remove[0].is_left_over && prune.remove[0].release == UEK5, "{prune:?}");
    // Parts of a kernel that was never the newest are no reason to reboot, and stay.
    let mut kernels = node(UEK6, UEK6, vec![kernel(UEK6, SINGLE), kernel(UEK7, &["kernel-uek-devel"])]);
    installed(&mut kernels).kernels[1].has_image = false;
    let prune = plan(&kernels, &Request::default()).unwrap();
    assert!(prune.remove.is_empty() && prune.notes[0].contains(UEK7), "{prune:?}");
    assert_eq!(installed(&mut kernels).newest(Family::Uek).unwrap().release, UEK6);
}
