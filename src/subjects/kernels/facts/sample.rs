//! For tests: a node with the kernel that runs and nothing else, /boot mounted, and whatever a test changes of it.

use super::{Boot, BootFile, Family, FileKind, Installed, Kernel, Kernels, Modules, Package, SeenBoot};
use crate::base::evr::Evr;
use crate::host::Probed;
use crate::subjects::boot::{DefaultEntry, Entry, Loader};

pub(crate) const UEK5: &str = "4.14.35-2047.504.2.el7uek.x86_64";
pub(crate) const UEK6: &str = "5.4.17-2136.329.3.1.el8uek.x86_64";
pub(crate) const UEK6_EL7: &str = "5.4.17-2136.304.4.5.el7uek.x86_64";
pub(crate) const UEK7: &str = "5.15.0-200.131.27.el8uek.x86_64";

/// A package of that release.
pub(crate) fn package(name: &str, release: &str) -> Package {
    let rest = release.strip_suffix(".x86_64").unwrap();
    let (version, of_it) = rest.split_once('-').unwrap();
    Package { name: name.into(), evr: Evr::new(version, of_it), arch: "x86_64".into(), bytes: Some(60_000_000) }
}

pub(crate) fn kernel(release: &str, names: &[&str]) -> Kernel {
    let packages: Vec<Package> = names.iter().map(|name| package(name, release)).collect();
    Kernel {
        release: release.into(),
        evr: packages[0].evr.clone(),
        family: if release.contains("uek") { Family::Uek } else { Family::Other },
        has_image: true,
        packages,
        guests: vec![],
    }
}

pub(crate) fn file(kind: FileKind, bytes: u64) -> BootFile {
    let release = kind.release().unwrap_or("0-rescue-abc").to_owned();
    let name = match kind {
        FileKind::Kernel(_) | FileKind::Rescue => format!("vmlinuz-{release}"),
        FileKind::Initramfs(_) => format!("initramfs-{release}.img"),
        FileKind::Hmac(_) => format!(".vmlinuz-{release}.hmac"),
        FileKind::Beside(_) => format!("config-{release}"),
    };
    BootFile { name, kind, bytes, wrong: None, unverified: None, is_immutable: Probed::Known(false) }
}

pub(crate) fn entry(release: &str) -> Entry {
    Entry {
        title: format!("Oracle Linux, {release}"),
        id: format!("m-{release}"),
        release: Some(release.into()),
        linux: format!("/vmlinuz-{release}"),
        initrd: vec![format!("/initramfs-{release}.img")],
        args: vec!["ro".into()],
        lacks: vec![],
        from: format!("/boot/loader/entries/m-{release}.conf"),
        ..Entry::default()
    }
}

/// All that these kernels need to boot is there; the first runs, and the second is the default.
pub(crate) fn node(running: &str, default: &str, kernels: Vec<Kernel>) -> Kernels {
    let mut kernels = kernels;
    kernels.sort_by(|a, b| a.evr.cmp(&b.evr));
    let releases: Vec<String> = kernels.iter().filter(|k| k.has_image).map(|k| k.release.clone()).collect();
    let of = |release: &String| {
        [
            file(FileKind::Kernel(release.clone()), 10 << 20),
            file(FileKind::Initramfs(release.clone()), 50 << 20),
            file(FileKind::Hmac(release.clone()), 200),
            file(FileKind::Beside(release.clone()), 1 << 20),
        ]
    };
    let word = format!("m-{default}");
    let default = DefaultEntry { entry: entry(default), word, because: "saved_entry of /boot/grub2/grubenv".into() };
    let whole = |release: &String| Modules { release: release.clone(), has_modules: true, has_list: true };
    Kernels {
        running: Probed::Known(running.into()),
        modules: Probed::Known(releases.iter().map(whole).collect()),
        boot: Probed::Known(Boot::Seen(Box::new(SeenBoot {
            mounted: true,
            files: releases.iter().flat_map(of).collect(),
            free_bytes: Probed::Known(300 << 20),
            loader: Probed::Known(Loader {
                config: "/boot/grub2/grub.cfg".into(),
                start: "/boot/grub2/grub.cfg".into(),
                entries: releases.iter().rev().map(|release| entry(release)).collect(),
                default: Probed::Known(default),
                is_misnamed: false,
                boot: "/boot".into(),
                next: None,
                once: None,
                fallback: vec![],
                skipped: vec![],
                configured: Some("saved".into()),
            }),
            is_immutable: Probed::Known(false),
        }))),
        fips: Probed::Known(true),
        installed: Probed::Known(Installed { kernels }),
    }
}

/// A node as it should be after the upgrade.
pub(crate) fn good() -> Kernels {
    node(UEK6, UEK6, vec![kernel(UEK6, &["kernel-uek"])])
}

/// What the boot loader reads, to be changed.
pub(crate) fn seen(kernels: &mut Kernels) -> &mut SeenBoot {
    match &mut kernels.boot {
        Probed::Known(Boot::Seen(seen)) => seen,
        other => panic!("{other:?}"),
    }
}

/// Its configuration, to be changed.
pub(crate) fn loader(kernels: &mut Kernels) -> &mut Loader {
    match &mut seen(kernels).loader {
        Probed::Known(loader) => loader,
        other => panic!("{other:?}"),
    }
}
