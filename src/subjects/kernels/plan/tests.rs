//! Package sets and boot loaders, and what becomes of them.

use super::*;
use crate::subjects::kernels::facts::sample::{UEK5, UEK6, UEK6_EL7, UEK7, good, kernel, loader, node, package, seen};
use crate::subjects::kernels::facts::{Family, Installed};

mod boot;
mod steps;

const UEK8: &str = "6.12.0-1.23.3.2.el8uek.x86_64";
const RHCK: &str = "4.18.0-513.5.1.el8_9.x86_64";
const SINGLE: &[&str] = &["kernel-uek"];

/// What a test replaces by a reason.
type Change = fn(&mut Kernels, String);

/// Kernels of these releases, each of one package.
fn singles(releases: &[&str]) -> Vec<Kernel> {
    releases.iter().map(|release| kernel(release, SINGLE)).collect()
}

fn request(keep: &[&str]) -> Request {
    Request { keep: keep.iter().map(|release| (*release).to_owned()).collect(), has_removed: false }
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
fn nothing_to_remove_is_success_and_asks_nothing_of_boot() {
    let mut kernels = good();
    kernels.boot = Probed::Unreadable("/boot: input/output error".into());
    kernels.modules = Probed::Absent;
    let prune = plan(&kernels, &Request::default()).unwrap();
    assert_eq!((prune.remove.len(), prune.mount), (0, None));
}

#[test]
fn the_kernels_that_stay_are_verified_where_a_run_that_was_cut_off_has_removed_packages() {
    let request = Request { has_removed: true, ..Request::default() };
    assert!(plan(&good(), &request).unwrap().remove.is_empty());
    let mut kernels = good();
    kernels.boot = Probed::Unreadable("/boot: input/output error".into());
    assert_eq!(plan(&kernels, &request).unwrap_err().reasons[0].id, "boot-unknown");
    let mut kernels = good();
    kernels.modules = Probed::Known(Vec::new());
    assert_eq!(plan(&kernels, &request).unwrap_err().reasons[0].id, "survivor-not-bootable");
    assert!(plan(&kernels, &Request::default()).is_ok());
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
